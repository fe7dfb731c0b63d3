"""The base `scratch`: a new Gemma 3 network with its own tokenizer, made from the training text."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from fitsense_training.bases.learner import Learner, device_of
from fitsense_training.conversations import Conversation, learned
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.sft_config import SftConfig
from fitsense_training.student import build_student, describe, make_optimizers, save_weights
from fitsense_training.tokenizer import save_tokenizer, train_tokenizer
from fitsense_training.words import own_words

WEIGHTS = "weights.safetensors"
TOKENIZER = "tokenizer.json"


def scratch_learner(config: SftConfig, conversations: Sequence[Conversation]) -> Learner:
    """A fresh network; the same recipe and conversations give the same weights and tokenizer."""
    device = device_of(config)
    names = [exercise.id for exercise in load_catalogue()]
    texts = (text for c in map(learned, conversations) for text in (c.prompt, c.answer))
    tokenizer = train_tokenizer(texts, names, config.vocab_size)
    network = build_student(config.shape, tokenizer.get_vocab_size(), config.seed).to(device)

    def save(out: Path) -> Path:
        save_weights(network, out / WEIGHTS)
        save_tokenizer(tokenizer, out / TOKENIZER)
        return out / WEIGHTS

    return Learner(
        network=network,
        words=own_words(tokenizer),
        optimizers=make_optimizers(network, config.matrix_rate, config.other_rate),
        rates=(config.matrix_rate, config.other_rate),
        device=device,
        facts=dict(describe(network, config.shape)),
        save=save,
        # The same texts may be cut otherwise tomorrow: a checkpoint fits its own tokens alone.
        identity=hashlib.sha256(tokenizer.to_str().encode()).hexdigest(),
    )
