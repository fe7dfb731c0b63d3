"""What is asked of a grammar as text is what its token mask would say, token for token."""

import functools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fitsense_training.constraint import Answer, Constraint, Logits
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.ebnf import Rules, any_of, one_of
from fitsense_training.domain.text.grammar import render_grammar
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.shorthand import shorten
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.repeated_names import NameWatch, all_names
from fitsense_training.repeats import SessionWatch, unique_tokens
from fitsense_training.tokenizer import train_tokenizer
from fitsense_training.vocabulary import Vocabulary, may_follow
from fitsense_training.words import Words, own_words
from tests.builders import a_creation, a_modification, a_profile, coached

ROOM = 90
BITS = 32


@functools.cache
def requests() -> tuple[PlanRequest, ...]:
    creation = a_creation(a_profile(session_minutes=20))
    plan = coached(creation)
    first = plan.sessions[0].prescriptions[0].exercise_id
    return creation, a_modification("swap", plan, exercise_id=first)


def grammar_of(request: PlanRequest) -> str:
    return render_grammar(request, render_prompt(request))


def written(request: PlanRequest) -> str:
    """The coach's answer as a student writes it."""
    return shorten(render_prompt(request), write_answer(coach(request)))


@functools.cache
def words(*, is_own: bool = True) -> Words:
    texts = [written(request) for request in requests()] * 2
    return replace(own_words(train_tokenizer(texts, all_names(), 1400)), is_own=is_own)


class Masked:
    """The same choice made with xgrammar's mask over all tokens, one token at a time."""

    def __init__(self, words: Words, grammar: str) -> None:
        import xgrammar

        compiler = xgrammar.GrammarCompiler(words.info, max_threads=1, cache_enabled=False)
        self.words, self.matcher = words, xgrammar.GrammarMatcher(compiler.compile_grammar(grammar))
        accepts = functools.partial(may_follow, self.matcher)
        own = SessionWatch(words.pieces, unique_tokens(words.pieces))
        self.watch = own if words.is_own else NameWatch(words.pieces, all_names(), accepts)
        self.tokens: list[int] = []

    def allowed(self) -> list[int]:
        mask = np.zeros((1, -(-len(self.words.pieces) // BITS)), dtype=np.int32)
        self.matcher.fill_next_token_bitmask(mask)
        bits = np.unpackbits(mask.view(np.uint8), bitorder="little")
        return np.flatnonzero(bits[: len(self.words.pieces)]).tolist()

    def go_on(self, logits: Logits) -> bool:
        """One choice and what it leaves no choice of; False at the end."""
        allowed = self.allowed()
        stop = self.words.turn.stop
        fresh = [t for t in allowed if t == stop or not self.watch.is_repeat(t)] or allowed
        if not fresh or (token := max(fresh, key=lambda t: (logits[t], -t))) == stop:
            return False
        self.take(token)
        while self.words.is_own and len(self.tokens) < ROOM:
            text, allowed = self.matcher.find_jump_forward_string(), self.allowed()
            longest = max(allowed, key=lambda t: (len(self.words.pieces[t]), -t), default=None)
            if not text or longest is None or not text.startswith(self.words.pieces[longest]):
                break
            self.take(longest)
        return len(self.tokens) < ROOM

    def take(self, token: int) -> None:
        assert self.matcher.accept_token(token)
        self.watch.see(token)
        self.tokens.append(token)


def some_logits(step: int, likely: int) -> Logits:
    """Scores among which the best tokens may follow now and then, and often may not."""
    draw = np.random.default_rng(step)
    logits = draw.normal(size=words().turn.size).astype(np.float32)
    logits[likely] += 2 * (step % 3)
    return logits


@pytest.mark.parametrize("is_own", [True, False])
@pytest.mark.parametrize("index", [0, 1])
def test_every_token_is_the_one_that_the_mask_of_all_tokens_gives(index: int, is_own: bool):
    spoken, grammar = words(is_own=is_own), grammar_of(requests()[index])
    constraint, masked = Constraint(spoken), Masked(spoken, grammar)
    answer: Answer = constraint.begin(grammar)
    likely = spoken.encode(written(requests()[index]))

    step, goes_on = 0, True
    while goes_on and not answer.is_done:
        logits = some_logits(step, likely[step % len(likely)])
        constraint.go_on(answer, logits, ROOM)
        goes_on = masked.go_on(logits)
        step += 1

        assert answer.tokens == masked.tokens
    # Where nothing may follow, the end is not asked for.
    assert answer.is_done
    assert len(masked.tokens) == ROOM or not masked.go_on(some_logits(step, 0))
    assert step > 1


def test_complete_answer_is_done_without_asking_for_its_end():
    spoken, grammar = words(), 'root ::= "[[" ("plank" | "push_up") "]]"\n'
    constraint = Constraint(spoken)
    answer = constraint.begin(grammar)

    while not answer.is_done:
        constraint.go_on(answer, some_logits(len(answer.tokens), 5), ROOM)

    assert spoken.decode(answer.tokens) in {"[[plank]]", "[[push_up]]"}
    assert spoken.turn.stop not in answer.tokens


def test_what_may_follow_is_what_the_mask_says():
    spoken, grammar = words(), grammar_of(requests()[0])
    masked, vocabulary = Masked(spoken, grammar), Vocabulary(spoken.spelled)

    for step in range(30):
        allowed = [token for token in masked.allowed() if token != spoken.turn.stop]

        assert sorted(vocabulary.allowed(masked.matcher)) == allowed
        if not allowed:
            break
        masked.take(allowed[step % len(allowed)])


def test_longest_token_and_those_beyond_are_found():
    vocabulary = Vocabulary([b"", b"a", b"ab", b"abcd", b"b", b"abce"])

    assert vocabulary.longest_in(b"abc") == 2
    assert vocabulary.longest_in(b"abcd") == 3
    assert vocabulary.longest_in(b"c") is None
    assert vocabulary.beyond(b"abc") == (b"abcd", b"abce")
    assert vocabulary.beyond(b"abcd") == ()
    assert vocabulary.beyond(b"x") == ()


def accepts(grammar: str, text: str) -> bool:
    import xgrammar

    compiler: Any = xgrammar.GrammarCompiler(xgrammar.TokenizerInfo([]), cache_enabled=False)
    compiled = compiler.compile_grammar(grammar)
    matcher = xgrammar.GrammarMatcher(compiled, terminate_without_stop_token=True)
    return matcher.accept_string(text) and matcher.is_terminated()


def test_options_written_with_a_shared_beginning_are_the_options():
    options = [("row", '"!"'), ("rowing", ""), ("rower", any_of("12")), ("bar", ""), ("", '"."')]
    grammar = f"root ::= {one_of(options)}\n"

    assert all(
        accepts(grammar, text) for text in ("row!", "rowing", "rower1", "rower2", "bar", ".")
    )
    assert not any(
        accepts(grammar, text) for text in ("row", "rowing!", "rower", "ro", "b", "bar.")
    )


def test_words_written_as_rules_are_the_words():
    rules = Rules()
    grammar = rules.write(rules.any_of_words("n", ["plank", "plank_side", "row"]))

    assert all(accepts(grammar, word) for word in ("plank", "plank_side", "row"))
    assert not any(accepts(grammar, word) for word in ("plan", "plank_", "side", "low"))
