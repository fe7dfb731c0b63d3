"""A reply is paid for once: the journal gives it back, free and word for word."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fitsense_assets.lib.teacher.endpoint import KEY_EXCLUDES, Endpoint, arguments_of, key_of
from fitsense_assets.lib.teacher.journal import Journal, journal_key
from fitsense_assets.lib.teacher.teacher import CacheState, Reply
from fitsense_training.domain.errors import CorruptArtifact

PAID = Reply(
    "q1", "big-model", "Zeile \u2028 mit \U0001f4aa", attempts=3, latency_ms=812.5,
    prompt_tokens=900, completion_tokens=70, cost_usd=0.002, cache_state=CacheState.MISS,
)  # fmt: skip


def test_a_hit_costs_nothing_and_is_told_as_a_hit(tmp_path: Path):
    journal = Journal(tmp_path / "deep" / "journal.sqlite")
    journal.keep("key", PAID)

    found = journal.find("key", "q9")
    journal.close()

    assert found is not None
    assert found.text == PAID.text
    assert (found.query_id, found.cost_usd, found.cache_state) == ("q9", 0.0, CacheState.HIT)
    assert (found.served_model, found.attempts, found.prompt_tokens) == ("big-model", 3, 900)


def test_the_first_reply_stays(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite")
    journal.keep("key", PAID)
    journal.keep("key", Reply("q2", "other", "another text"))

    found = journal.find("key", "q1")
    journal.close()

    assert found is not None
    assert found.text == PAID.text


def test_another_process_finds_what_was_kept(tmp_path: Path):
    first, second = Journal(tmp_path / "journal.sqlite"), Journal(tmp_path / "journal.sqlite")
    first.keep("key", PAID)

    found, unknown = second.find("key", "q1"), second.find("another", "q1")
    first.close()
    second.close()

    assert found is not None
    assert unknown is None


def test_every_part_of_what_was_sent_is_in_the_key():
    keys = {
        journal_key("1", "model", "guide", "prompt"),
        journal_key("2", "model", "guide", "prompt"),
        journal_key("1", "modelguide", "", "prompt"),
        journal_key("1", "model", "guideprompt", ""),
        journal_key("1", "model", "guide", "prompt "),
    }

    assert len(keys) == 5


def test_a_file_that_is_no_journal_is_named(tmp_path: Path):
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"this is no database, only text that is long enough" * 40)

    with pytest.raises(CorruptArtifact, match="no reply journal"):
        Journal(path)


def copied(source: Path, folder: Path, torn_bytes: int) -> Path:
    """The journal as a power cut in the middle of a write leaves it."""
    folder.mkdir()
    for path in source.parent.glob(f"{source.name}*"):
        body = path.read_bytes()
        kept = body[:-torn_bytes] if path.name.endswith("-wal") else body
        (folder / path.name).write_bytes(kept)
    return folder / source.name


def test_a_torn_last_record_is_the_only_one_that_is_lost_and_can_be_written_again(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite")
    for number in range(9):
        journal.keep(f"key {number}", PAID)

    torn = Journal(copied(tmp_path / "journal.sqlite", tmp_path / "torn", torn_bytes=100))
    found = [torn.find(f"key {number}", "q") is not None for number in range(9)]
    torn.keep("key 8", PAID)
    torn.keep("key 9", PAID)
    again = Journal(torn.path)
    count = again.count
    for each in (journal, torn, again):
        each.close()

    assert found == [True] * 8 + [False]
    assert count == 10


SENT = arguments_of(Endpoint("m"), [{"role": "system", "content": "a guide"}])
CONTENT = ("messages", 0, "content")
values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


def sent_with(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """What is sent, with one value of it replaced or added."""
    changed = copy.deepcopy(SENT)
    *path, last = place
    within: Any = changed
    for step in path:
        within = within[step]
    within[last] = value
    return changed


@given(place=st.sampled_from([(name,) for name in KEY_EXCLUDES]), value=values)
def test_nothing_that_only_says_how_to_fetch_changes_the_key(place: tuple[Any, ...], value: Any):
    assert key_of(sent_with(place, value)) == key_of(SENT)


@given(
    place=st.sampled_from([
        ("model",), ("api_base",), ("max_tokens",), ("temperature",), CONTENT,
        ("response_format",), ("seed",), ("n",), ("a parameter of tomorrow",),
    ]),
    value=values,
)  # fmt: skip
def test_whatever_else_is_sent_otherwise_changes_the_key(place: tuple[Any, ...], value: Any):
    changed = sent_with(place, value)
    assume(json.dumps(changed, sort_keys=True) != json.dumps(SENT, sort_keys=True))

    assert key_of(changed) != key_of(SENT)
