"""How a student reads and writes a change: by line numbers, and of what stays nothing more.

Most of a changed plan is what stood before. What is not read and written cannot be copied wrong,
costs no token, and leaves what changes to learn from; and what is copied is found by its number,
where an exercise may stand on several days. It is a student's own spelling: its prompts and answers
are shortened where they become tokens, and its replies written out. Teachers, releases, guard and
people see whole prompts and whole plans.

In a prompt a session that stays opens with `["=mon","upper",...`, a line that stays with
`["goblet_squat 24kg =",...`. A student reads and writes `["=mon"]` and `["#3"]` for them. It reads
other lines of the plan behind their numbers, and writes what is new of them: another dose,
`["#4","2x8-12 r4 90s bw","why:pain"]`; another load, `["#4 20kg",...`; or what comes in for a line
that goes, `["#5 arnold_press 10kg",...`. A week that is laid out anew has no numbers.

Everything here is text for text; `expand` gives back what `shorten` took.
"""

import re
from dataclasses import dataclass, field
from itertools import count

from fitsense_training.domain.safety.change import ANEW
from fitsense_training.domain.text.marks import STAYS
from fitsense_training.domain.vocabulary import Weekday

NUMBER = "#"
_DAY = f"(?P<day>{'|'.join(Weekday)})"
# Lines hold strings without brackets, so the first three that close end a session.
_SESSION = re.compile(
    rf'\["(?P<stays>{STAYS}?){_DAY}(?P<head>","[a-z_]+",\d+,)\[(?P<rows>\[.*?\])\]\]'
)
_LINE = re.compile(
    rf'\["(?P<goes>!)?(?P<name>[^" ]+)(?P<behind>[^"]*?)(?P<stays> {STAYS})?"(?P<rest>[^\]]*)\]'
)
_SHORT_SESSION = re.compile(rf'\["{STAYS}{_DAY}"\]')
_SHORT_LINE = re.compile(
    rf'\["{NUMBER}(?P<number>\d+)(?P<load> \d[^" ]*)?(?: (?P<name>[^"]+))?"(?P<rest>[^\]]*)\]'
)
_LOAD = re.compile(r" \d[^ ]*")
# A user's words stand in a line of their own, which begins with `note`.
_PLAN_LINE = re.compile(r"^plan \{.*$", re.MULTILINE)
_LAID_OUT = re.compile(rf"^ask .*\b(?:{'|'.join(sorted(ANEW))})\b", re.MULTILINE)


@dataclass(frozen=True)
class Kept:
    """What a prompt says of the current plan.

    `sessions` and `lines` are what stays, as an answer has it, by day and by number; `numbers` has
    the number of every line that is told, by day and exercise, `told` its exercise and its load in
    kg, and `gone` by day the numbers of lines that go, each with the nearest that may stand in.
    """

    sessions: dict[str, str] = field(default_factory=dict[str, str])
    lines: dict[int, str] = field(default_factory=dict[int, str])
    numbers: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    told: dict[int, tuple[str, str]] = field(default_factory=dict[int, tuple[str, str]])
    gone: dict[str, dict[int, str]] = field(default_factory=dict[str, dict[int, str]])


def kept_in(prompt: str) -> Kept:
    """What a prompt says stays, and the numbers of all other lines."""
    kept, numbers = Kept(), count(1)
    for session in _SESSION.finditer(_plan_line(prompt)):
        day = session["day"]
        if session["stays"]:
            kept.sessions[day] = f'["{day}{session["head"]}[{session["rows"]}]]'
            continue
        for line in _LINE.finditer(session["rows"]):
            number = next(numbers)
            if line["goes"]:
                kept.gone.setdefault(day, {})[number] = (*line["behind"].split(), "")[0]
                continue
            load = _LOAD.match(line["behind"])
            kept.numbers[day, line["name"]] = number
            kept.told[number] = line["name"], load[0] if load else ""
            if line["stays"]:
                kept.lines[number] = f'["{line["name"]}{line["behind"]}"{line["rest"]}]'
    return kept


