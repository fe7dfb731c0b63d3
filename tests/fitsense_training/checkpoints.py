"""Small Hugging Face checkpoints for tests: random weights, and a tokenizer trained on the spot."""

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from fitsense_training.conversations import read_conversations

GEMMA_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{{ '<start_of_turn>' + ('model' if message.role == 'assistant' else message.role) + '\n' }}"
    "{{ message.content | trim }}{{ '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)
SPECIALS = ["<pad>", "<eos>", "<bos>", "<start_of_turn>", "<end_of_turn>"]


def a_tokenizer(data: Path, template: str | None = GEMMA_TEMPLATE, size: int = 600) -> Any:
    """A byte-level BPE tokenizer over the training text, in transformers' dress."""
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=SPECIALS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [t for c in read_conversations(data / "train.jsonl") for t in (c.prompt, c.answer)]
    tokenizer.train_from_iterator(texts, trainer)
    dressed = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<bos>", eos_token="<eos>", pad_token="<pad>"
    )
    dressed.chat_template = template
    return dressed


def a_checkpoint(
    folder: Path, data: Path, kind: str = "gemma3_text", template: str | None = GEMMA_TEMPLATE
) -> Path:
    """A folder as `save_pretrained` leaves it, of a network with random weights.

    The vocabulary is padded beyond the tokenizer's, as that of many models is.
    """
    tokenizer = a_tokenizer(data, template)
    torch.manual_seed(7)
    a_network(kind, len(tokenizer) + 24).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def a_network(kind: str, vocab_size: int) -> Any:
    """A tiny network of one of the kinds that the recipes name."""
    from transformers import (
        Gemma3ForCausalLM,
        Gemma3TextConfig,
        LlamaConfig,
        LlamaForCausalLM,
        Qwen3Config,
        Qwen3ForCausalLM,
    )

    sizes: dict[str, Any] = {
        "vocab_size": vocab_size,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 3,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 16,
        "max_position_embeddings": 2048,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "bos_token_id": 2,
    }
    if kind == "gemma3_text":
        # A short window and both kinds of layers, so that neither is forgotten.
        layers = ["sliding_attention", "full_attention", "sliding_attention"]
        config = Gemma3TextConfig(
            **sizes, sliding_window=64, layer_types=layers, query_pre_attn_scalar=16
        )
        return Gemma3ForCausalLM(config)
    if kind == "llama":
        return LlamaForCausalLM(LlamaConfig(**sizes, tie_word_embeddings=False))
    return Qwen3ForCausalLM(Qwen3Config(**sizes))
