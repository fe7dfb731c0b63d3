"""How a student reads and writes a change: by line numbers, and of what stays nothing more.

Most of a changed plan is what stood before. What is not read and written cannot be copied wrong,
costs no token, and leaves what changes to learn from; and what is copied is found by its number,
where an exercise may stand on several days. It is a student's own spelling: its prompts and answers
are shortened where they become tokens, and its replies written out. Teachers, releases, guard and
people see whole prompts and whole plans.

In a prompt a session that stays opens with `["=mon","upper",...`, a line that stays with
`["goblet_squat 24kg =",...`. A student reads and writes `["=mon"]` and `["#tue3"]` for them. It
reads other lines with the number before the dose, `["goblet_squat 24kg#tue4","3x8-12 r3 90s"]`, and
writes what is new of them: another dose, `["#tue4","2x8-12 r4 90s","why:pain"]`, or another load,
`["#tue4 20kg",...`. Where a line goes it reads what is nearest to it, `["#tue5:arnold_press",...`,
and writes what comes in, `["#tue5:arnold_press 10kg",...`. So what stands behind a number in an
answer is what stood behind it in the prompt, or new. The last line of a session has a full stop
behind its number, `["#tue6."]`: there its session ends. A week laid out anew has no numbers.

Everything here is text for text; `expand` gives back what `shorten` took.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from fitsense_training.domain.safety.change import ANEW
from fitsense_training.domain.text.marks import STAYS
from fitsense_training.domain.vocabulary import Weekday

NUMBER_SIGN = "#"
_DAYS = "|".join(Weekday)
NUMBER = rf"{NUMBER_SIGN}(?:{_DAYS})\d+\.?"  # of a line, as a pattern
_DAY = f"(?P<day>{_DAYS})"
# Lines hold strings without brackets, so the first three that close end a session.
_SESSION = re.compile(
    rf'\["(?P<stays>{STAYS}?){_DAY}(?P<head>","[a-z_]+",\d+,)\[(?P<rows>\[.*?\])\]\]'
)
_LINE = re.compile(
    rf'\["(?P<goes>!)?(?P<name>[^" ]+)(?P<behind>[^"]*?)(?P<stays> {STAYS})?"(?P<rest>[^\]]*)\]'
)
_SHORT_SESSION = re.compile(rf'\["{STAYS}{_DAY}"\]')
_SHORT_LINE = re.compile(
    rf'\["(?P<number>{NUMBER})(?P<load> \d[^" ]*)?(?::(?P<name>[^"]+))?"(?P<rest>[^\]]*)\]'
)
_LOAD = re.compile(r" \d[^ ]*")
_OTHER_LOAD = re.compile(r' (?:bw|rpe[\d.]+)(?=")')  # at the end of a dose
# A user's words stand in a line of their own, which begins with `note`.
_PLAN_LINE = re.compile(r"^plan \{.*$", re.MULTILINE)
_LAID_OUT = re.compile(rf"^ask .*\b(?:{'|'.join(sorted(ANEW))})\b", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    """A line of the current plan: its exercise, its load in kg if any, and what stands behind."""

    name: str
    load: str
    rest: str

    def changed(self, load: str, rest: str) -> str:
        """The line with what is new of it: what is not said, load or dose, is as it was."""
        other = _OTHER_LOAD.search(self.rest)
        rest = rest or (_OTHER_LOAD.sub("", self.rest) if load else self.rest)
        if load or _OTHER_LOAD.search(rest):
            return f'["{self.name}{load}"{rest}]'
        if other:
            rest = re.sub('(?<=[^,])"', f'{other[0]}"', rest, count=1)
        return f'["{self.name}{self.load}"{rest}]'


@dataclass(frozen=True)
class Kept:
    """What a prompt says of the current plan.

    `sessions` and `lines` are what stays, as an answer has it, by day and by number; `numbers` has
    the number of every line that does not go, by day and exercise, `told` the line, and `gone` by
    day the numbers of lines that go, each with the nearest that may stand in. A number is written
    `#tue3`, and `#tue3.` of the last line of a session.
    """

    sessions: dict[str, str] = field(default_factory=dict[str, str])
    lines: dict[str, str] = field(default_factory=dict[str, str])
    numbers: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    told: dict[str, Line] = field(default_factory=dict[str, Line])
    gone: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])


def kept_in(prompt: str) -> Kept:
    """What a prompt says stays, and the numbers of all other lines."""
    kept = Kept()
    for session in _SESSION.finditer(_plan_line(prompt)):
        day = session["day"]
        if session["stays"]:
            kept.sessions[day] = f'["{day}{session["head"]}[{session["rows"]}]]'
            continue
        for number, line in _numbered(session):
            if line["goes"]:
                kept.gone.setdefault(day, {})[number] = _nearest(line)
                continue
            load = _LOAD.match(line["behind"])
            kept.numbers[day, line["name"]] = number
            kept.told[number] = Line(line["name"], load[0] if load else "", line["rest"])
            if line["stays"]:
                kept.lines[number] = kept.told[number].changed("", "")
    return kept


def short_session(day: str) -> str:
    """`["=mon"]`."""
    return f'["{STAYS}{day}"]'


def short_line(number: str) -> str:
    """A line by its number, `["#tue3"]`."""
    return f'["{number}"]'


def behind_number(row: str, number: str) -> str:
    """A line, or what it begins with, behind a number: `["#tue3:goblet_squat`."""
    return row.replace('["', f'["{number}:', 1)


def brief(prompt: str) -> str:
    """A prompt as a student reads it."""
    whole = _plan_line(prompt)

    def line(number: str, found: re.Match[str]) -> str:
        if found["goes"]:  # of what may stand in, the nearest is named
            return f'["{number}:{_nearest(found)}"{found["rest"]}]'
        if found["stays"]:
            return short_line(number)
        return f'["{found["name"]}{found["behind"]}{number}"{found["rest"]}]'

    def session(found: re.Match[str]) -> str:
        if found["stays"]:
            return short_session(found["day"])
        rows = ",".join(line(*each) for each in _numbered(found))
        return f'["{found["day"]}{found["head"]}[{rows}]]'

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
    """A reply written out; what names nothing is left as it is, and makes a reply unreadable."""
    kept = kept_in(prompt)

    def line(found: re.Match[str]) -> str:
        load, told = found["load"] or "", kept.told.get(found["number"])
        if found["name"]:
            return f'["{found["name"]}{load}"{found["rest"]}]'
        return told.changed(load, found["rest"]) if told else found[0]

    def session(found: re.Match[str]) -> str:
        return kept.sessions.get(found["day"], found[0])

    return _SHORT_SESSION.sub(session, _SHORT_LINE.sub(line, reply))


def _numbered(session: re.Match[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """The lines of a session with their numbers."""
    lines = [*_LINE.finditer(session["rows"])]
    for place, line in enumerate(lines, start=1):
        stop = "." if place == len(lines) else ""
        yield f"{NUMBER_SIGN}{session['day']}{place}{stop}", line


def _nearest(gone: re.Match[str]) -> str:
    """What may best stand in for a line that goes, if anything may."""
    return (*gone["behind"].split(), "")[0]


def _changed(row: re.Match[str], number: str, kept: Kept) -> str:
    """A line that was told, or that comes in for one, without what is known of it."""
    told = kept.told.get(number)
    if told is None or row["name"] != told.name:
        return behind_number(row[0], number)
    load = "" if row["behind"] == told.load else row["behind"]
    return f'["{number}{load}"{row["rest"]}]'


def _plan_line(prompt: str) -> str:
    """The line of the current plan; none where it is only what a new week begins from."""
    line = _PLAN_LINE.search(prompt)
    return line[0] if line and not _LAID_OUT.search(prompt) else ""
