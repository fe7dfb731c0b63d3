"""A sweep goes on after a kill as if nothing had been, drops what is hopeless, and is on record."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fitsense_assets.lib.registry.lease import hold_lease
from fitsense_assets.lib.registry.store import Registry
from fitsense_assets.lib.student.sweep import (
    Sweep,
    Trial,
    best_trial,
    run_sweep,
    thin_out,
    write_best,
)
from fitsense_assets.lib.student.sweep_log import EXPERIMENT, PARENT, SweepLog
from fitsense_assets.lib.student.sweep_space import SearchSpace, load_space, space_path, vary
from fitsense_assets.lib.student.train import RECIPES
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings
from fitsense_training.sft import Progress, TrainedStudent
from fitsense_training.sft_config import LoraRecipe, SftConfig, load_config
from tests.fitsense_training.students import TINY, write_conversations

SPACE = SearchSpace.model_validate(
    {"parameters": {"other_rate": {"low": 0.001, "high": 0.1, "log": True}}}
)
KILLED_IN = 2


class Killed(BaseException):
    """Ends a trial as a kill would: nothing is told to anybody."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_conversations(tmp_path_factory.mktemp("data"), 16)


def a_sweep(data: Path, work: Path, **changes: Any) -> Sweep:
    return replace(Sweep(TINY, SPACE, data, work), **changes)


def silent(trials: list[Trial]) -> None:
    """Nobody listens."""


def a_training(
    loss_of: Callable[[SftConfig], float] = lambda config: abs(config.other_rate - 0.01),
    killed_in: int | None = None,
) -> Callable[..., TrainedStudent]:
    """A training that takes no time: its loss is a function of the recipe, the same all the way."""
    began: list[Path] = []

    def train(config: SftConfig, data: Path, out: Path, watch: Any) -> TrainedStudent:
        began.append(out)
        for step in range(1, 9):
            watch(Progress(step, 8, lambda: loss_of(config)))
            if len(began) - 1 == killed_in and step == 5:
                raise Killed
        return TrainedStudent(out, out, {"val_loss": loss_of(config), "train_cpu_s": 1.0})

    return train


@pytest.mark.slow
def test_killed_sweep_draws_what_one_that_was_not_killed_draws(data: Path, tmp_path: Path):
    whole = run_sweep(a_sweep(data, tmp_path / "whole"), silent, a_training())
    killed = a_sweep(data, tmp_path / "killed")
    with pytest.raises(Killed):
        run_sweep(killed, silent, a_training(killed_in=KILLED_IN))

    resumed = run_sweep(killed, silent, a_training())

    assert len(whole) == killed.count_trials
    assert [t.values for t in resumed] == [t.values for t in whole]
    assert [t.val_loss for t in resumed] == [t.val_loss for t in whole]


@pytest.mark.slow
def test_finished_sweep_trains_nothing_more_and_a_longer_one_only_the_rest(
    data: Path, tmp_path: Path
):
    sweep = a_sweep(data, tmp_path, count_trials=3)
    before = run_sweep(sweep, silent, a_training())

    assert run_sweep(sweep, silent, a_training(killed_in=0)) == before
    assert run_sweep(sweep.with_search(5, 0), silent, a_training())[:3] == before


@pytest.mark.slow
def test_hopeless_trial_is_pruned_on_its_way_and_never_the_best(data: Path, tmp_path: Path):
    losses = iter([1.0, 1.1, 1.2, 9.0, 1.05])
    seen: dict[float, float] = {}

    def loss_of(config: SftConfig) -> float:
        if config.other_rate not in seen:
            seen[config.other_rate] = next(losses)
        return seen[config.other_rate]

    trials = run_sweep(a_sweep(data, tmp_path, count_trials=5), silent, a_training(loss_of))

    assert [t.is_pruned for t in trials] == [False, False, False, True, False]
    assert trials[3].curve == ((1, 9.0),)
    best = best_trial(trials)
    assert best is not None
    assert best.number == 0


@pytest.mark.slow
def test_best_recipe_can_be_trained_like_any_other(data: Path, tmp_path: Path):
    sweep = a_sweep(data, tmp_path, count_trials=2)
    best = best_trial(run_sweep(sweep, silent, a_training()))
    assert best is not None

    config = load_config(write_best(sweep, best))

    assert config == vary(TINY, best.values).model_copy(update={"name": "tiny_swept"})


