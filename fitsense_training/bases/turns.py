"""The turn of a pretrained model's chat template, in token ids.

The template is rendered around a mark, and what stands before and after the mark frames every
prompt. What follows the answer begins with the token that ends it: generation must stop there, and
that is often not the tokenizer's own end-of-sequence token.
"""

from typing import TYPE_CHECKING, Any

from fitsense_training.domain.errors import BadInput
from fitsense_training.words import ChatTurn

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MARK = "\u2063prompt\u2063"  # an invisible sign that no template holds
ANSWER_MARK = "\u2063answer\u2063"
# For a model that was never taught to chat.
DEFAULT_TEMPLATE = (
    "{{- bos_token or '' -}}"
    "{%- for message in messages -%}"
    "{{- message.role + ':\\n' + message.content -}}"
    "{{- eos_token if message.role == 'assistant' else '' -}}{{- '\\n' -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- 'assistant:\\n' -}}{%- endif -%}"
)
# Templates that can think aloud are told not to, also where another server renders them.
NO_THINKING = "{%- set enable_thinking = false -%}"


def settle_template(tokenizer: "PreTrainedTokenizerBase") -> None:
    """Give a tokenizer the template it will always be used with."""
    template = tokenizer.chat_template
    if isinstance(template, dict):
        template = template["default"]
    template = template or DEFAULT_TEMPLATE
    if "enable_thinking" in template and not template.startswith(NO_THINKING):
        template = NO_THINKING + template
    tokenizer.chat_template = template


def turn_of(tokenizer: "PreTrainedTokenizerBase", count_logits: int) -> ChatTurn:
    """The turn that a tokenizer's template makes; `count_logits` is the model's vocabulary.

    Raises:
        BadInput: its template loses the prompt, or nothing ends an answer.
    """
    import xgrammar

    before, after = _around(_render(tokenizer, [_said("user", MARK)]), MARK)
    stop = _stop(tokenizer)
    pad: Any = tokenizer.pad_token_id
    size = min(count_logits, len(tokenizer))
    info = xgrammar.TokenizerInfo.from_huggingface(
        tokenizer, vocab_size=size, stop_token_ids=[stop]
    )
    return ChatTurn(
        before=tuple(_ids(tokenizer, before)),
        after=tuple(_ids(tokenizer, after)),
        stop=stop,
        pad=stop if pad is None else int(pad),
        size=size,
        spelling=info.vocab_type.name,
        has_prefix_space=info.add_prefix_space,
    )


def is_exact(tokenizer: "PreTrainedTokenizerBase", turn: ChatTurn, prompt: str) -> bool:
    """Whether a server that renders the template reads the very tokens that were learned."""
    rendered = _ids(tokenizer, _render(tokenizer, [_said("user", prompt)]))
    return rendered == [*turn.before, *_ids(tokenizer, prompt), *turn.after]


def _stop(tokenizer: "PreTrainedTokenizerBase") -> int:
    """The token that ends an answer: the template's, or else the tokenizer's."""
    said = [_said("user", MARK), _said("assistant", ANSWER_MARK)]
    rendered = _render(tokenizer, said, is_asking=False)
    ids = _ids(tokenizer, _around(rendered, ANSWER_MARK)[1])
    special = {*tokenizer.all_special_ids, *tokenizer.added_tokens_decoder}
    if ids and ids[0] in special:
        return ids[0]
    end: Any = tokenizer.eos_token_id
    if end is None:
        raise BadInput("the base has no token that ends an answer: take one with an eos_token")
    return int(end)


def _around(rendered: str, mark: str) -> tuple[str, str]:
    before, found, after = rendered.partition(mark)
    if not found:
        raise BadInput("the chat template of the base leaves the message out: take another base")
    return before, after


def _render(
    tokenizer: "PreTrainedTokenizerBase", said: list[dict[str, str]], *, is_asking: bool = True
) -> str:
    return str(tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=is_asking))


def _said(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _ids(tokenizer: "PreTrainedTokenizerBase", text: str) -> list[int]:
    return list(tokenizer.encode(text, add_special_tokens=False))
