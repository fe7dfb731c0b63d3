"""What a text tells of the person, so that a service can ask the screening questions again.

Told is not reported: no plan changes by it. A condition of an unknown name is `other`, which
screening answers with light work only.
"""

from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.triage.entries import Entry, Finder, Hit
from fitsense_training.domain.safety.triage.lexicon import Lexicon, Told
from fitsense_training.domain.safety.triage.normalise import Words
from fitsense_training.domain.safety.triage.patterns import number_of
from fitsense_training.domain.safety.triage.scope import Scope
from fitsense_training.domain.vocabulary import Condition

_OWN = frozenset({Scope.CURRENT, Scope.WITHIN_YEAR})
_FIRST_WEEK_OF_T2, _FIRST_WEEK_OF_T3 = 14, 28
_WEEKS_PER_MONTH = 4.35


def told_conditions(words: Words, lexicon: Lexicon) -> tuple[Condition, ...]:
    """The conditions a text tells of, in alphabetical order."""
    found = {_condition(hit) for hit in lexicon.told.hits(words) if _is_own(hit, words, lexicon)}
    return tuple(sorted(found))


def told_minor(words: Words, lexicon: Lexicon) -> bool:
    """Whether the text sounds like somebody under 18, so that the age must be asked."""
    return is_any_own(lexicon.minor, words, lexicon)


def not_on_file(profile: Profile, told: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The told conditions that a profile does not hold: what to ask about anew."""
    held = {record.condition for record in profile.conditions}
    return tuple(condition for condition in told if condition not in held)


def _is_own(hit: Hit[Told], words: Words, lexicon: Lexicon) -> bool:
    finder: Finder[Told] = lexicon.told
    if finder.is_look_alike(words, hit):
        return False
    return lexicon.scopes.of(words, hit.start, hit.end, hit.entry.ignores) in _OWN


def _condition(hit: Hit[Told]) -> Condition:
    number = hit.found.groupdict().get("n1")
    if hit.entry.id != "pregnancy_weeks" or number is None:
        return hit.entry.condition
    weeks = number_of(number)
    if "month" in hit.found[0]:
        weeks *= _WEEKS_PER_MONTH
    if weeks < _FIRST_WEEK_OF_T2:
        return Condition.PREGNANCY_T1
    return Condition.PREGNANCY_T2 if weeks < _FIRST_WEEK_OF_T3 else Condition.PREGNANCY_T3


def is_any_own(finder: Finder[Entry], words: Words, lexicon: Lexicon) -> bool:
    """Whether any entry is found that is about the person, now or within the year."""
    return any(
        not finder.is_look_alike(words, hit)
        and lexicon.scopes.of(words, hit.start, hit.end, hit.entry.ignores) in _OWN
        for hit in finder.hits(words)
    )