@pytest.mark.slow
def test_every_trial_is_a_child_run_once(data: Path, tmp_path: Path):
    registry = Registry.of(Settings(home=tmp_path / "home"))
    sweep = a_sweep(data, tmp_path / "work", count_trials=2)
    log = SweepLog(registry, sweep.name, {"release": "r0001"})

    trials = run_sweep(sweep, log.tell)
    log.tell(trials)

    runs = registry.client.search_runs([registry.experiment_id(EXPERIMENT)])
    parents = [run for run in runs if run.data.tags["kind"] == "sweep"]
    children = [run for run in runs if run.data.tags["kind"] == "trial"]
    assert len(parents) == 1
    assert sorted(run.data.tags["trial"] for run in children) == ["0", "1"]
    assert {run.data.tags[PARENT] for run in children} == {parents[0].info.run_id}
    assert {run.data.metrics["val_loss"] for run in children} == {t.val_loss for t in trials}
    assert all(run.data.params["other_rate"] for run in children)
    best = best_trial(trials)
    assert best is not None
    assert parents[0].data.metrics["best_val_loss"] == best.val_loss
    assert all(run.info.status == "FINISHED" for run in runs)


def test_sweep_runs_once_at_a_time(data: Path, tmp_path: Path):
    sweep = a_sweep(data, tmp_path)

    with (
        hold_lease(sweep.work / "sweep.lease"),
        pytest.raises(BadInput, match="run of this sweep is under way"),
    ):
        run_sweep(sweep, silent, a_training())


def test_sweep_without_held_out_conversations_is_refused(data: Path, tmp_path: Path):
    thin = thin_out(data, tmp_path / "thin", 4)
    (thin / "val.jsonl").write_text("", encoding="utf-8")

    with pytest.raises(BadInput, match="judges by held-out answers"):
        run_sweep(a_sweep(thin, tmp_path / "work"), silent, a_training())


def test_other_data_or_space_is_another_study(data: Path, tmp_path: Path):
    sweep, thin = a_sweep(data, tmp_path), thin_out(data, tmp_path / "thin", 4)
    other = SearchSpace.model_validate({"parameters": {"matrix_rate": {"low": 0.1, "high": 0.2}}})

    names = {sweep.name, a_sweep(thin, tmp_path).name, a_sweep(data, tmp_path, space=other).name}
    names.add(sweep.with_search(8, 1).name)

    assert len(names) == 4
    assert sweep.with_search(99, 0).name == sweep.name


def test_part_of_the_conversations_is_spread_over_all(data: Path, tmp_path: Path):
    whole = (data / "train.jsonl").read_text(encoding="utf-8").splitlines()

    part = (thin_out(data, tmp_path, 4) / "train.jsonl").read_text(encoding="utf-8").splitlines()

    assert part == whole[::4]


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_recipe_has_a_space_that_fits_it(path: Path):
    config = load_config(path)

    assert load_space(space_path(path, config.base, RECIPES), config).parameters


def test_own_space_of_a_recipe_comes_first(tmp_path: Path):
    (tmp_path / "sweeps").mkdir()
    (tmp_path / "sweeps" / "own.yaml").write_text("", encoding="utf-8")

    assert space_path(tmp_path / "own.yaml", "lora", RECIPES) == tmp_path / "sweeps" / "own.yaml"
    assert space_path(tmp_path / "other.yaml", "qlora", RECIPES).name == "lora.yaml"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("parameters: {other_rat: {low: 1, high: 2}}", "has no field other_rat"),
        ("parameters: {lora.rank: {choices: [4]}}", r"has no field lora\.rank"),
        ("parameters: {other_rate: {low: -1, high: 2}}", "cannot take that value at other_rate"),
        ("parameters: {other_rate: {lo: 1}}", r"is wrong at parameters\.other_rate"),
        ("parameters: {}", "is wrong at parameters"),
        ("[", "is no search space"),
    ],
)
def test_space_that_does_not_fit_is_told(tmp_path: Path, body: str, told: str):
    (tmp_path / "space.yaml").write_text(body, encoding="utf-8")

    with pytest.raises(BadInput, match=told):
        load_space(tmp_path / "space.yaml", TINY)


def test_field_of_a_section_varies_alone():
    config = SftConfig(name="tiny", base="lora", lora=LoraRecipe(model="x", rank=4))

    found = vary(config, {"lora.rank": 8})

    assert found.lora == LoraRecipe(model="x", rank=8)
