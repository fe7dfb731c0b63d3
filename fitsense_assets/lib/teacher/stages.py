"""The two stages of the teacher: its replies, and the verdict on each, part by part."""

from collections.abc import Iterator
from typing import NoReturn

import polars as pl
from tqdm import tqdm

from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.teacher import responses, review
from fitsense_assets.lib.teacher.teacher import Teacher

BAR_SECONDS = 1.0


def write_responses(lake: Lake, key: str, teacher: Teacher) -> Manifest:
    """Ask the teacher every query of a cohort."""
    count = lake.manifest("queries", key).count_rows
    with (
        _bar(f"{key} teacher", count) as bar,
        lake.write("teacher_responses", key) as draft,
    ):
        draft.facts.update(code_version=responses.VERSION, teacher=teacher.name)
        for number, queries in enumerate(lake.read_parts("queries", key)):
            rows = []
            for row in responses.ask_teacher(teacher, queries):
                rows.append(row)
                bar.update()
            draft.write_frame(f"part-{number:05d}.parquet", responses.response_frame(rows))
    return draft.sealed


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
