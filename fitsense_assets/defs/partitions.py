"""The two dimensions of everything: cohorts of people, and releases made of cohorts."""

import dagster as dg

cohorts = dg.DynamicPartitionsDefinition(name="cohort")
releases = dg.DynamicPartitionsDefinition(name="release")
