"""The committed page of rules is the one the rules write, and every threshold has a source."""

import re
from pathlib import Path

import pytest

from fitsense_assets.lib.rules_page import (
    NOT_REVIEWED,
    THRESHOLD_FILES,
    rules_page,
    thresholds,
    thresholds_of,
)
from fitsense_training.domain.conditions import load_conditions
from fitsense_training.domain.safety.rule_table import rule_table

ROOT = Path(__file__).parents[2]
RULES = ROOT / "fitsense_training" / "domain" / "rules"


def test_the_committed_page_is_what_the_rules_say():
    committed = (ROOT / "RULES.md").read_text(encoding="utf-8")

    assert committed == rules_page(), "write it anew with the command at the top of RULES.md"


def test_the_page_names_every_rule_and_condition_and_that_no_clinician_saw_them():
    page = rules_page()

    assert NOT_REVIEWED in page
    assert all(f"| {name} | {entry.severity} |" in page for name, entry in rule_table().items())
    assert all(f"| {c.name} |" in page for c in load_conditions().conditions.values())


@pytest.mark.parametrize("file", THRESHOLD_FILES)
def test_every_threshold_has_a_source_and_a_tag(file: str):
    found = list(thresholds(file))

    assert found
    assert [threshold.name for threshold in found if not threshold.is_sourced] == []


def test_an_entry_without_a_source_is_noticed():
    document = {
        "good": {"value": 1, "source": "a book", "tag": "V"},
        "bad": {"value": 2, "source": "a book", "tag": "X"},
        "worse": 3,
    }

    found = {t.name: t.is_sourced for t in thresholds_of("test.yaml", document)}

    assert found == {"good": True, "bad": False, "worse": False}


def test_every_file_of_thresholds_is_on_the_page():
    shipped = {path.name for path in RULES.glob("*.yaml")}
    with_values = {name for name in shipped if re.search(r": \{(?:value|low):", text_of(name))}

    assert with_values - {"conditions.yaml"} <= set(THRESHOLD_FILES) <= shipped


def test_the_page_gives_every_default_of_conditions_a_source():
    page = rules_page()

    for name, default in load_conditions().defaults.items():
        assert name in page
        assert default.source in page


def text_of(name: str) -> str:
    return (RULES / name).read_text(encoding="utf-8")
