"""What of a conversation becomes tokens to learn."""

from fitsense_training.conversations import Conversation, encode_conversation, learned, spelled_out
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.wire import write_plan
from fitsense_training.tokenizer import train_tokenizer
from fitsense_training.words import own_words
from tests.builders import a_modification, a_plan, coached

PLAN = a_plan({"mon": ["goblet_squat 3x8-12 r2 90s rpe8"], "thu": ["push_up 3x8-12 r2 90s bw"]})
SWAP = a_modification("swap", PLAN, exercise_id="push_up")
CHANGE = Conversation(render_prompt(SWAP), write_plan(coached(SWAP)))


def test_what_stays_is_read_and_learned_by_name():
    words = own_words(train_tokenizer([CHANGE.prompt, CHANGE.answer], [], 600))
    short = learned(CHANGE)

    encoded = encode_conversation(words, CHANGE)

    *answer, end = [
        token
        for token, is_learned in zip(encoded.input_ids, encoded.loss_mask, strict=True)
        if is_learned
    ]
    assert words.decode(answer) == short.answer
    assert end == words.turn.stop
    assert '"s":[["=mon"],["thu","' in short.answer
    assert words.encode_prompt(short.prompt) == [*encoded.input_ids][: -len(answer) - 1]
    assert '"s":[["=mon"],["thu","' in short.prompt


def test_spelled_out_a_change_is_read_and_learned_line_by_line():
    whole = learned(spelled_out(CHANGE))

    assert '[["mon","full_body",8,[["goblet_squat#mon1.","3x8-12 r2 90s rpe8"]]]' in whole.prompt
    assert '[["mon","full_body",8,[["#mon1.","3x8-12 r2 90s rpe8"]]],["thu","' in whole.answer
    assert spelled_out(Conversation("task plan_creation", "{}")).prompt == "task plan_creation"
