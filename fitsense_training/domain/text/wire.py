"""The wire format: a whole plan on one short line, and back without loss.

It is JSON with one-letter keys; a prescription is [exercise, dose, flags...], for example
["goblet_squat","3x8-12 r2 90s rpe8"] or ["landmine_row 25kg","3x8-12 r2 90s"]. A load in kg stands
right behind its exercise, as in a list of lifts: there a small student copies it, while behind the
dose it often does not learn to (see EXPERIMENTS.md). Version 1 had it there and is still read.
An answer that changes a plan is the whole new plan; since version 4 a student spells what stays
shorter, among itself (`shorthand.py`).
`parse_answer` is the one parser for teachers, students and the service: it also takes replies that
wrap the line in prose, <think> blocks or code fences.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from fitsense_training.domain.errors import PlanParseError
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.model import Load, Prescription, Session, WorkoutPlan
from fitsense_training.domain.vocabulary import DoseKind, LoadKind

WIRE_VERSION = "5"

MAX_REPLY_CHARS = 100_000
_UNIT = {DoseKind.REPS: "", DoseKind.SECONDS: "sec", DoseKind.DISTANCE: "m"}
_KIND = {unit: kind for kind, unit in _UNIT.items()}
_DOSE = re.compile(
    r"(?P<sets>\d{1,2})x(?P<low>\d{1,4})-(?P<high>\d{1,4})(?P<unit>sec|m|) "
    r"r(?P<rir>\d{1,2}|-) (?P<rest>\d{1,3})s(?: (?P<load>\S{1,10}))?"
)
_NUMBER = r"\d{1,3}(?:\.\d{1,2})?"
_LOAD = re.compile(rf"(?:(?P<kg>{_NUMBER})kg|rpe(?P<rpe>{_NUMBER})|(?P<percent>{_NUMBER})%|bw)")
_NOISE = re.compile(r"<think>.*?</think>", re.DOTALL)
_KEYS = ("g", "s", "a", "p", "x", "w")


def number(value: float) -> str:
    """A number as short as it can be written: 20.0 -> 20, 22.50 -> 22.5."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def write_load(load: Load) -> str:
    """`22.5kg`, `70%`, `rpe7` or `bw`."""
    if load.value is None:
        return "bw"
    text = number(load.value)
    return {
        LoadKind.KG: f"{text}kg",
        LoadKind.PERCENT_1RM: f"{text}%",
        LoadKind.RPE: f"rpe{text}",
    }[load.kind]


def is_by_name(load: Load) -> bool:
    """Whether a load stands behind its exercise: one in kg, or in percent of the one-rep max."""
    return load.kind in (LoadKind.KG, LoadKind.PERCENT_1RM)


def write_name(item: Prescription) -> str:
    """`goblet_squat`, or `landmine_row 25kg` where there is a load to put on."""
    return f"{item.exercise_id}{behind_name(item.load)}"


def behind_name(load: Load) -> str:
    """` 25kg`, ` 70%`, or nothing for a load that stands in the dose."""
    return f" {write_load(load)}" if is_by_name(load) else ""


def write_dose(item: Prescription) -> str:
    """`3x8-12 r2 90s rpe8`: sets, dose range, reps in reserve, rest, and effort or body weight."""
    rir = "-" if item.rir is None else str(item.rir)
    unit = _UNIT[item.dose_kind]
    dose = f"{item.sets}x{item.dose_low}-{item.dose_high}{unit}"
    return f"{dose} r{rir} {item.rest_s}s{in_dose(item.load)}"


def in_dose(load: Load) -> str:
    """` rpe7`, ` bw`, or nothing for a load that stands behind the exercise."""
    return "" if is_by_name(load) else f" {write_load(load)}"


def write_answer(answer: Answer) -> str:
    """A plan, or {"t":"see_clinician"} where no plan may stand."""
    if isinstance(answer, Handoff):
        return json.dumps({"t": answer.template}, separators=(",", ":"))
    return write_plan(answer)


def write_plan(plan: WorkoutPlan) -> str:
    """The plan as one line; `parse_plan` gives the same plan back."""
    wire = {
        "g": plan.goal,
        "s": [write_session(session) for session in plan.sessions],
        "a": f"{plan.aerobic_min_per_week} {plan.aerobic_intensity}",
        "p": plan.progression,
        "x": list(plan.stop_signs),
        "w": list(plan.reasons),
    }
    return json.dumps(wire, separators=(",", ":"), ensure_ascii=False)


def write_session(session: Session) -> list[Any]:
    """`["mon", "full_body", 8, rows]`."""
    rows = [write_row(item) for item in session.prescriptions]
    return [session.weekday, session.focus, session.warm_up_min, rows]


def write_row(item: Prescription) -> list[str]:
    """`["goblet_squat", "3x8-12 r2 90s rpe8"]`, and flags where there are any."""
    why = [f"why:{item.reason}"] if item.reason is not None else []
    return [write_name(item), write_dose(item), *write_manner(item), *why]


def write_manner(item: Prescription) -> list[str]:
    """`["ss:a", "t:3010"]`: the superset a line belongs to and its tempo, where it has any."""
    flags = {"ss": item.superset, "t": item.tempo}
    return [f"{key}:{value}" for key, value in flags.items() if value is not None]


def parse_plan(reply: str) -> WorkoutPlan:
    """The plan in a reply; PlanParseError when it holds none."""
    answer = parse_answer(reply)
    if isinstance(answer, Handoff):
        raise PlanParseError(f"the reply holds no plan but the text {answer.template}")
    return answer


