"""What holds for every file: modules stay short, and the README's map shows what is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("fitsense_training", "fitsense_assets", "fitsense_api")
LINES_MAX = 300
# Closed lists and tables that read best in one piece.
LONG = {"fitsense_training/domain/vocabulary.py", "fitsense_training/task_success.py"}


def modules() -> list[Path]:
    return [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]


def test_modules_are_short_enough_to_read_in_one_go():
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules()
    }

    assert {name for name, count in lengths.items() if count > LINES_MAX} <= LONG


def test_modules_open_with_what_they_are():
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if path.name != "__init__.py" and not path.read_text(encoding="utf-8").startswith('"""')
    ]

    assert silent == []


def test_broad_excepts_stand_at_process_boundaries_alone():
    broad = re.compile(r"except(?: (?:Base)?Exception\b[^:]*)?:")
    found = [
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if broad.search(path.read_text(encoding="utf-8"))
    ]

    assert found == ["fitsense_api/boundary.py"]


@pytest.mark.parametrize("pattern", [r"\]\(([^)#:]+)\)", r"`(fitsense_[a-z]+/[^`*]*)`"])
def test_readme_names_files_that_exist(pattern: str):
    named = re.findall(pattern, (ROOT / "README.md").read_text(encoding="utf-8"))

    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
