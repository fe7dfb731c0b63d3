"""Prompts are framed as the base's template frames them, and answers end where it ends them."""

from pathlib import Path
from typing import Any

import pytest

from fitsense_training.bases.turns import DEFAULT_TEMPLATE, is_exact, settle_template, turn_of
from fitsense_training.domain.errors import BadInput
from tests.fitsense_training.checkpoints import a_tokenizer
from tests.fitsense_training.students import write_conversations

pytestmark = pytest.mark.slow

PROMPT = "task plan_creation\ngoal strength\nnote <<<mornings>>>"
THINKING = (
    "{% for message in messages %}<start_of_turn>{{ message.content }}<end_of_turn>{% endfor %}"
    "{% if add_generation_prompt %}{% if enable_thinking is defined and enable_thinking is false %}"
    "QUIET{% else %}ALOUD{% endif %}{% endif %}"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_conversations(tmp_path_factory.mktemp("data"), 8)


def settled(data: Path, template: str | None) -> Any:
    tokenizer = a_tokenizer(data, template)
    settle_template(tokenizer)
    return tokenizer


def test_turn_reads_what_the_template_renders(data: Path):
    from tests.fitsense_training.checkpoints import GEMMA_TEMPLATE

    tokenizer = settled(data, GEMMA_TEMPLATE)
    turn = turn_of(tokenizer, count_logits=10_000)

    assert tokenizer.decode(turn.before) == "<bos><start_of_turn>user\n"
    assert tokenizer.decode(turn.after) == "<end_of_turn>\n<start_of_turn>model\n"
    assert tokenizer.convert_ids_to_tokens(turn.stop) == "<end_of_turn>"
    assert turn.size == len(tokenizer)
    assert is_exact(tokenizer, turn, PROMPT)


def test_model_that_never_chatted_gets_the_default_turn(data: Path):
    tokenizer = settled(data, None)
    turn = turn_of(tokenizer, count_logits=10_000)

    assert tokenizer.chat_template == DEFAULT_TEMPLATE
    assert tokenizer.decode(turn.before) == "<bos>user:\n"
    assert tokenizer.decode(turn.after) == "\nassistant:\n"
    assert turn.stop == tokenizer.eos_token_id


def test_template_that_can_think_aloud_is_told_not_to(data: Path):
    tokenizer = settled(data, THINKING)

    assert tokenizer.decode(turn_of(tokenizer, 10_000).after).endswith("QUIET")


def test_template_that_joins_text_across_its_marks_is_noticed(data: Path):
    joining = "{% for message in messages %}tas{{ message.content }}<end_of_turn>{% endfor %}"
    tokenizer = settled(data, joining)

    assert not is_exact(tokenizer, turn_of(tokenizer, 10_000), "k plan_creation")


def test_smaller_model_vocabulary_bounds_what_is_written(data: Path):
    assert turn_of(settled(data, None), count_logits=300).size == 300


def test_template_without_the_message_is_refused(data: Path):
    with pytest.raises(BadInput, match="leaves the message out"):
        turn_of(settled(data, "hello"), 10_000)
