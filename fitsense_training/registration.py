"""The registry's words, shared by who registers students and who serves them.

The model's name in MLflow, its aliases, and the tags of a version.
"""

MODEL = "fitsense-student"
CHAMPION = "champion"
CHALLENGER = "challenger"
MODEL_DESCRIPTION = (
    "A small fitness-coach model that writes workout plans. It is served only behind the rule "
    "check and the reference coach; no clinician has reviewed its rules."
)


class VersionTag:
    """Tags of a model version; all values are text."""

    RELEASE = "release"
    COHORTS = "cohorts"
    BUNDLE = "bundle_sha256"
    DECISION = "decision"
    DECISION_WHY = "decision_why"
    PREVIOUS_CHAMPION = "previous_champion"
    PROMOTED_AT = "promoted_at"
    ROLLED_BACK_AT = "rolled_back_at"
