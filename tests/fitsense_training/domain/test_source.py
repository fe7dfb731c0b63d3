"""The domain's source: every public name says what it is, and thresholds stand in the rules."""

import ast
import importlib.resources
import re
from collections.abc import Iterator
from pathlib import Path

DOMAIN = Path(str(importlib.resources.files("fitsense_training.domain")))
UNITS = {0, 1, 2, 7, 10, 24, 60, 100}  # days, the RPE scale, hours, seconds, minutes, percent
TOLERANCES = {1e-6, 1e-9, 0.5}
ROUNDING = {3, 30, 90}  # rests: a third of the way between two numbers, in half minutes
HASHES = {4, 16, 32}  # sizes of hashes and of caches
ALLOWED = {"fill_gaps.py": {8}, "dose_bounds.py": ROUNDING, "choice.py": HASHES}


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


SPANS = {3, 4, 6, 40}  # nights, weeks and days to look back over; letters of a name to repeat
# Methods and papers that a number written in code comes from.
NAMED = re.compile(
    r"Epley|Brzycki|Wathan|Lombardi|Tanaka|Mifflin|Karvonen|Borg|MET|Pelland|ACSM|NSCA|AASM|BJSM"
    r"|Compendium|domain notes|after [A-Z]"
)


def test_science_that_writes_a_number_names_where_it_is_from():
    """Thresholds stand in the rules with their sources; a formula's own numbers stand in code."""
    bare: list[str] = []
    for path in sorted((DOMAIN / "science").glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            numbers = Numbers()
            for statement in node.body[1:]:
                numbers.visit(statement)
            odd = [n for n in numbers.found if n not in UNITS | TOLERANCES | SPANS]
            told = f"{ast.get_docstring(node) or ''} {ast.get_docstring(tree) or ''}"
            if odd and not NAMED.search(told):
                bare.append(f"{path.name}: {node.name} {odd}")

    assert bare == []


def test_science_that_refuses_an_input_says_what_may_be_given():
    """An error in science is a sentence to act on: its function is documented, and so is it."""
    silent = [
        f"{path.name}: {ast.unparse(node)[:80]}"
        for path in sorted((DOMAIN / "science").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and not node.exc.args
    ]

    assert silent == []
