"""The registry's words, shared by who registers students and who serves them.

The model's name in MLflow, its aliases, and the tags of a version.
"""

MODEL = "fitsense-student"
CHAMPION = "champion"
CHALLENGER = "challenger"
MODEL_DESCRIPTION = (
    "A small fitness-coach model that writes workout plans. It is served only behind the rule "
    "check and the reference coach; no clinician has reviewed its rules.\n\n"
    f"`{CHAMPION}` is served, `{CHALLENGER}` is the newest that was judged. Each version is the "
    "student of one release; its description is its model card, its tags say what was decided and "
    "why, and its run holds the evaluation, the dossier of the decision and the data it learned "
    "from. The bundle is safetensors, ONNX and JSON: it is never loaded through MLflow."
)
MODEL_TAGS = {"task": "workout-plans", "licence": "Apache-2.0"}


class VersionTag:
    """Tags of a model version; all values are text."""

    RELEASE = "release"
    COHORTS = "cohorts"
    BUNDLE = "bundle_sha256"
    EVALUATION_PROMPTS = "evaluation_prompts"
    DECISION = "decision"
    DECISION_WHY = "decision_why"
    FAILED_GATES = "failed_gates"
    PREVIOUS_CHAMPION = "previous_champion"
    PROMOTED_AT = "promoted_at"
    ROLLED_BACK_AT = "rolled_back_at"
