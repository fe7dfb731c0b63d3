"""A card tells no number that nobody can trace."""

from pathlib import Path

import pytest
import yaml

from fitsense_assets.lib.release.card import CardFacts, card_body, dataset_card, lake_sources
from fitsense_assets.lib.release.leakage import read_chats
from fitsense_assets.lib.release.manifest import read_pins
from fitsense_assets.lib.release.sources import Ledger, Place, Source
from fitsense_assets.lib.release.splits import read_funnel, read_split
from fitsense_training.domain.errors import BadInput
from tests.fitsense_assets.release.builders import a_split_lake

PLACE: Place = ("sft_splits", "r0001")
SOURCES: dict[Place, Source] = {PLACE: Source(*PLACE, version="v1", run="run-1")}


def test_a_figure_is_cited_with_its_asset_version_and_run() -> None:
    ledger = Ledger(SOURCES)

    assert ledger.cite(1234, PLACE) == "1234"
    assert ledger.mark(PLACE) == "[a]"
    assert "| [a] | sft_splits | r0001 | `v1` | `run-1` |" in ledger.sources_table()


def test_a_figure_without_a_source_is_refused() -> None:
    with pytest.raises(BadInput, match="figure 7 has no source: no run recorded profiles c0001"):
        Ledger(SOURCES).cite(7, ("profiles", "c0001"))


@pytest.mark.parametrize("text", ["rows: 41", "41 rows", "| 41 |", "a share of 0.5", "(41)"])
def test_a_number_nobody_cited_is_found(text: str) -> None:
    ledger = Ledger(SOURCES)
    ledger.cite(40, PLACE)

    ledger.refuse_untold("40 rows of r0001, ages `41`, Apache-2.0, -40\n```\n41\n```")
    with pytest.raises(BadInput, match="without a source"):
        ledger.refuse_untold(text)


def test_the_card_in_the_lake_cites_versions_and_names_no_run(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)
    card = lake.read_text("sft_splits", "r0001", "card.md")
    header = yaml.safe_load(card.split("---\n")[1])

    assert header["configs"][0]["data_files"][0] == {"split": "train", "path": "train.jsonl"}
    assert header["size_categories"] == ["n<1K"]
    assert "| source | asset | partition | data version |\n" in card
    assert card_body(card).startswith("# FitSense r0001")


def test_a_card_of_a_table_nobody_recorded_is_not_made(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)
    pins = read_pins(lake, "r0001")
    rows = read_split(lake, "r0001", "train")
    facts = CardFacts(pins, read_funnel(lake, "r0001"), rows)
    sources = lake_sources(pins, "v")

    dataset_card(facts, sources)
    del sources["reviewed_responses", "c0001"]
    with pytest.raises(BadInput, match="no run recorded reviewed_responses c0001"):
        dataset_card(facts, sources)
    assert read_chats(lake, "r0001").height == 20
