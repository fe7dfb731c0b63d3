"""The student's own tokenizer: exercise names, the parts of a dose and JSON glue are single tokens.

The text a student reads and writes is almost closed, so its pieces are counted rather than merged:
a regular expression cuts text where plans have their joints, and the most frequent pieces become
tokens. Whatever may change alone is a token of its own: a day, what its session is about, an
exercise, its load in kg, sets, range and effort, a stop sign. So a set less is the same step
whatever the rest of a dose is, and a load is the same token in a list of lifts, in the plan that is
and in the plan to come. A word takes the space before it, and is the same token wherever it stands.
Rare pieces are put together from parts, which are tokens too; 256 byte tokens spell whatever is
left, so every UTF-8 text comes back as it was. To write a dose byte by byte is what a small student
fails at.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

PAD, BOS, EOS, UNKNOWN = "<pad>", "<bos>", "<end_of_turn>", "<unk>"
START_OF_TURN = "<start_of_turn>"
SPECIAL_TOKENS = (PAD, BOS, EOS, UNKNOWN, START_OF_TURN)
PAD_ID, BOS_ID, EOS_ID, UNKNOWN_ID, START_OF_TURN_ID = range(5)

# The joints of the wire format, longest first; then words, numbers and spaces of the prompt. An
# exercise is a token alone, so what stands before it takes the space between.
_JOINTS = "|".join(
    (
        r'\{"g":"[a-z_]+","s":\[',
        r'(?:"?\]+,)?\["=?(?:mon|tue|wed|thu|fri|sat|sun)(?="[,\]])',
        r'","[a-z_]+",\d+,\[\["',
        r"!(?:swap|remove|out)",
        r'","(?=[a-z]+_)',
        r" !(?:ease|load|rep|harder)",
        r"#[a-z]{3}\d+",
        r'","\d+x',
        r"\d+-\d+(?:sec|m)?",
        r' r(?:\d+|-) \d+s(?: bw| rpe\d+)?(?:"\],\[")?',
        r" \d+(?:\.\d+)?(?:kg|%)",
        r'"\],\["',
        r'","why:[a-z_]+(?:"\],\[")?',
        r'","ss:[a-d](?:"\],\[")?',
        r'"?\]+,"a":"\d+ [a-z]+","p":"',
        r'","x":\["chest_pain","fainting","severe_breathlessness"(?:,"sharp_pain")?',
        r',"[a-z_]+"(?=[,\]])',
        r'\],"w":\["',
        r'"\]\}',
        r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+",
        r"\n[a-z]+(?: (?=[a-z]+[0-9]*_|[{<]))?",
        r" ?(?:[a-z]+(?![a-z0-9_])|\d+(?:\.\d+)?(?:kg|cm|min)?)(?:; | (?=[a-z]+[0-9]*_))?",
        r"[A-Z][a-z]+",
        r"; | |\n",
    )
)
# What a piece that is no token itself is put together from, in byte-level spelling.
_PARTS = re.compile(
    "|".join(
        (
            r'","\d+x',
            r"#[a-z]{3}\d+",
            r"\d+-\d+(?:sec|m)?",
            r"Ġr(?:\d+|-)Ġ\d+s",
            r"Ġ(?:bw|rpe\d+)",
            r"Ġ\d+(?:\.\d+)?",
            r"kg|%",
            r"\d+(?:\.\d+)?",
            r'"?\]+,"a":"',
            r'Ġ[a-z]+","p":"',
            r'","x":\[',
            r'"\],"w":\["',
            r'","why:',
            r'","[a-z_]+",(?=\d)',
            r',\[\["',
            r"[a-z]+(?:_[a-z0-9]+)+",
            r'"\],\["',
            r'(?:"?\]+,)?\["',
            r'","',
            r'"?\]+',
        )
    )
)
_PART_SCORE = -15.0  # below every whole piece, so that what is a token stays one
_BYTE_SCORE = -30.0


def _cutter() -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_JOINTS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def train_tokenizer(
    texts: Iterable[str], whole_tokens: Sequence[str], vocab_size: int
) -> Tokenizer:
    """A tokenizer of at most `vocab_size` tokens; `whole_tokens` are single tokens in any case.

    Deterministic: pieces are ranked by count, then by spelling.
    """
    cutter = _cutter()
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(piece for piece, _ in cutter.pre_tokenize_str(text))
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    always = dict.fromkeys((*alphabet, *sorted(whole_tokens)))
    parts = _parts(counts)[: max(0, vocab_size - len(SPECIAL_TOKENS) - len(always))]
    fixed = dict.fromkeys((*always, *parts))
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    room = vocab_size - len(SPECIAL_TOKENS) - len(fixed)
    learned = [piece for piece, count in ranked if piece not in fixed and count > 1][: max(0, room)]
    total = sum(counts.values()) or 1
    scores = {piece: math.log((counts[piece] + 1) / (total + 1)) for piece in (*fixed, *learned)}
    scores |= {part: _PART_SCORE for part in parts if not counts[part]}
    scores |= dict.fromkeys(alphabet, _BYTE_SCORE)
    vocabulary = [(token, 0.0) for token in SPECIAL_TOKENS]
    vocabulary += [(piece, scores[piece]) for piece in (*fixed, *learned)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=UNKNOWN_ID))
    tokenizer.pre_tokenizer = cutter  # pyright: ignore[reportAttributeAccessIssue]
    tokenizer.decoder = decoders.ByteLevel()  # pyright: ignore[reportAttributeAccessIssue]
    return tokenizer


def _parts(counts: Counter[str]) -> list[str]:
    """The parts of all pieces, the most frequent first; what stands in one text alone is out."""
    shared: Counter[str] = Counter()
    for piece, count in counts.items():
        shared.update(dict.fromkeys(_PARTS.findall(piece), count))
    ranked = sorted(shared.items(), key=lambda entry: (-entry[1], entry[0]))
    return [part for part, count in ranked if count > 1]


def save_tokenizer(tokenizer: Tokenizer, path: Path) -> None:
    """Write `tokenizer.json`; the same tokenizer gives the same bytes."""
    path.write_text(json.dumps(json.loads(tokenizer.to_str()), indent=0), encoding="utf-8")


def load_tokenizer(path: Path) -> Tokenizer:
    """Read `tokenizer.json`."""
    return Tokenizer.from_str(path.read_text(encoding="utf-8"))


def token_strings(tokenizer: Tokenizer) -> list[str]:
    """Every token in byte-level spelling, by id; special tokens are empty (they spell nothing)."""
    size = tokenizer.get_vocab_size()
    pieces = [tokenizer.id_to_token(index) or "" for index in range(size)]
    return ["" if index < len(SPECIAL_TOKENS) else piece for index, piece in enumerate(pieces)]