def short_session(day: str) -> str:
    """`["=mon"]`."""
    return f'["{STAYS}{day}"]'


def short_line(number: int) -> str:
    """A line by its number, `["#3"]`."""
    return f'["{NUMBER}{number}"]'


def numbered(row: str, number: int) -> str:
    """A line, or what it begins with, behind its number: `["#3 goblet_squat`."""
    return row.replace('["', f'["{NUMBER}{number} ', 1)


def brief(prompt: str) -> str:
    """A prompt as a student reads it."""
    whole, numbers = _plan_line(prompt), count(1)

    def line(found: re.Match[str]) -> str:
        number = next(numbers)
        if found["goes"]:  # of what may stand in, the nearest is named
            nearest = " ".join((found["name"], *found["behind"].split()[:1]))
            return numbered(f'["!{nearest}"{found["rest"]}]', number)
        return short_line(number) if found["stays"] else numbered(found[0], number)

    def session(found: re.Match[str]) -> str:
        if found["stays"]:
            return short_session(found["day"])
        return f'["{found["day"]}{found["head"]}[{_LINE.sub(line, found["rows"])}]]'

    return prompt.replace(whole, _SESSION.sub(session, whole), 1) if whole else prompt


def unmarked(prompt: str) -> str:
    """A prompt that does not say what stays."""
    whole = _plan_line(prompt)
    plain = whole.replace(f'["{STAYS}', '["').replace(f' {STAYS}"', '"')
    return prompt.replace(whole, plain, 1) if whole else prompt


def shorten(prompt: str, answer: str) -> str:
    """An answer on one line as a student writes it."""
    kept = kept_in(prompt)

    def session(found: re.Match[str]) -> str:
        day = found["day"]
        if found[0] == kept.sessions.get(day):
            return short_session(day)
        # What comes in has the number of the line that it was offered for, else of the next one.
        names = {row["name"] for row in _LINE.finditer(found["rows"])}
        gone = kept.gone.get(day, {})
        nearest = {name: number for number, name in gone.items() if name in names}
        others = (number for number in gone if number not in nearest.values())

        def line(row: re.Match[str]) -> str:
            number = kept.numbers.get((day, row["name"])) or nearest.get(row["name"])
            number = number or next(others, None)
            if number is None:
                return row[0]
            if row[0] == kept.lines.get(number):
                return short_line(number)
            return _changed(row, number, kept)

        return f'["{day}{found["head"]}[{_LINE.sub(line, found["rows"])}]]'

    return _SESSION.sub(session, answer)


def expand(prompt: str, reply: str) -> str:
    """A reply written out; what does not stay is left as it is, and makes a reply unreadable."""
    kept = kept_in(prompt)

    def line(found: re.Match[str]) -> str:
        number, load = int(found["number"]), found["load"]
        if found["name"]:
            return f'["{found["name"]}{load or ""}"{found["rest"]}]'
        if number not in kept.told or not (load or found["rest"]):
            return kept.lines.get(number, found[0])
        name, known = kept.told[number]
        return f'["{name}{load or known}"{found["rest"]}]'

    def session(found: re.Match[str]) -> str:
        return kept.sessions.get(found["day"], found[0])

    return _SHORT_SESSION.sub(session, _SHORT_LINE.sub(line, reply))


def _changed(row: re.Match[str], number: int, kept: Kept) -> str:
    """A line that was told, or that comes in for one, without what is known of it."""
    name, load = kept.told.get(number, ("", ""))
    if row["name"] != name or (load and not row["behind"]):
        return numbered(row[0], number)
    new_load = "" if row["behind"] == load else row["behind"]
    return f'["{NUMBER}{number}{new_load}"{row["rest"]}]'


def _plan_line(prompt: str) -> str:
    """The line of the current plan; none where it is only what a new week begins from."""
    line = _PLAN_LINE.search(prompt)
    return line[0] if line and not _LAID_OUT.search(prompt) else ""
