"""The domain's source: every public name says what it is, and thresholds stand in the rules."""

import ast
import importlib.resources
from collections.abc import Iterator
from pathlib import Path

DOMAIN = Path(str(importlib.resources.files("fitsense_training.domain")))
UNITS = {0, 1, 2, 7, 10, 24, 60, 100}  # days, the RPE scale, hours, seconds, minutes, percent
TOLERANCES = {1e-6, 1e-9, 0.5}
ROUNDING = {3, 30, 90}  # rests: a third of the way between two numbers, in half minutes
HASHES = {4, 16, 32}  # sizes of hashes and of caches
ALLOWED = {"dose_bounds.py": ROUNDING, "choice.py": HASHES}


def public_names(body: list[ast.stmt]) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    """Public classes and functions of a body, and the public methods of those classes."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_names(node.body)


def test_every_public_name_of_the_domain_has_a_docstring():
    found = [
        (path.name, node)
        for path in DOMAIN.rglob("*.py")
        for node in public_names(ast.parse(path.read_text("utf-8")).body)
    ]

    bare = [f"{name}: {node.name}" for name, node in found if not ast.get_docstring(node)]

    assert len(found) > 400
    assert bare == []


class Numbers(ast.NodeVisitor):
    """Collects numbers; not those of caches, and not the ranges of fields people fill in."""

    def __init__(self) -> None:
        """Nothing found yet."""
        self.found: list[float] = []

    def visit_Call(self, node: ast.Call) -> None:
        """Calls are looked into, but for `Field(...)` and caches."""
        name = ast.unparse(node.func)
        if name != "Field" and "cache" not in name:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """A number, but no truth value."""
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            self.found.append(node.value)


def test_thresholds_of_safety_and_coach_stand_in_the_rules():
    odd: list[str] = []
    for folder in ("safety", "coach"):
        for path in sorted((DOMAIN / folder).glob("*.py")):
            numbers = Numbers()
            numbers.visit(ast.parse(path.read_text("utf-8")))
            allowed = UNITS | TOLERANCES | ALLOWED.get(path.name, set())
            odd += [f"{path.name}: {n:g}" for n in numbers.found if n not in allowed]

    assert odd == []
