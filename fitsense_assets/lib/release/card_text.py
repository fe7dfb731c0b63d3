"""The words of a dataset card, part by part; what stands in braces is filled in by `card.py`.

No number stands in these words: those that a card tells are cited.
"""

HEADER = """\
---
license: apache-2.0
language: [en]
task_categories: [text-generation]
pretty_name: FitSense {release}
size_categories: [{size}]
tags: [synthetic, fitness, instruction-tuning, croissant]
configs:
- config_name: default
  data_files:
{files}
---
"""
WHAT = """\
# FitSense {release}

Chats between synthetic people and a fitness coach: a request for a workout plan, or for a change
to one, and the plan that answers it. Each plan is one line in wire format `{wire}`; a request the
rules do not let the coach answer is answered by handing it to a professional.

**Why this release:** `{reason}`
"""
ROWS = """\
## Rows

{funnel}

Train was kept clear of the held-out prompts of val and test, and of {fixed} fixed evaluation
prompts that are the same for every release.

Source: {splits_mark}.
"""
SLICES = """\
## Slices

{slices}

Source: {splits_mark}.
"""
PEOPLE = """\
## People

Synthetic people only: every profile, workout log and note is drawn from seeded distributions, and
no real person's record was used. A person is in one split only, decided before anything was asked.
"""
COHORTS = """\
## Cohorts and teachers

{teachers}
"""
RULES = """\
## Rules and safety

Every answer in these files passed the rules of version `{rules}` with the exercise catalogue of
version `{catalogue}` {manifest_mark}: no blocking finding, nothing left to fix, and the task done.
No clinician has reviewed the rules.
"""
USE = """\
## Intended use and limits

Meant for training and measuring small models that write workout plans under checks like ours. Not
meant for giving advice to anyone without those checks, for medical or nutritional advice, or for
learning how real people train: bodies, habits and notes are only as varied as the generator. Rare
slices are drawn more often than they occur. Prompts are fixed lines, so a model trained on them
reads no free conversation. Answers have the taste of their teacher.
"""
LENGTHS = """\
## Lengths

Tokens of the student's own tokenizer, which is learned from the train split (`{tokenizer}`):
{vocabulary} tokens, and a window of {window} {tokens_mark}. A row longer than the window stays in
the files, with its count in the column `count_tokens`; the student's training leaves it out.

{lengths}

Source: {tokens_mark}.
"""
FORMAT = """\
## Format

{files}

Of a prompt, the lines {instruction} say what is asked, the
others who asks and what is there; the answer is one line of JSON. Prompt version `{prompt}`, wire
version `{wire}` {manifest_mark}. Chat template:

`{template}`

Licence: Apache-2.0. Fingerprint of what this release stands on: `{fingerprint}` {manifest_mark}.
"""
LAKE_FILES = """\
`train.jsonl`, `val.jsonl` and `test.jsonl` hold only the chats, one `{"messages": [...]}` a line;
the `.parquet` files add query, person, cohort, slices, the request as JSON and the teacher.
`removed.parquet` names every row that was left out, by which filter and for which row instead."""
EXPORT_FILES = """\
`data/train.jsonl`, `data/val.jsonl` and `data/test.jsonl` hold only the chats, one
`{"messages": [...]}` a line; the `.parquet` files beside them add query, person, cohort, slices,
the request as JSON, the teacher and the count of tokens. `data/removed.parquet` names every row
that was left out, by which filter and for which row instead. `release.json` pins every table the
release was made of; `chat_template.jinja` is the student's own chat template (it reads and writes
changes by line numbers, as `fitsense_training.conversations.learned` makes them, and lengths are
counted so); `croissant.json` describes the files for machines; `sha256sum -c SHA256SUMS` tells
whether they are whole."""
LOADING = """\
## Loading

`datasets`, TRL and unsloth read the chats as they are:

```python
from datasets import load_dataset

chats = load_dataset("json", data_files={"train": "data/train.jsonl", "val": "data/val.jsonl"})
```

axolotl:

```yaml
datasets:
  - path: data/train.jsonl
    ds_type: json
    type: chat_template
    field_messages: messages
    message_property_mappings:
      role: role
      content: content
    roles_to_train: [assistant]
    train_on_eos: turn
test_datasets:
  - path: data/val.jsonl
    ds_type: json
    split: train
    type: chat_template
    field_messages: messages
    message_property_mappings:
      role: role
      content: content
```

LLaMA-Factory, as entries of `dataset_info.json`:

```json
{
  "fitsense_train": {
    "file_name": "train.jsonl",
    "formatting": "sharegpt",
    "columns": {"messages": "messages"},
    "tags": {
      "role_tag": "role",
      "content_tag": "content",
      "user_tag": "user",
      "assistant_tag": "assistant"
    }
  },
  "fitsense_val": {
    "file_name": "val.jsonl",
    "formatting": "sharegpt",
    "columns": {"messages": "messages"},
    "tags": {
      "role_tag": "role",
      "content_tag": "content",
      "user_tag": "user",
      "assistant_tag": "assistant"
    }
  }
}
```
"""
SOURCES = """\
## Sources

{sources}
"""
