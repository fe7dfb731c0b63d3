"""Making the fixed evaluation prompts: people of a cohort of their own, and a draw over slices.

Every step is a pure function of the recipe, so whoever makes the set gets the same bytes.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tqdm import tqdm

from fitsense_assets.lib.cohort import spec, stages
from fitsense_assets.lib.cohort.chance import stable_hash
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.prompt_set.recipe import GRAVE, NOTED, Kind, PromptSetRecipe
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.validator import template_for, template_of_note
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.domain.vocabulary import PromptType
from fitsense_training.scoring import SLICES

BAR_SECONDS = 1.0
_READ = ("query_id", "user_id", "cohort", *SLICES, "request_json")


@dataclass(frozen=True)
class Candidate:
    """A request that may become a prompt, as the simulator asked it."""

    query_id: str
    user_id: str
    slices: dict[str, str]
    request: PlanRequest
    kind: Kind = Kind.PLAIN

    def row(self, cohort: str) -> dict[str, str]:
        """The prompt with the reference coach's answer to it."""
        return {
            "query_id": self.query_id,
            "user_id": self.user_id,
            "cohort": cohort,
            "kind": str(self.kind),
            **self.slices,
            "prompt": render_prompt(self.request),
            "request_json": self.request.model_dump_json(exclude_defaults=True),
            "reference_reply": write_answer(coach(self.request)),
        }


def prompt_rows(recipe: PromptSetRecipe) -> list[dict[str, str]]:
    """The whole set, by query id."""
    refuse_unfit_notes(recipe)
    candidates = list(_candidates(recipe))
    chosen: list[Candidate] = []
    for prompt_type in PromptType:
        own = [each for each in candidates if each.request.prompt_type is prompt_type]
        chosen += noted(choose(own, recipe), recipe)
    chosen.sort(key=lambda each: each.query_id)
    bar = tqdm(chosen, desc="evaluation prompts", unit="prompt", mininterval=BAR_SECONDS)
    return [each.row(recipe.cohort) for each in bar]


def choose(candidates: Sequence[Candidate], recipe: PromptSetRecipe) -> list[Candidate]:
    """The prompts of one type: rare slice values first, then whoever comes next in the draw.

    Two requests with the same prompt are one: the first stays.
    """
    count = recipe.count // len(PromptType)
    queue = _drawn(candidates, recipe)
    picked: dict[str, Candidate] = {}
    values = Counter((name, value) for each in queue for name, value in each.slices.items())
    for (name, value), _ in sorted(values.items(), key=lambda entry: (entry[1], entry[0])):
        least = recipe.minimum_of(name) // len(PromptType)
        have = sum(each.slices[name] == value for each in picked.values())
        fitting = (e for e in queue if e.slices[name] == value and e.query_id not in picked)
        for each in [next(fitting, None) for _ in range(max(0, least - have))]:
            if each is not None and len(picked) < count:
                picked[each.query_id] = each
    for each in queue:
        if len(picked) >= count:
            break
        picked.setdefault(each.query_id, each)
    return [each for each in queue if each.query_id in picked]


def _drawn(candidates: Sequence[Candidate], recipe: PromptSetRecipe) -> list[Candidate]:
    """In the order of a hash, one per prompt, with no more handoffs than the recipe allows."""
    most = round(recipe.handoff_share_max * recipe.count / len(PromptType))
    prompts: set[str] = set()
    count_handoffs = 0
    drawn: list[Candidate] = []
    for each in sorted(candidates, key=lambda e: stable_hash(recipe.seed, "draw", e.query_id)):
        prompt = render_prompt(each.request)
        is_full = each.kind is Kind.HANDOFF and count_handoffs >= most
        if prompt not in prompts and not is_full:
            prompts.add(prompt)
            count_handoffs += each.kind is Kind.HANDOFF
            drawn.append(each)
    return drawn


def noted(chosen: Sequence[Candidate], recipe: PromptSetRecipe) -> list[Candidate]:
    """The same prompts, a fixed share of the plain ones with a note of each kind."""
    plain = [place for place, each in enumerate(chosen) if each.kind is Kind.PLAIN]
    plain.sort(key=lambda place: stable_hash(recipe.seed, "note", chosen[place].query_id))
    result = list(chosen)
    for kind in NOTED:
        texts = recipe.notes[kind]
        wanted = round(recipe.shares[kind] * len(chosen))
        own, plain = plain[:wanted], plain[wanted:]
        for turn, place in enumerate(own):
            each = chosen[place]
            # Each type of prompt begins at another text, so that all are heard.
            note = texts[(turn + stable_hash(each.request.prompt_type)) % len(texts)]
            request = each.request.model_copy(update={"note": note})
            result[place] = replace(each, request=request, kind=kind)
    return result


def refuse_unfit_notes(recipe: PromptSetRecipe) -> None:
    """BadInput where a note is not what its kind says: grave ones end the talk of plans."""
    person = {
        "age": 30,
        "sex": "female",
        "height_cm": 170,
        "weight_kg": 65,
        "activity_level": "sedentary",
        "experience_level": "novice",
        "goals": ["general_health"],
        "weekdays": ["mon"],
        "session_minutes": 30,
    }
    for kind, texts in recipe.notes.items():
        for note in texts:
            request = PlanRequest.model_validate(
                {"prompt_type": PromptType.PLAN_CREATION, "profile": person, "note": note}
            )
            if (template_of_note(request) is not None) != (kind in GRAVE):
                raise BadInput(
                    f"prompt_set.yaml: the note {note!r} is no {kind} to the triage: "
                    "move it, reword it, or mend the lexicon"
                )


def _candidates(recipe: PromptSetRecipe) -> Iterator[Candidate]:
    """All that the people of the evaluation's cohort ask, without the notes of that cohort."""
    for row in _simulated(recipe):
        request = PlanRequest.model_validate_json(row["request_json"])
        request = request.model_copy(update={"note": ""})
        kind = Kind.PLAIN if template_for(request) is None else Kind.HANDOFF
        slices = {name: str(row[name]) for name in SLICES}
        yield Candidate(row["query_id"], row["user_id"], slices, request, kind)


def _simulated(recipe: PromptSetRecipe) -> Iterator[dict[str, Any]]:
    config = make_config(users=recipe.users, seed=recipe.seed, lookback_days=recipe.lookback_days)
    with tempfile.TemporaryDirectory() as folder:
        lake, key = Lake(folder), recipe.cohort
        spec.add_cohort(lake, key, config)
        stages.write_profiles(lake, key)
        stages.write_workouts(lake, key, coach)
        stages.write_daily_logs(lake, key)
        stages.write_queries(lake, key)
        yield from lake.read_frame("queries", key, list(_READ)).iter_rows(named=True)
