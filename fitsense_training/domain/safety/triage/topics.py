"""Topics that are answered with facts, sent to the right person, or refused."""

import functools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import ValidationError, model_validator

from fitsense_training.domain.errors import RuleBookError
from fitsense_training.domain.rulebook import read_rules
from fitsense_training.domain.safety.triage.entries import (
    Entry,
    Finder,
    Frozen,
    Hit,
    Sourced,
    kg_per_week,
)
from fitsense_training.domain.safety.triage.lexicon import Lexicon
from fitsense_training.domain.safety.triage.normalise import STOPS, Words
from fitsense_training.domain.safety.triage.scope import Scope
from fitsense_training.domain.vocabulary import TopicPolicy

Fact = Literal["minor", "pregnancy"]
_COURTESY_WORDS_MAX = 3
# A sentence with one of these asks for a plan as well, whatever else it asks for.
_PLAN_WORDS = frozenset(
    {"plan", "plans", "session", "sessions", "workout", "workouts", "program", "programme"}
    | {"routine", "split", "exercises"}
)
# Lowered for topics too: what is denied, or what somebody else or a younger self did.
_LOWERING = frozenset({Scope.NEGATED, Scope.PAST})
_NEVER_LOWERED = frozenset({"third_person", "hypothetical"})


class Topic(Sourced):
    """A topic, its policy and the text that goes with it."""

    policy: TopicPolicy
    template: str
    replaces_plan: bool = True


class TopicEntry(Entry):
    """Words that show a topic."""

    topic: str
    rate_over: float | None = None
    needs: Fact | None = None


class TopicFile(Frozen):
    """All of `rules/topics.yaml`."""

    words: Mapping[str, tuple[str, ...]]
    topics: Mapping[str, Topic]
    entries: tuple[TopicEntry, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        shown = {entry.topic for entry in self.entries}
        if shown != set(self.topics):
            raise ValueError(f"topics and entries differ: {sorted(shown ^ set(self.topics))}")
        return self


@dataclass(frozen=True)
class Topics:
    """The file, and its patterns ready to be looked for."""

    file: TopicFile
    entries: Finder[TopicEntry]


@dataclass(frozen=True)
class TopicFound:
    """The topic that decides, and whether the text asks for nothing but refused things."""

    topic: str | None = None
    policy: TopicPolicy = TopicPolicy.NONE
    template: str | None = None
    pattern: str | None = None
    asks_only_refused: bool = False


NO_TOPIC = TopicFound()


def parse_topics(document: Any) -> Topics:
    """The topics of a parsed document; RuleBookError names the field that breaks it."""
    try:
        file = TopicFile.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise RuleBookError(f"rules/topics.yaml breaks at {place}: {first['msg']}") from error
    return Topics(file, Finder(file.entries, file.words))


@functools.cache
def load_topics() -> Topics:
    """The topics as shipped."""
    return parse_topics(read_rules("topics.yaml"))


def find_topic(
    words: Words, facts: Collection[Fact], lexicon: Lexicon, topics: Topics
) -> TopicFound:
    """The strictest topic of a text; `facts` are what else it tells of."""
    hits = [hit for hit in topics.entries.hits(words) if _holds(hit, words, facts, lexicon, topics)]
    if not hits:
        return NO_TOPIC
    first = max(hits, key=lambda hit: topics.file.topics[hit.entry.topic].policy.rank)
    topic = topics.file.topics[first.entry.topic]
    refused = [hit for hit in hits if _replaces_plan(topics.file.topics[hit.entry.topic])]
    return TopicFound(
        topic=first.entry.topic,
        policy=topic.policy,
        template=topic.template,
        pattern=first.entry.id,
        asks_only_refused=bool(refused) and _is_all(words, refused),
    )


def _replaces_plan(topic: Topic) -> bool:
    return topic.policy is TopicPolicy.REFUSE and topic.replaces_plan


def _holds(
    hit: Hit[TopicEntry], words: Words, facts: Collection[Fact], lexicon: Lexicon, topics: Topics
) -> bool:
    entry = hit.entry
    if entry.needs is not None and entry.needs not in facts:
        return False
    if entry.rate_over is not None and kg_per_week(hit.found) <= entry.rate_over:
        return False
    if topics.entries.is_look_alike(words, hit):
        return False
    ignores = entry.ignores | _NEVER_LOWERED
    scope = lexicon.scopes.of(words, hit.start, hit.end, ignores)
    return scope not in _LOWERING


def _is_all(words: Words, hits: list[Hit[TopicEntry]]) -> bool:
    """Whether every sentence but courtesies holds one of the hits and asks for no plan."""
    for start, end in _sentences(words):
        tokens = words.tokens[start:end]
        is_refused = any(start <= hit.start < end for hit in hits)
        if _PLAN_WORDS & set(tokens):
            return False
        if not is_refused and sum(t.isalnum() for t in tokens) > _COURTESY_WORDS_MAX:
            return False
    return True


def _sentences(words: Words) -> Iterator[tuple[int, int]]:
    start = 0
    for place, token in enumerate((*words.tokens, ".")):
        if token in STOPS:
            if place > start:
                yield start, place
            start = place + 1
