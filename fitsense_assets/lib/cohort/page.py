"""The report of a cohort as one page: who they are, how three of them trained, who came."""

import base64
import html
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fitsense_assets.lib.cohort.marginals import (
    MARGINAL_COLUMNS,
    Marginal,
    marginals,
    off_marginals,
)
from fitsense_assets.lib.cohort.page_plots import (
    attendance_plot,
    people_plot,
    three_plot,
    typical_people,
)
from fitsense_assets.lib.cohort.realism import (
    SET_COLUMNS,
    Sight,
    logged_sets,
    planned_sessions,
    sights,
)
from fitsense_assets.lib.cohort.spec import read_cohort
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.page import page, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TABLE, FILE = "cohort_reports", "report.html"
PROFILE_COLUMNS = ["user_id", "goal_type", "condition_flag"]


def write_cohort_report(lake: Lake, key: str) -> Manifest:
    """Write the page of a cohort whose profiles, workouts and daily logs are there."""
    rules = read_cohort(lake, key).config
    people = lake.read_frame("profiles", key, [*PROFILE_COLUMNS, *MARGINAL_COLUMNS])
    planned = sum(
        planned_sessions(rules, part) for part in lake.read_parts("plans", key, ["plan_json"])
    )
    sets = logged_sets(lake.read_parts("workouts", key, SET_COLUMNS))
    # One part is enough to look at; a part holds whole people.
    some = next(lake.read_parts("workouts", key, [*SET_COLUMNS, "reps"]))
    plans = next(lake.read_parts("plans", key))
    users = plans.select("user_id")
    days = next(lake.read_parts("daily_logs", key)).join(users, on="user_id", how="semi")
    body = [
        f"<h1>Cohort {html.escape(key)}</h1>",
        f'<p class="quiet">{people.height:,} synthetic people, {sets.count_sets:,} sets, '
        f"{rules.lookback_days} days up to {rules.end_date}. Shares are weighted back to the "
        "population that rare slices were drawn from more often.</p>",
        "<h2>Who they are</h2>",
        _picture(people_plot(rules, people), "age, height, BMI and conditions"),
        "<h2>Three of them</h2>",
        '<p class="quiet">One of each level whose loads grew as much as is usual for the level, '
        "with the compound lifts they did most. A load goes up a step of the inventory once every "
        "set reaches the top of its range; a jump to twice the load or half of it is a "
        "unit entered wrongly.</p>",
        _picture(
            three_plot(typical_people(people, some), some, days),
            "loads and body weight of three people",
        ),
        "<h2>Who came, and who slept</h2>",
        f'<p class="quiet">The first {plans.height:,} people.</p>',
        _picture(attendance_plot(rules, plans, some, days), "sessions kept, and sleep"),
        "<h2>Found beside configured</h2>",
        _sights(sights(rules, people, planned, sets)),
        *_marginals(list(marginals(rules, people))),
    ]
    with lake.write(TABLE, key) as draft:
        draft.count_rows = people.height
        draft.write_text(FILE, page(f"FitSense cohort {key}", "".join(body)))
    return draft.sealed


def report_path(lake: Lake, key: str) -> str:
    """Where the page of a cohort lies."""
    return str(lake.folder(TABLE, key) / FILE)


def _sights(seen: Sequence[Sight]) -> str:
    rows = [
        (s.what, f"{s.found:.3g}", s.expected, ("good", "fits") if s.fits else ("bad", "off"))
        for s in seen
    ]
    return table(("what", "found", "configured", ""), rows)


def _marginals(found: Sequence[Marginal]) -> Sequence[str]:
    """How many configured shares came out, and all of them to unfold, those that are off first."""
    off = off_marginals(found)
    rows = [
        (
            f"{m.group}: {m.value}".replace("_", " "),
            f"{m.found:.1%}",
            f"{m.expected:.1%} +- {m.tolerance:.1%}",
            ("bad", "off") if m.is_off else ("good", "fits"),
        )
        for m in [*off, *(m for m in found if not m.is_off)]
    ]
    return (
        f"<details><summary>{len(found) - len(off)} of {len(found)} configured shares came out, "
        "as near as so many people allow</summary>",
        table(("share of", "found", "configured", ""), rows),
        "</details>",
    )


def _picture(figure: "Figure", title: str) -> str:
    out = io.BytesIO()
    # The fixed metadata keeps the bytes the same from run to run.
    figure.savefig(out, format="png", dpi=110, metadata={"Software": None})
    text = base64.b64encode(out.getvalue()).decode()
    return f'<img alt="{html.escape(title)}" src="data:image/png;base64,{text}">'
