"""How long the rows of a release are, in tokens of the student's own tokenizer.

The tokenizer is learned from the train split, so its tokens are not known before the splits are:
what is too long is filtered by characters (`max_chars` of the recipe), and the manifest, which is
older still, cannot hold lengths. They are measured when a release is handed on: by the tokenizer
of its student, or, where there is none yet, by the one that the default training recipe learns
from the same rows, which is the same byte for byte. A row longer than the student's window stays
in the files, with its count of tokens beside it; training leaves it out.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl
from tokenizers import Tokenizer
from tqdm import tqdm

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.filters import SPLITS
from fitsense_assets.lib.release.sources import Place
from fitsense_training.bundle import TOKENIZER
from fitsense_training.conversations import Conversation, encode_conversation
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.sft_config import load_config
from fitsense_training.tokenizer import train_tokenizer
from fitsense_training.words import Words, own_words

TABLE, CHECKPOINT = "sft_splits", "student_checkpoint"
RECIPE = "scratch_cpu"
BAR_AFTER_SECONDS = 2.0


@dataclass(frozen=True)
class StudentTokens:
    """A tokenizer, the longest conversation its student reads, and the asset both come from."""

    tokenizer: Tokenizer
    max_tokens: int
    place: Place

    @property
    def sha256(self) -> str:
        """A hash of the vocabulary and its rules."""
        body = json.dumps(json.loads(self.tokenizer.to_str()), indent=0)
        return hashlib.sha256(body.encode()).hexdigest()


@dataclass(frozen=True)
class Spread:
    """The middle, the 95th percentile and the most of some counts."""

    p50: int
    p95: int
    most: int

    @classmethod
    def of(cls, counts: Sequence[int]) -> "Spread":
        """The spread of counts; zeros where there are none."""
        if not counts:
            return cls(0, 0, 0)
        middle, high = np.percentile(counts, (50, 95), method="lower")
        return cls(int(middle), int(high), max(counts))


@dataclass(frozen=True)
class SplitLengths:
    """Tokens of one split: of the prompts, the answers, and both with their marks."""

    split: str
    prompt: Spread
    answer: Spread
    whole: Spread
    count_tokens: int
    count_too_long: int


@dataclass(frozen=True)
class Lengths:
    """Tokens of every row by query, and what that comes to in each split."""

    tokens: StudentTokens
    of_query: Mapping[str, int]
    splits: tuple[SplitLengths, ...]


def student_tokens(lake: Lake, key: str, train: pl.DataFrame) -> StudentTokens:
    """The tokenizer of a release's student, or the one that its train split teaches."""
    if lake.exists(CHECKPOINT, key):
        bundle = json.loads(lake.read_text(CHECKPOINT, key, "bundle/manifest.json"))
        if bundle["data_version"] == lake.manifest(TABLE, key).version:
            text = lake.read_text(CHECKPOINT, key, f"bundle/{TOKENIZER}")
            window = int(bundle["shape"]["max_tokens"])
            return StudentTokens(Tokenizer.from_str(text), window, (CHECKPOINT, key))
    recipe = load_config(Path(str(files("fitsense_training"))) / "configs" / f"{RECIPE}.yaml")
    texts = (turn["content"] for messages in train["messages"] for turn in messages)
    names = [exercise.id for exercise in load_catalogue()]
    tokenizer = train_tokenizer(texts, names, recipe.vocab_size)
    return StudentTokens(tokenizer, recipe.shape.max_tokens, (TABLE, key))


def measure_lengths(tokens: StudentTokens, frames: Mapping[str, pl.DataFrame]) -> Lengths:
    """Count the tokens of every row of every split."""
    of_query: dict[str, int] = {}
    found: list[SplitLengths] = []
    words = own_words(tokens.tokenizer)
    for split in SPLITS:
        pairs = _counted(words, split, frames[split])
        of_query |= {query_id: prompt + answer for query_id, prompt, answer in pairs}
        whole = [prompt + answer for _, prompt, answer in pairs]
        found.append(
            SplitLengths(
                split=split,
                prompt=Spread.of([prompt for _, prompt, _ in pairs]),
                answer=Spread.of([answer for _, _, answer in pairs]),
                whole=Spread.of(whole),
                count_tokens=sum(whole),
                count_too_long=sum(count > tokens.max_tokens for count in whole),
            )
        )
    return Lengths(tokens, of_query, tuple(found))


def _counted(words: Words, split: str, rows: pl.DataFrame) -> list[tuple[str, int, int]]:
    """Query, tokens that are read and tokens that are learned, of each row."""
    found: list[tuple[str, int, int]] = []
    chats = zip(rows["query_id"], rows["messages"].to_list(), strict=True)
    bar = tqdm(
        chats, desc=f"{split} tokens", total=rows.height, delay=BAR_AFTER_SECONDS, mininterval=1.0
    )
    for query_id, (asked, answered) in bar:
        chat = Conversation(asked["content"], answered["content"])
        encoded = encode_conversation(words, chat)
        learned = sum(encoded.loss_mask)
        found.append((query_id, len(encoded.input_ids) - learned, learned))
    return found
