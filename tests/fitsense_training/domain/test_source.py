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
ALLOWED = {"fill_gaps.py": {8}, "dose_bounds.py": ROUNDING, "stand_in.py": HASHES}


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


def public_functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Public functions and methods of the domain, with the file they stand in."""
    for path in sorted(DOMAIN.rglob("*.py")):
        for node in public_names(ast.parse(path.read_text("utf-8")).body):
            if isinstance(node, ast.FunctionDef):
                yield path.name, node


def errors_of(function: ast.FunctionDef) -> set[str]:
    """The errors that a function raises itself; what a programmer got wrong is no error of ours."""
    calls = (n.exc for n in ast.walk(function) if isinstance(n, ast.Raise))
    names = {c.func.id for c in calls if isinstance(c, ast.Call) and isinstance(c.func, ast.Name)}
    return names - {"AssertionError", "AttributeError"}


def test_a_function_of_the_domain_names_the_errors_it_raises():
    silent = [
        f"{name}: {function.name} raises {error}"
        for name, function in public_functions()
        for error in sorted(errors_of(function))
        if error not in (ast.get_docstring(function) or "")
    ]

    assert silent == []


# Units, and what is counted or ranked; a suffix of a name says it as well.
UNIT = re.compile(
    r"kg|kilogram|cm\b|metre|kcal|minute|second|hour|day|week|month|year|percent|share|bpm|MET"
    r"|RPE|RIR|reps?\b|reserve|sets?\b|score|rank|smaller is|counts?\b|how many|number|words?\b"
    r"|place|\b0\b|\b1\b|most|fewest|scale",
    re.IGNORECASE,
)
NAMED_UNIT = re.compile(
    r"(^|_)(kg|min|minutes|s|cm|m|share|percent|kcal|h|bpm|g|days?|weeks?|years?|age|reps?|sets?"
    r"|rir|seed|level|limit|borg|met|count|max|start|end|weight)$"
)


def numbers_without_unit(function: ast.FunctionDef) -> Iterator[str]:
    """Numbers that a function takes or returns, of which neither name nor docstring says what."""
    if UNIT.search(ast.get_docstring(function) or ""):
        return
    arguments = (*function.args.args, *function.args.kwonlyargs)
    named = [(a.arg, a.annotation) for a in arguments]
    for name, annotation in (*named, (function.name, function.returns)):
        kinds = set(re.findall(r"\w+", ast.unparse(annotation))) if annotation else set[str]()
        is_number = bool(kinds & {"int", "float"}) and kinds <= {"int", "float", "None"}
        if is_number and not NAMED_UNIT.search(name):
            yield name


def test_a_function_of_the_domain_says_the_units_of_its_numbers():
    silent = [
        f"{name}: {function.name} of {number}"
        for name, function in public_functions()
        for number in numbers_without_unit(function)
    ]

    assert silent == []


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
