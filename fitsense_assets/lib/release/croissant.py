"""The files of an exported release for machines: Croissant metadata, with provenance.

Vocabulary: Croissant format 1.1 (http://mlcommons.org/croissant/1.1), its responsible-AI extension
1.0 (http://mlcommons.org/croissant/RAI/1.0) and W3C PROV-O. The extension has no property of its
own for "all of this is synthetic" yet: `rai:hasSyntheticData` is what publishers use, and the
words of `rai:dataCollection` say the same to those who do not read it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from fitsense_assets.lib.release.filters import SPLITS
from fitsense_assets.lib.release.manifest import Pins, fingerprint
from fitsense_assets.lib.release.sources import Source

Node = dict[str, Any]
FORMATS = {
    "parquet": "application/x-parquet",
    "jsonl": "application/jsonlines",
    "json": "application/json",
}
SPLIT_CLASSES = {"train": "TrainingSplit", "val": "ValidationSplit", "test": "TestSplit"}
_CROISSANT = (
    *("annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty"),
    *("excludes", "extract", "field", "fileProperty", "fileObject", "fileSet", "format"),
    *("includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path"),
    *("recordSet", "references", "regex", "repeated", "replace", "readLines", "samplingRate"),
    *("sdVersion", "separator", "source", "subField", "transform", "unArchive", "value"),
)
CONTEXT: Node = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{name: f"cr:{name}" for name in _CROISSANT},
}
ABOUT: Node = {
    "rai:hasSyntheticData": True,
    "rai:dataCollection": (
        "Nothing was collected: people, their workouts, logs and requests are drawn from seeded "
        "distributions, and a teacher answers each request. No real person's record was used."
    ),
    "rai:dataCollectionType": ["Software Collection", "Others"],
    "rai:dataCollectionRawData": "Synthetic profiles, workout logs and daily logs of cohorts.",
    "rai:dataPreprocessingProtocol": (
        "Answers that broke a rule or did not do the task were left out, then rows that were too "
        "long, repeated another, or told too much of a held-out prompt; removed.parquet names "
        "every one of them with the reason. Splits are by person."
    ),
    "rai:dataAnnotationProtocol": (
        "The label of a row is the verdict of a rule-based validator on its answer; no person "
        "annotated anything, and no clinician has reviewed the rules."
    ),
    "rai:machineAnnotationTools": ["FitSense rule-based validator"],
    "rai:personalSensitiveInformation": (
        "Sex, age, body size, medical conditions and medication of synthetic people; none of them "
        "exists."
    ),
    "rai:dataBiases": (
        "Bodies, habits and notes are only as varied as the generator; rare slices are drawn more "
        "often than they occur; answers have the taste of their teacher."
    ),
    "rai:dataLimitations": (
        "Prompts are fixed lines, so a model trained on them reads no free conversation. Nothing "
        "here shows how real people train or recover."
    ),
    "rai:dataUseCases": (
        "Training and measuring small models that write workout plans under checks. Not for "
        "advice to people without such checks, and not for medical or nutritional advice."
    ),
    "rai:dataSocialImpact": (
        "A model trained on this may sound sure about bodies it knows nothing of: its answers "
        "belong behind the same rules that checked the teacher's."
    ),
    "rai:dataReleaseMaintenancePlan": (
        "A release never changes; what changes becomes a new release with its own key."
    ),
}


@dataclass(frozen=True)
class Publication:
    """What the world is told of a release beyond its content: when, where and by whom."""

    published: date
    creator: str = "FitSense"
    url: str = ""


@dataclass(frozen=True)
class DataFile:
    """One file of the folder, as it was written."""

    path: str
    sha256: str
    count_bytes: int


def croissant(
    pins: Pins,
    publication: Publication,
    files: Sequence[DataFile],
    rows: pl.DataFrame,
    sources: Iterable[Source],
) -> str:
    """The metadata as JSON-LD; `rows` shows the columns of the Parquet files."""
    mark = fingerprint(pins)
    body: Node = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [
            "http://mlcommons.org/croissant/1.1",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "name": f"fitsense-{pins.release}",
        "description": (
            "Chats between synthetic people and a fitness coach: requests for workout plans, and "
            "plans that passed rule-based safety checks."
        ),
        "license": "https://spdx.org/licenses/Apache-2.0.html",
        "url": publication.url or f"urn:fitsense:release:{pins.release}:{mark}",
        "creator": {"@type": "sc:Organization", "name": publication.creator},
        "datePublished": publication.published.isoformat(),
        "version": f"{int(pins.release[1:])}.0.0",
        "inLanguage": "en",
        "isLiveDataset": False,
        "keywords": ["synthetic", "fitness", "instruction tuning", "safety"],
        "citeAs": _citation(pins, publication),
        **ABOUT,
        "prov:wasGeneratedBy": [_activity(source) for source in sources],
        "distribution": [_file(each) for each in files],
        "recordSet": [_split_names(), *(_records(split, rows) for split in SPLITS)],
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _citation(pins: Pins, publication: Publication) -> str:
    year = publication.published.year
    title = f"FitSense {pins.release}: synthetic fitness-coach conversations"
    return (
        f"@misc{{fitsense_{pins.release}, title = {{{title}}}, "
        f"author = {{{publication.creator}}}, year = {{{year}}}}}"
    )


def _activity(source: Source) -> Node:
    label = f"{source.asset} {source.partition} at {source.version}"
    return {"@type": "prov:Activity", "@id": f"urn:dagster:run:{source.run}", "prov:label": label}


def _file(each: DataFile) -> Node:
    return {
        "@type": "cr:FileObject",
        "@id": each.path,
        "name": each.path,
        "contentUrl": each.path,
        "contentSize": f"{each.count_bytes} B",
        "encodingFormat": FORMATS[each.path.rsplit(".", 1)[1]],
        "sha256": each.sha256,
    }


def _split_names() -> Node:
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "description": "The splits; a person is in one of them only.",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [
            {"@type": "cr:Field", "@id": "splits/name", "dataType": "sc:Text"},
            {"@type": "cr:Field", "@id": "splits/url", "dataType": ["sc:URL", "cr:Split"]},
        ],
        "data": [
            {"splits/name": name, "splits/url": f"http://mlcommons.org/croissant/{kind}"}
            for name, kind in SPLIT_CLASSES.items()
        ],
    }


def _records(split: str, rows: pl.DataFrame) -> Node:
    columns: Mapping[str, pl.DataType] = rows.schema
    return {
        "@type": "cr:RecordSet",
        "@id": split,
        "name": split,
        "description": f"Every row of {split}, one a chat.",
        "key": {"@id": f"{split}/query_id"},
        "field": [_field(split, name, kind) for name, kind in columns.items()],
    }


def _field(split: str, name: str, kind: pl.DataType) -> Node:
    source: Node = {"fileObject": {"@id": f"data/{split}.parquet"}, "extract": {"column": name}}
    field: Node = {
        "@type": "cr:Field",
        "@id": f"{split}/{name}",
        "name": name,
        "dataType": "sc:Integer" if kind.is_integer() else "sc:Text",
        "source": source,
    }
    if name == "split":
        field["references"] = {"field": {"@id": "splits/name"}}
    if kind == pl.List:
        # The turns of a chat, each with a role and content.
        del field["dataType"], field["source"]
        field["isArray"], field["arrayShape"] = True, "-1"
        field["subField"] = [
            {
                "@type": "cr:Field",
                "@id": f"{split}/{name}/{part}",
                "name": part,
                "dataType": "sc:Text",
                "source": {**source, "transform": {"jsonPath": f"[*].{part}"}},
            }
            for part in ("role", "content")
        ]
    return field
