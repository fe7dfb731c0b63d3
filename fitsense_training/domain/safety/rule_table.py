"""Every rule there is, in one table: what it asks for, how grave a breach is, where it comes from.

`validator.RULES` holds the rules that judge an answer; this table adds those on raw replies, on
screening answers, on energy targets and on texts. No clinician has reviewed these rules.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from pydantic import RootModel

from fitsense_training.domain.errors import RuleBookError
from fitsense_training.domain.rulebook import read_typed
from fitsense_training.domain.safety.energy_rules import ENERGY_RULES
from fitsense_training.domain.safety.validator import RULES
from fitsense_training.domain.safety.wording import TEXT_RULES
from fitsense_training.domain.sourced import Sourced, Tag
from fitsense_training.domain.vocabulary import Severity


class Judges(StrEnum):
    """What a rule looks at."""

    ANSWER = "answer"
    REPLY = "reply"
    SCREENING = "screening"
    ENERGY = "energy"
    TEXT = "text"


@dataclass(frozen=True)
class RuleEntry:
    """One rule of the table."""

    id: str
    severity: Severity
    sentence: str
    judges: Judges
    source: str
    tag: Tag


REPLY_RULES: Mapping[str, str] = MappingProxyType(
    {
        "SCH01": "A reply is one plan of the wire format, or one fixed text.",
        "SCH02": "Only words of the closed vocabulary are used.",
        "SCH04": "Numbers are finite.",
        "SCH05": "Doses and loads carry their units.",
    }
)
# Judged of answers to the health questions (`screening_findings`) as well as of plans.
SCREENING_RULES = frozenset({"SCR02"})


class _Source(Sourced):
    """Where one rule comes from."""


class _Sources(RootModel[dict[str, _Source]]):
    """`rules/validator.yaml`, typed."""


@functools.cache
def rule_table() -> Mapping[str, RuleEntry]:
    """All rules by id, sorted; RuleBookError when a source is missing or of no rule."""
    found = {name: (severity, text, Judges.ANSWER) for name, (severity, text) in RULES.items()}
    for name, text in REPLY_RULES.items():
        found[name] = (Severity.BLOCK, text, Judges.REPLY)
    for name in SCREENING_RULES:
        found[name] = (*found[name][:2], Judges.SCREENING)
    for rule in ENERGY_RULES:  # MIN01 judges plans as well, and stands there
        found.setdefault(rule.id, (rule.severity, rule.sentence, Judges.ENERGY))
    for rule in TEXT_RULES:
        found[rule.id] = (rule.severity, rule.sentence, Judges.TEXT)
    sources = read_typed("validator.yaml", _Sources).root
    if odd := set(sources) ^ set(found):
        raise RuleBookError(
            f"rules/validator.yaml and the rules differ in {', '.join(sorted(odd))}"
        )
    return MappingProxyType(
        {
            name: RuleEntry(name, *found[name], sources[name].source, sources[name].tag)
            for name in sorted(found)
        }
    )