def parse_answer(reply: str) -> Answer:
    """The answer in a reply.

    Raises PlanParseError when the reply holds no plan, a cut one, or one outside the schema;
    nothing is guessed and no part of a plan is taken alone.
    """
    try:
        wire = _load_object(reply)
        if list(wire) == ["t"]:
            return Handoff.model_validate({"template": wire["t"]})
        return _read_plan(wire)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PlanParseError(f"the plan breaks its schema at {place}: {first['msg']}") from error


def _load_object(reply: str) -> dict[str, Any]:
    if len(reply) > MAX_REPLY_CHARS:
        raise PlanParseError(f"the reply is longer than {MAX_REPLY_CHARS} characters")
    text = _NOISE.sub("", reply)
    start = text.find("{")
    if start < 0:
        raise PlanParseError("the reply holds no JSON object; answer with one plan line")
    decoder = json.JSONDecoder(object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    # One trailing comma before a closing bracket is the slip large models make most.
    body = re.sub(r",(\s*[\]}])", r"\1", text[start:])
    try:
        found, _ = decoder.raw_decode(body)
    except json.JSONDecodeError as error:
        cut = "is cut short" if error.pos >= len(body) - 1 else "is not JSON"
        raise PlanParseError(f"the reply {cut} at character {start + error.pos}") from error
    except RecursionError as error:
        raise PlanParseError("the reply is nested too deeply") from error
    return found


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise PlanParseError("the reply has the same key twice")
    return dict(pairs)


def _no_constant(name: str) -> float:
    raise PlanParseError(f"the reply holds {name}, which is not a number")


def _read_plan(wire: dict[str, Any]) -> WorkoutPlan:
    if sorted(wire) != sorted(_KEYS):
        raise PlanParseError(f"a plan has exactly the keys {', '.join(_KEYS)}")
    aerobic = _strings(wire["a"].split() if isinstance(wire["a"], str) else None, "a", 2)
    if not re.fullmatch(r"\d{1,3}", aerobic[0]):
        raise PlanParseError("a: weekly aerobic minutes must be a whole number")
    return WorkoutPlan.model_validate(
        {
            "goal": wire["g"],
            "sessions": tuple(_read_sessions(wire["s"])),
            "aerobic_min_per_week": int(aerobic[0]),
            "aerobic_intensity": aerobic[1],
            "progression": wire["p"],
            "stop_signs": tuple(_strings(wire["x"], "x")),
            "reasons": tuple(_strings(wire["w"], "w")),
        }
    )


def _strings(value: Any, place: str, count: int | None = None) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise PlanParseError(f"{place}: a list of strings is expected")
    if count is not None and len(value) != count:
        raise PlanParseError(f"{place}: {count} entries are expected, found {len(value)}")
    return value


def _read_sessions(value: Any) -> Iterator[Session]:
    if not isinstance(value, list):
        raise PlanParseError("s: a list of sessions is expected")
    for entry in value:
        if not isinstance(entry, list) or len(entry) != 4 or not isinstance(entry[3], list):
            raise PlanParseError("s: a session is [weekday, focus, warm-up minutes, rows]")
        weekday, focus, warm_up_min, rows = entry
        if not isinstance(warm_up_min, int) or isinstance(warm_up_min, bool):
            raise PlanParseError("s: warm-up minutes must be a whole number")
        yield Session.model_validate(
            {
                "weekday": weekday,
                "focus": focus,
                "warm_up_min": warm_up_min,
                "prescriptions": tuple(_read_row(row) for row in rows),
            }
        )


def _read_row(value: Any) -> Prescription:
    row = _strings(value, "s")
    if len(row) < 2:
        raise PlanParseError("s: a row is [exercise, dose, flags...]")
    name, dose, *flags = row
    exercise_id, _, behind = name.partition(" ")
    match = _DOSE.fullmatch(dose)
    if match is None:
        raise PlanParseError(f"{exercise_id}: {dose!r} is not a dose like '3x8-12 r2 90s rpe8'")
    if bool(behind) is bool(match["load"]):
        raise PlanParseError(
            f"{exercise_id}: one load is expected, 22.5kg or 70% behind the exercise, or rpe7 or "
            "bw at the end of the dose"
        )
    names = {"ss": "superset", "t": "tempo", "why": "reason"}
    extra: dict[str, str] = {}
    for flag in flags:
        key, _, text = flag.partition(":")
        if key not in names or names[key] in extra:
            raise PlanParseError(f"{exercise_id}: unknown or repeated flag {flag!r}")
        extra[names[key]] = text
    return Prescription.model_validate(
        {
            "exercise_id": exercise_id,
            "sets": int(match["sets"]),
            "dose_kind": _KIND[match["unit"]],
            "dose_low": int(match["low"]),
            "dose_high": int(match["high"]),
            "rir": None if match["rir"] == "-" else int(match["rir"]),
            "rest_s": int(match["rest"]),
            "load": read_load(behind or match["load"]),
            **extra,
        }
    )


def read_load(text: str) -> Load:
    """The load written by `write_load`; PlanParseError when it is none."""
    match = _LOAD.fullmatch(text)
    if match is None:
        raise PlanParseError(f"{text!r} is not a load: write 22.5kg, 70%, rpe7 or bw")
    if match["kg"]:
        return Load(kind=LoadKind.KG, value=float(match["kg"]))
    if match["rpe"]:
        return Load(kind=LoadKind.RPE, value=float(match["rpe"]))
    if match["percent"]:
        return Load(kind=LoadKind.PERCENT_1RM, value=float(match["percent"]))
    return Load(kind=LoadKind.BODYWEIGHT)
