"""What holds with any condition whose own entry in `rules/conditions.yaml` says nothing else.

Each default has a source of its own: that of an entry speaks only for what stands in the entry.
"""

from collections.abc import Mapping
from typing import Any

from fitsense_training.domain.sourced import Sourced


class Default(Sourced):
    """What holds with any condition whose own entry says nothing else."""

    value: str | int | float | tuple[str, ...]


def defaults_by_name(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults by name, those of caps one level up."""
    of_caps = {f"caps.{name}": entry for name, entry in defaults.get("caps", {}).items()}
    return {name: entry for name, entry in defaults.items() if name != "caps"} | of_caps


def default_fields(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults without their sources, as the fields of a condition."""
    own = {name: entry["value"] for name, entry in defaults.items() if name != "caps"}
    return {**own, "caps": {n: entry["value"] for n, entry in defaults.get("caps", {}).items()}}
