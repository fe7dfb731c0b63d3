"""The two stages of the teacher: its replies, and the verdict on each, part by part."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NoReturn

import polars as pl
from tqdm import tqdm

from fitsense_assets.lib.lake import Draft, Lake, Manifest
from fitsense_assets.lib.teacher import responses, review
from fitsense_assets.lib.teacher.teacher import BulkTeacher, CacheState, Reply, Teacher

BAR_SECONDS = 1.0
RUN_FACTS = "run.jsonl"


def write_responses(lake: Lake, key: str, teacher: Teacher) -> Manifest:
    """Ask the teacher every query of a cohort.

    The parts hold what is the same in every run that pays for the same replies; what this run saw
    of paid replies lies beside them in `run.jsonl`.
    """
    count = lake.manifest("queries", key).count_rows
    questions = responses.questions_of(lake.read_parts("queries", key))
    with (
        _bar(f"{key} teacher", count) as bar,
        lake.write("teacher_responses", key) as draft,
        contextlib.closing(responses.replies_of(teacher, questions)) as replies,
    ):
        draft.facts.update(code_version=responses.VERSION, teacher=teacher.name)
        if isinstance(teacher, BulkTeacher):
            draft.facts.update(price=teacher.price)
        watched = _watched(replies, bar, teacher)
        for number, height in enumerate(_heights(lake, key)):
            part = _part(draft, teacher, islice(watched, height))
            draft.write_frame(f"part-{number:05d}.parquet", part)
    return draft.sealed


def _part(draft: Draft, teacher: Teacher, replies: Iterable[Reply]) -> pl.DataFrame:
    rows = []
    facts = []
    for reply in replies:
        rows.append(responses.row_of(teacher, reply))
        if reply.cache_state is not CacheState.NONE:
            facts.append(json.dumps(responses.run_fact(reply)) + "\n")
    if facts:
        draft.volatile.add(RUN_FACTS)
        with (draft.folder / RUN_FACTS).open("a", encoding="utf-8") as out:
            out.writelines(facts)
    return responses.response_frame(rows)


def _watched(replies: Iterable[Reply], bar: "tqdm[NoReturn]", teacher: Teacher) -> Iterator[Reply]:
    """The replies as they pass, with the bar moved, and what is in the air and was paid told."""
    count_errors, paid_usd = 0, 0.0
    for reply in replies:
        paid_usd += reply.cost_usd
        count_errors += reply.error is not None
        if isinstance(teacher, BulkTeacher):
            told = [f"{teacher.in_flight} in flight", f"${paid_usd:.4f} paid"]
            told += [f"{count_errors} failed"] if count_errors else []
            bar.set_postfix_str(", ".join(told), refresh=False)
        bar.update()
        yield reply


def _heights(lake: Lake, key: str) -> Iterator[int]:
    """How many queries each part holds."""
    for part in lake.read_parts("queries", key, ["query_id"]):
        yield part.height


def write_reviews(lake: Lake, key: str) -> Manifest:
    """Judge every reply of a cohort."""
    count = lake.manifest("queries", key).count_rows
    with (
        _bar(f"{key} review", count) as bar,
        lake.write("reviewed_responses", key) as draft,
    ):
        draft.facts.update(code_version=review.VERSION)
        for number, (queries, replies) in enumerate(_pairs(lake, key)):
            rows = []
            for row in review.review_rows(queries, replies):
                rows.append(row)
                bar.update()
            draft.write_frame(f"part-{number:05d}.parquet", review.review_frame(rows))
    return draft.sealed


def _pairs(lake: Lake, key: str) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Queries with their responses; both are written in the same parts."""
    yield from zip(
        lake.read_parts("queries", key), lake.read_parts("teacher_responses", key), strict=True
    )


def _bar(name: str, count: int) -> "tqdm[NoReturn]":
    return tqdm(total=count, desc=name, unit="query", mininterval=BAR_SECONDS)
