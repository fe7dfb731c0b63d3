"""What every student does, whatever computes its logits: prompts in, answers out.

A prompt is rendered and framed, an answer gets the room that is left, its grammar and its watch;
then the student fills it, token by token.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from fitsense_training.constraint import Answer, Constraint
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.grammar import render_grammar
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.shorthand import brief, expand, shorten
from fitsense_training.sampling import Perturb
from fitsense_training.words import Words


class Writer(ABC):
    """A student that writes. One instance serves one thread at a time."""

    def __init__(self, words: Words, reads_tokens: int, max_answer_tokens: int) -> None:
        """Take its words, and how many tokens it reads in all and writes at most."""
        self._words, self._constraint = words, Constraint(words)
        self._reads_tokens, self._max_answer_tokens = reads_tokens, max_answer_tokens

    @abstractmethod
    def _fill(
        self,
        encoded: Sequence[Sequence[int]],
        answers: Sequence[Answer],
        room: int,
        perturb: Perturb | None,
    ) -> None:
        """Write the answers to framed prompts, each until it is done or `room` tokens long."""

    def reply(self, request: PlanRequest) -> str:
        """What the student writes under the grammar of the request."""
        return self.replies([request])[0]

    def reply_freely(self, request: PlanRequest) -> str:
        """What the student writes when nothing holds it."""
        return self.write([render_prompt(request)], [None])[0]

    def replies(self, requests: Sequence[PlanRequest]) -> list[str]:
        """The same as `reply` for several requests in one batch."""
        prompts = [render_prompt(request) for request in requests]
        grammars = [render_grammar(*each) for each in zip(requests, prompts, strict=True)]
        return self.write(prompts, grammars)

    def sample(self, request: PlanRequest, perturb: Perturb, *, is_free: bool = False) -> str:
        """One draw from what the student might write, under its grammar or free."""
        prompt = render_prompt(request)
        grammar = None if is_free else render_grammar(request, prompt)
        return self.write([prompt], [grammar], perturb)[0]

    def count_tokens(self, request: PlanRequest, reply: str) -> int:
        """How many tokens a reply took this student to write: what stays was only named."""
        return len(self._words.encode(shorten(render_prompt(request), reply)))

    def write(
        self,
        prompts: Sequence[str],
        grammars: Sequence[str | None],
        perturb: Perturb | None = None,
    ) -> list[str]:
        """The answers to prompts, each under its grammar or free; `perturb` makes them samples.

        They are whole: what a student named instead of writing it is read from the prompt.

        Raises:
            BadInput: a prompt leaves no room for an answer.
        """
        answers = self.write_tokens(prompts, grammars, perturb)
        replies = [self._words.decode(tokens) for tokens in answers]
        return [expand(*each) for each in zip(prompts, replies, strict=True)]

    def write_tokens(
        self,
        prompts: Sequence[str],
        grammars: Sequence[str | None],
        perturb: Perturb | None = None,
    ) -> list[list[int]]:
        """What is written, in tokens, the one that ends an answer left out."""
        encoded = [self._words.encode_prompt(brief(prompt)) for prompt in prompts]
        longest = max(len(ids) for ids in encoded)
        room = min(self._max_answer_tokens, self._reads_tokens - longest)
        if room < 1:
            raise BadInput(
                f"the request takes {longest} tokens, the student reads {self._reads_tokens}: "
                "shorten the plan or the note"
            )
        answers = [self._constraint.begin(grammar) for grammar in grammars]
        self._fill(encoded, answers, room, perturb)
        return [answer.tokens for answer in answers]
