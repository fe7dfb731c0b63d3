"""Curator over the mock provider: `python curator_run.py API_BASE MESSAGES IN_FLIGHT`.

Runs in an environment of its own, with nothing of ours to import. MESSAGES is a JSON file of
conversations. The provider counts and times what it was asked.
"""

import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

curator: Any = importlib.import_module("bespokelabs.curator")


class Asker(curator.LLM):
    """Every row is a conversation, every reply is kept as it is."""

    def prompt(self, input: dict[str, str]) -> list[dict[str, str]]:
        return json.loads(input["messages"])

    def parse(self, input: dict[str, str], response: str) -> dict[str, str]:
        return {"reply": response}


def ask(api_base: str, conversations: list[Any], in_flight: int, folder: str) -> int:
    asker = Asker(
        model_name="openai/mock-7b",
        backend="litellm",
        generation_params={"max_tokens": 3000, "temperature": 0.0},
        backend_params={
            "base_url": api_base,
            "api_key": "sk-mock",
            "max_concurrent_requests": in_flight,
            "max_requests_per_minute": 1_000_000,
            "max_tokens_per_minute": 1_000_000_000,
        },
    )
    rows = [{"messages": json.dumps(messages)} for messages in conversations]
    found = asker(rows, working_dir=folder)
    return len(getattr(found, "dataset", found))


if __name__ == "__main__":
    address, path, count_in_flight = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        count = ask(
            address, json.loads(Path(path).read_text("utf-8")), int(count_in_flight), scratch
        )
    print(json.dumps({"count": count}))
