"""Distilabel over the mock provider: `python distilabel_run.py API_BASE MESSAGES IN_FLIGHT`.

Runs in an environment of its own, with nothing of ours to import. MESSAGES is a JSON file of
conversations. The provider counts and times what it was asked. A batch is what is in flight.
"""

import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

models: Any = importlib.import_module("distilabel.models")
pipelines: Any = importlib.import_module("distilabel.pipeline")
steps: Any = importlib.import_module("distilabel.steps")
tasks: Any = importlib.import_module("distilabel.steps.tasks")


def ask(api_base: str, conversations: list[Any], in_flight: int, folder: str) -> int:
    model = models.OpenAILLM(
        model="mock-7b",
        base_url=api_base,
        api_key="sk-mock",
        generation_kwargs={"max_new_tokens": 3000, "temperature": 0.0},
    )
    with pipelines.Pipeline(name="peer", cache_dir=folder) as pipeline:
        rows = steps.LoadDataFromDicts(
            data=[{"messages": messages} for messages in conversations], batch_size=in_flight
        )
        rows.connect(tasks.ChatGeneration(llm=model, input_batch_size=in_flight))
    found = pipeline.run(use_cache=False)
    return len(found["default"]["train"])


if __name__ == "__main__":
    address, path, count_in_flight = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        count = ask(
            address, json.loads(Path(path).read_text("utf-8")), int(count_in_flight), scratch
        )
    print(json.dumps({"count": count}))
