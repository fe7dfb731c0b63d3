"""What a rule has to say of an answer."""

from dataclasses import dataclass

from fitsense_training.domain.vocabulary import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: which, how grave, where in the plan, and the numbers that broke it."""

    rule_id: str
    severity: Severity
    place: str
    detail: str
