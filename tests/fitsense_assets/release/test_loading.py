"""What others load from an exported folder: `datasets`, the hub's card reader, and TRL as it is."""

from datetime import date
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
from tokenizers import Tokenizer

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.croissant import Publication
from fitsense_assets.lib.release.export import export_release, places_of
from fitsense_assets.lib.release.lengths import student_tokens
from fitsense_assets.lib.release.manifest import read_pins
from fitsense_assets.lib.release.sources import Source
from fitsense_assets.lib.release.splits import read_split, write_splits
from fitsense_training.conversations import (
    Conversation,
    encode_conversation,
    learned,
    read_conversations,
)
from fitsense_training.words import own_words
from tests.fitsense_assets.release.builders import pin
from tests.fitsense_assets.release.real import a_real_cohort

IGNORED = -100
pytestmark = [
    pytest.mark.slow,
    # These libraries warn of each other's old ways, not of ours.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A real release of 60 people."""
    lake = Lake(str(tmp_path_factory.mktemp("home") / "lake"))
    a_real_cohort(lake, "c0001", seed=1)
    pin(lake, "r0001", "c0001")
    write_splits(lake, "r0001")
    return lake


@pytest.fixture(scope="module")
def folder(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release as others get it."""
    places = places_of(lake, "r0001", read_pins(lake, "r0001"))
    sources = {place: Source(*place, version, "run-1") for place, version in places.items()}
    out = tmp_path_factory.mktemp("export") / "r0001"
    export_release(lake, "r0001", out, sources, Publication(date(2026, 11, 24)))
    return out


@pytest.fixture(scope="module")
def tokenizer(lake: Lake) -> Tokenizer:
    """The tokenizer of the student that this release makes."""
    return student_tokens(lake, "r0001", read_split(lake, "r0001", "train")).tokenizer


def test_a_hub_loads_the_folder_and_reads_the_card(folder: Path, tmp_path: Path) -> None:
    from datasets import load_dataset
    from huggingface_hub import DatasetCard

    card = DatasetCard.load(folder / "README.md")
    assert card.data.to_dict()["license"] == "apache-2.0"
    loaded = load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))

    assert set(loaded) == {"train", "val", "test"}
    for split, rows in loaded.items():
        held = pl.from_arrow(rows.data.table)
        assert isinstance(held, pl.DataFrame)
        assert held.equals(pl.read_parquet(folder / "data" / f"{split}.parquet"))


def as_a_student_reads_it(chat: dict[str, list[dict[str, str]]]) -> dict[str, Any]:
    """The same chat with changes by line numbers."""
    asked, answered = chat["messages"]
    short = learned(Conversation(asked["content"], answered["content"]))
    return {
        "messages": [
            {"role": "user", "content": short.prompt},
            {"role": "assistant", "content": short.answer},
        ]
    }


def test_trl_prepares_the_chats_as_the_student_reads_them(
    folder: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    from datasets import Dataset, load_dataset
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
    from trl.data_utils import is_conversational
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    files = {"train": str(folder / "data" / "train.jsonl")}
    chats = load_dataset("json", data_files=files, cache_dir=str(tmp_path / "cache"))["train"]
    assert is_conversational(chats[0])
    chats = chats.select(range(24)).map(as_a_student_reads_it)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<bos>",
        eos_token="<end_of_turn>",
        pad_token="<pad>",
        unk_token="<unk>",
        additional_special_tokens=["<start_of_turn>"],
        chat_template=(folder / "chat_template.jinja").read_text(),
    )
    tiny = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        num_key_value_heads=1,
    )
    model = LlamaForCausalLM(tiny)
    config = SFTConfig(
        output_dir=str(tmp_path / "out"),
        max_steps=2,
        per_device_train_batch_size=4,
        assistant_only_loss=True,
        max_length=1024,
        report_to=[],
        use_cpu=True,
        bf16=False,
        save_strategy="no",
        disable_tqdm=True,
    )

    trainer = SFTTrainer(model=model, args=config, train_dataset=chats, processing_class=wrapped)
    done = trainer.train()

    ours = [
        encode_conversation(own_words(tokenizer), chat)
        for chat in read_conversations(folder / "data" / "train.jsonl")
    ][:24]
    assert isinstance(trainer.train_dataset, Dataset)
    prepared = cast("list[dict[str, list[int]]]", [*trainer.train_dataset])
    assert [row["input_ids"] for row in prepared] == [list(each.input_ids) for each in ours]
    counted = [[label != IGNORED for label in row["labels"]] for row in prepared]
    assert counted == [[mask == 1 for mask in each.loss_mask] for each in ours]
    assert done.global_step == 2
