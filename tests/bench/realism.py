"""R0: whether a cohort looks like people: every figure found beside what was configured."""

from rich.console import Console
from rich.table import Table

from fitsense_assets.lib.cohort.realism import (
    SET_COLUMNS,
    Sight,
    logged_sets,
    planned_sessions,
    sights,
)
from fitsense_assets.lib.cohort.spec import read_cohort
from fitsense_training.settings import Settings
from tests.bench.cohort_runs import KEY, a_bench_lake, write_plans_and_sets
from tests.bench.goal import Goal, Measured

USERS = 6_000


def measure(settings: Settings) -> Measured:
    """Look at one cohort of the default recipe, and print all there is to see of it."""
    del settings
    with a_bench_lake(USERS) as lake:
        write_plans_and_sets(lake)
        rules = read_cohort(lake, KEY).config
        planned = planned_sessions(rules, lake.read_frame("plans", KEY, ["plan_json"]))
        sets = logged_sets(lake.read_parts("workouts", KEY, SET_COLUMNS))
        seen = sights(rules, lake.read_frame("profiles", KEY), planned, sets)
    Console(stderr=True, highlight=False).print(_table(seen))
    odd = [sight for sight in seen if not sight.fits]
    text = f"{len(seen) - len(odd)} of {len(seen)} figures fit the recipe"
    return Measured(text, not odd, {sight.what: sight.found for sight in seen})


def _table(seen: list[Sight]) -> Table:
    table = Table(show_edge=False, title=f"a cohort of {USERS:,} people")
    table.add_column("what")
    table.add_column("found", justify="right")
    table.add_column("configured", justify="right")
    table.add_column("")
    for sight in seen:
        mark = "[green]fits[/]" if sight.fits else "[red]off[/]"
        table.add_row(sight.what, f"{sight.found:.3g}", sight.expected, mark)
    return table


GOAL = Goal("R0", "realism: all figures within tolerance", measure)
