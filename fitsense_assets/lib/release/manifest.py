"""The manifest of a release: every table of its cohorts, pinned at the version it has now.

A release is read through its pins: whoever trains on it later finds the same bytes or is told
which table no longer holds them.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from tqdm import tqdm

from fitsense_assets.lib.cohort.config import Split
from fitsense_assets.lib.cohort.spec import TABLE as COHORT_SPECS
from fitsense_assets.lib.cohort.spec import read_cohort
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.release.recipe import Recipe, default_recipe
from fitsense_assets.lib.release.spec import ReleaseSpec, read_release
from fitsense_training.domain.catalogue import catalogue_version
from fitsense_training.domain.errors import BadInput, CorruptArtifact
from fitsense_training.domain.rulebook import rules_version
from fitsense_training.domain.text.prompt import PROMPT_VERSION
from fitsense_training.domain.text.wire import WIRE_VERSION

VERSION = "2"
TABLE = "release_manifest"
FILE = "release.json"
PINNED = (
    "profiles",
    "workouts",
    "daily_logs",
    "queries",
    "teacher_responses",
    "reviewed_responses",
)
BAR_AFTER_SECONDS = 2.0


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FilePin(_Frozen):
    """One file of a pinned table."""

    name: str
    sha256: str
    count_bytes: int


class TablePin(_Frozen):
    """One table of a cohort as it was: `version` is the hash of its content."""

    version: str
    count_rows: int
    code_version: str
    files: tuple[FilePin, ...]


class TeacherPin(_Frozen):
    """Who answered, how often, and how often the answer was accepted."""

    teacher: str
    served_model: str
    count_replies: int
    count_accepted: int


class CohortPin(_Frozen):
    """A cohort as it was."""

    spec_version: str
    split: Split
    teachers: tuple[TeacherPin, ...]
    tables: dict[str, TablePin]


class SftContract(_Frozen):
    """What a row of the JSONL files is, and how it becomes one conversation.

    A prompt is lines of `name value`: some say what is asked, the others who asks and what is
    there already. How many tokens a row has is measured later (see `lengths.py`).
    """

    fields: tuple[str, ...] = ("messages",)
    instruction_lines: tuple[str, ...] = ("task", "ask", "log", "note")
    context_lines: tuple[str, ...] = (
        *("goal", "person", "days", "equipment", "conditions", "screen"),
        *("exclude", "lifts", "plan"),
    )
    response: str = "one line of JSON in wire format: a plan, or a hand-off to a professional"
    message_fields: tuple[str, ...] = ("role", "content")
    roles: tuple[str, ...] = ("user", "assistant")
    chat_template: str = (
        "<bos> <start_of_turn> prompt <end_of_turn> <start_of_turn> answer <end_of_turn>; "
        "only the answer and the <end_of_turn> after it are learned"
    )
    prompt_version: str = PROMPT_VERSION
    wire_version: str = WIRE_VERSION


class Pins(_Frozen):
    """All that a release stands on."""

    release: str
    reason: str
    previous: str | None
    rules_version: str
    catalogue_version: str
    contract: SftContract
    recipe: Recipe
    cohorts: dict[str, CohortPin]


def pin_release(lake: Lake, spec: ReleaseSpec) -> Pins:
    """Verify every file of the cohorts and pin it.

    Raises:
        UnknownName: a table of a cohort is not there.
        CorruptArtifact: a file is not what was written.
        BadInput: a cohort was made under other rules or prompts, or its tables do not belong
            together.
    """
    return Pins(
        release=spec.release,
        reason=spec.reason,
        previous=spec.previous,
        rules_version=rules_version(),
        catalogue_version=catalogue_version(),
        contract=SftContract(),
        recipe=default_recipe(),
        cohorts={cohort: _pin_cohort(lake, cohort) for cohort in spec.cohorts},
    )


def _pin_cohort(lake: Lake, cohort: str) -> CohortPin:
    bar = tqdm(PINNED, desc=f"{cohort} pins", unit="table", delay=BAR_AFTER_SECONDS)
    tables = {table: _pin_table(lake, table, cohort) for table in bar}
    _refuse_unfit(lake, cohort)
    return CohortPin(
        spec_version=lake.verify(COHORT_SPECS, cohort).version,
        split=read_cohort(lake, cohort).config.split,
        teachers=tuple(_teachers(lake, cohort)),
        tables=tables,
    )


def _pin_table(lake: Lake, table: str, cohort: str) -> TablePin:
    manifest = lake.verify(table, cohort)
    now = {"rules_version": rules_version(), "catalogue_version": catalogue_version()}
    for name, wanted in now.items():
        _refuse_other(cohort, table, name, manifest.facts.get(name, wanted), wanted)
    return TablePin(
        version=manifest.version,
        count_rows=manifest.count_rows,
        code_version=str(manifest.facts.get("code_version", "")),
        files=tuple(
            FilePin(name=entry.name, sha256=entry.sha256, count_bytes=entry.count_bytes)
            for entry in manifest.files
            if not entry.is_volatile
        ),
    )


def _refuse_other(cohort: str, table: str, name: str, found: str, wanted: str) -> None:
    if found != wanted:
        raise BadInput(
            f"cohort {cohort} {table} has {name} {found}, this code has {wanted}: "
            f"materialize {table} of {cohort} and what follows from it again"
        )


def _refuse_unfit(lake: Lake, cohort: str) -> None:
    """BadInput where the replies or verdicts were made for other queries than are there."""
    asked = lake.read_frame("queries", cohort, ["query_id", "prompt"])
    replies = lake.read_frame(
        "teacher_responses", cohort, ["query_id", "prompt_version", "rules_version"]
    )
    judged = lake.read_frame("reviewed_responses", cohort, ["query_id", "prompt"])
    for table, fits in (
        ("teacher_responses", replies["query_id"].equals(asked["query_id"])),
        ("reviewed_responses", judged.equals(asked)),
    ):
        if not fits:
            raise BadInput(
                f"cohort {cohort} {table} answers older queries: materialize {table} of {cohort} "
                "and what follows from it again"
            )
    wanted = {"prompt_version": PROMPT_VERSION, "rules_version": rules_version()}
    for name, value in wanted.items():
        for found in replies[name].unique().sort().to_list():
            _refuse_other(cohort, "teacher_responses", name, found, value)


def _teachers(lake: Lake, cohort: str) -> Iterator[TeacherPin]:
    columns = ["teacher", "served_model", "is_accepted"]
    rows = lake.read_frame("reviewed_responses", cohort, columns).rows()
    replies = Counter((teacher, model) for teacher, model, _ in rows)
    accepted = Counter((teacher, model) for teacher, model, is_accepted in rows if is_accepted)
    for teacher, model in sorted(replies):
        yield TeacherPin(
            teacher=teacher,
            served_model=model,
            count_replies=replies[teacher, model],
            count_accepted=accepted[teacher, model],
        )


def write_manifest(lake: Lake, key: str) -> Manifest:
    """Pin a release that has a spec and write its manifest; one that is pinned stays as it is.

    Raises:
        BadInput: it is pinned, and a table changed since.
    """
    if lake.exists(TABLE, key):
        verify_release(lake, key)
        return lake.manifest(TABLE, key)
    pins = pin_release(lake, read_release(lake, key))
    with lake.write(TABLE, key) as draft:
        draft.write_text(FILE, json.dumps(pins.model_dump(mode="json"), indent=1, sort_keys=True))
        draft.facts.update(code_version=VERSION, fingerprint=fingerprint(pins))
        draft.count_rows = sum(
            pin.tables["reviewed_responses"].count_rows for pin in pins.cohorts.values()
        )
    return draft.sealed


def read_pins(lake: Lake, key: str) -> Pins:
    """The pins of a release.

    Raises:
        UnknownName: the release has no manifest.
        CorruptArtifact: the manifest was written for another version of this code.
    """
    text = lake.read_text(TABLE, key, FILE)
    try:
        return Pins.model_validate_json(text)
    except ValidationError as error:
        message = f"the manifest of release {key} no longer fits this code: make a new release"
        raise CorruptArtifact(message) from error


def fingerprint(pins: Pins) -> str:
    """A hash of what is pinned, whatever the release is called and why it was made."""
    content: dict[str, Any] = pins.model_dump(
        mode="json", exclude={"release", "reason", "previous"}
    )
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()


def verify_release(lake: Lake, key: str) -> Pins:
    """The pins of a release, after every pinned file's bytes were found to match them.

    Raises:
        BadInput: a table or spec changed or went away since; the message names the first.
        CorruptArtifact: a file is not what was written.
    """
    pins = read_pins(lake, key)
    for cohort, pin in pins.cohorts.items():
        if lake.manifest(COHORT_SPECS, cohort).version != pin.spec_version:
            raise changed(key, cohort, COHORT_SPECS)
        for table in tqdm(pin.tables, desc=f"{cohort} verify", delay=BAR_AFTER_SECONDS):
            refuse_changed(lake, pins, cohort, table)
            lake.verify(table, cohort)
    return pins


def refuse_changed(lake: Lake, pins: Pins, cohort: str, table: str) -> None:
    """BadInput where the table is not at the version that was pinned."""
    pin = pins.cohorts[cohort].tables[table]
    if not lake.exists(table, cohort):
        raise changed(pins.release, cohort, table, "is gone")
    manifest = lake.manifest(table, cohort)
    if manifest.version != pin.version:
        there = {entry.name: entry.sha256 for entry in manifest.files}
        differing = [file.name for file in pin.files if there.get(file.name) != file.sha256]
        name = f" ({differing[0]} differs)" if differing else ""
        raise changed(pins.release, cohort, table, f"changed{name}")


def changed(key: str, cohort: str, table: str, what: str = "changed") -> BadInput:
    """The error that says what no longer fits a release."""
    return BadInput(f"cohort {cohort} {table} {what} since {key} was pinned: make a new release")
