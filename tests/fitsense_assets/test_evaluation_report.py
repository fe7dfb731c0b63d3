"""The report shows both systems side by side, whole in one page, and harmless whatever was said."""

from typing import Any

from fitsense_assets.lib.evaluation_plots import (
    Point,
    curve_plot,
    overall_plot,
    slice_plot,
    trade_off_plot,
)
from fitsense_assets.lib.evaluation_report import Report, evaluation_page, picture_markdown, png
from fitsense_assets.lib.evaluation_tables import overall_markdown
from fitsense_training.gallery import worst_cases
from fitsense_training.scorecard import Card, Scored, scorecard
from fitsense_training.scoring import SLICES, UNREADABLE, Score

FINE = Score(is_schema_valid=True, is_block_free=True, is_clean=True, is_task_success=True)
SCRIPT = "<script>alert(1)</script>"


def scored() -> list[Scored]:
    rows = []
    for index in range(24):
        slices = {**dict.fromkeys(SLICES, "any"), "sex": "female" if index % 2 else "male"}
        for system in ("teacher", "free", "constrained", "guarded"):
            is_bad = system == "free" and index < 6
            rows.append(
                Scored(
                    query_id=f"q{index}",
                    user_id="u",
                    cohort="c0001",
                    slices=slices,
                    system=system,
                    reply=SCRIPT if is_bad else "{}",
                    score=UNREADABLE if is_bad else FINE,
                    path="planner" if system == "guarded" else None,
                )
            )
    return rows


def a_card() -> Card:
    return scorecard(scored())


def a_page(gallery: list[dict[str, Any]] | None = None) -> str:
    found = worst_cases(scored()) if gallery is None else gallery
    return evaluation_page(
        Report("r0001", "prompts", a_card(), {"guarded.latency_ms_p50": 12.5}, gallery=found)
    )


def test_raw_model_and_guarded_system_stand_side_by_side() -> None:
    text = a_page()

    assert "75.0% [" in text
    assert text.index("student, free") < text.index("guarded system")
    assert "sex = female" in text
    assert "12.5" in text


def test_a_reply_cannot_put_script_into_the_page() -> None:
    assert SCRIPT not in a_page()
    assert "&lt;script&gt;" in a_page()


def test_a_reply_that_is_no_answer_is_not_called_clean() -> None:
    assert a_page().count("cannot be read as an answer") == 6 + 18


def test_the_page_fetches_nothing() -> None:
    assert "http://" not in a_page()
    assert "https://" not in a_page()


def test_the_same_scores_draw_the_same_bytes() -> None:
    for plot in (overall_plot, slice_plot):
        assert png(plot(a_card())) == png(plot(a_card()))
    shares = a_card()["overall"]
    points = [Point("version 1", 40.0, shares["guarded"], shares["free"])]
    assert png(trade_off_plot(points)) == png(trade_off_plot(points))


def test_metadata_holds_table_and_picture() -> None:
    table = overall_markdown(a_card())

    assert table.splitlines()[2].startswith("| teacher | 100.0% [")
    curve = curve_plot({"train": [(1, 3.0), (2, 1.0)], "val": [(2, 1.2)]})
    assert picture_markdown(curve, "loss").startswith("![loss](data:image/png;base64,")
