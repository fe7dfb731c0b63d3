"""`fitsense demo`: the whole line on one machine, and a plan served at the end.

Every step is an ordinary Dagster run that can be looked at afterwards; a step whose outcome is
there already is skipped, so an interrupted demo goes on where it was.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from fitsense_assets.cli.partitions import add_cohort_partition, add_release_partition
from fitsense_assets.cli.runs import Runner
from fitsense_assets.cli.serving import Reply, ask_for_plan, running_service
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.manifest import TABLE as MANIFEST_TABLE
from fitsense_assets.lib.release.manifest import verify_release
from fitsense_assets.lib.release.spec import TABLE, read_release
from fitsense_assets.lib.student.train import check_recipe
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.vocabulary import ScreeningState
from fitsense_training.settings import Settings

REASON = "the demo"


@dataclass(frozen=True)
class Demo:
    """How large the demo is."""

    users: int
    count_cohorts: int
    recipe: str


def run_demo(settings: Settings, demo: Demo) -> None:
    """Build cohorts, a release and a student, serve it, and ask it for a plan."""
    console = Console(highlight=False)
    started = time.monotonic()
    check_recipe(demo.recipe)  # a wrong name is told now, not after minutes
    runner = Runner(settings)
    names = [f"c{number:04d}" for number in range(1, demo.count_cohorts + 1)]
    for name in names:
        add_cohort_partition(runner, demo.users, name, None)
    for name in names:
        runner.bring_up_to_date("build_cohort", name)
    release = fitting_release(runner.lake, names)
    if release is None:
        release = add_release_partition(runner, names, REASON)
    runner.bring_up_to_date("build_release", release)
    ops = {"student_checkpoint": {"config": {"recipe": demo.recipe}}}
    runner.bring_up_to_date("train_student", release, ops=ops)
    user_id, profile = pick_person(runner.lake, names[0])
    with running_service(settings) as address:
        reply = ask_for_plan(address, profile)
    show(console, user_id, profile, reply)
    console.print(_next_steps(release, time.monotonic() - started), soft_wrap=True)


def fitting_release(lake: Lake, cohorts: Sequence[str]) -> str | None:
    """The newest release of exactly these cohorts as they are now, or None."""
    for key in reversed(lake.keys(TABLE)):
        if read_release(lake, key).cohorts != tuple(cohorts):
            continue
        try:
            if lake.exists(MANIFEST_TABLE, key):
                verify_release(lake, key)
        except BadInput:
            continue  # a cohort was made anew since: its data belong into a release of their own
        return key
    return None


def pick_person(lake: Lake, cohort: str) -> tuple[str, Profile]:
    """The first held-out person of a cohort whose plan shows most.

    Raises:
        UnknownName: the cohort has no profiles yet.
    """
    people = list(_people(lake, cohort))
    return max(people, key=lambda person: _is_telling(person[1]))


def _is_telling(profile: Profile) -> tuple[bool, bool, bool]:
    """A plan to look at: for somebody who may train, has a condition, and comes on some days."""
    state = screen(profile).state
    may_train = state.rank <= ScreeningState.CLEAR_LIGHT.rank
    return may_train, bool(profile.conditions), len(profile.weekdays) in (2, 3)


def _people(lake: Lake, cohort: str) -> Iterator[tuple[str, Profile]]:
    frame = lake.read_frame("profiles", cohort, ["user_id", "split", "profile_json"])
    held_out = frame.filter(frame["split"] == "test").head(200)
    for user_id, _, body in (held_out if held_out.height else frame.head(200)).iter_rows():
        yield user_id, Profile.model_validate_json(body)


def show(console: Console, user_id: str, profile: Profile, reply: Reply) -> None:
    """The plan as a table, with who asked and where the answer comes from."""
    console.print()
    console.print(f"[bold]{user_id}[/]: {_who(profile)}", soft_wrap=True)
    if reply.handoff is not None:
        console.print(reply.handoff, soft_wrap=True)
    table = Table(show_edge=False, header_style="bold", pad_edge=False)
    for head in ("day", "exercise", "dose", "load", "reserve", "rest"):
        table.add_column(head)
    for row in reply.rows:
        style = "bold" if row[0] else "dim" if row[1] == "Warm-up" else ""
        table.add_row(*row, style=style)
    if reply.rows:
        console.print(table)
    for line in reply.summary:
        console.print(f"- {line}", soft_wrap=True)
    console.print()
    console.print(_provenance(reply), soft_wrap=True)


def _provenance(reply: Reply) -> str:
    told = reply.provenance
    head = f"[bold]answered by[/] the {told['planner']} (guard path {told['guard_path']})"
    tail = f"rules {told['rules_version']}, in {reply.latency_ms:.0f} ms"
    if told["model_version"] is None:
        return f"{head}: no student has been promoted yet; {tail}"
    return (
        f"{head}, model version {told['model_version']}, learned from release {told['release']} of "
        f"cohorts {', '.join(told['cohorts'])}, {tail}"
    )


def _who(profile: Profile) -> str:
    conditions = ", ".join(r.condition.replace("_", " ") for r in profile.conditions)
    goal = profile.main_goal.replace("_", " ")
    return (
        f"{profile.age}, {profile.sex}, {profile.experience_level}, wants {goal} on "
        f"{' '.join(profile.weekdays)}, {profile.session_minutes} min, "
        f"with {', '.join(profile.equipment) or 'no equipment'}; {conditions or 'no condition'}"
    )


def _next_steps(release: str, seconds: float) -> str:
    return (
        f"\nDone in {seconds / 60:.1f} minutes. What to do next:\n"
        "  make up                         the Dagster UI, the MLflow UI and the API\n"
        f"  .venv/bin/fitsense report       the figures of {release}\n"
        "  .venv/bin/fitsense cohort add   more people; then: fitsense release create\n"
        "No clinician has reviewed the rules behind this plan; it is not medical advice."
    )
