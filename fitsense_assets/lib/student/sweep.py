"""A sweep: the same recipe trained with other values, and which did best on held-out answers.

Optuna keeps the study in one sqlite file, so a killed sweep goes on where it was: the interrupted
trial is asked again with its values, and its training goes on from its checkpoint. The sampler is
seeded anew for every trial by how many came before it, so a sweep that was interrupted draws what
one that was not would have drawn.
"""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import yaml
from tqdm import tqdm

from fitsense_assets.lib.registry.lease import hold_lease
from fitsense_assets.lib.student.sweep_space import SearchSpace, Value, vary
from fitsense_training.domain.errors import BadInput
from fitsense_training.sft_config import SftConfig

if TYPE_CHECKING:
    import optuna
    from optuna.trial import FrozenTrial

    from fitsense_training.sft import Progress, TrainedStudent, Watch

    Train = Callable[[SftConfig, Path, Path, Watch], TrainedStudent]

STUDY = "study.db"
BEST = "best.yaml"
RUNGS = 4  # how often a trial is compared with the others on its way
UNJUDGED_TRIALS = 3  # no trial is pruned before so many have finished


@dataclass(frozen=True)
class Sweep:
    """What is varied, on which conversations, and where it is worked on."""

    config: SftConfig
    space: SearchSpace
    data: Path
    work: Path
    count_trials: int = 8
    seed: int = 0

    def with_search(self, count_trials: int, seed: int) -> Self:
        """The same with another number of trials and another seed."""
        return replace(self, count_trials=count_trials, seed=seed)

    @property
    def name(self) -> str:
        """The study's name: other data, recipe, space or seed is another study."""
        digest = hashlib.sha256(self.config.fingerprint(self.data / "train.jsonl").encode())
        digest.update(self.space.model_dump_json().encode())
        digest.update(str(self.seed).encode())
        return f"{self.config.name}-{digest.hexdigest()[:12]}"


@dataclass(frozen=True)
class Trial:
    """One finished trial; `val_loss` of a pruned one is the last that was seen."""

    number: int
    values: dict[str, Value]
    is_pruned: bool
    val_loss: float | None
    curve: tuple[tuple[int, float], ...]
    train_cpu_s: float | None


Tell = Callable[[list[Trial]], None]
"""Hears of all finished trials, after each."""


def run_sweep(sweep: Sweep, tell: Tell, train: "Train | None" = None) -> list[Trial]:
    """Run what is left of a sweep; returns its finished trials in order.

    Raises:
        BadInput: there are no held-out conversations to judge by, or the sweep runs already.
    """
    with hold_lease(sweep.work / "sweep.lease", "run of this sweep"):
        return _run(sweep, tell, train or _train())


def _run(sweep: Sweep, tell: Tell, train: "Train") -> list[Trial]:
    if not (sweep.data / "val.jsonl").read_text(encoding="utf-8").strip():
        raise BadInput(f"{sweep.data / 'val.jsonl'} is empty: a sweep judges by held-out answers")
    study = _study(sweep)
    _ask_again_what_was_killed(study)
    tell(finished(study))
    count = len(finished(study))
    with tqdm(total=sweep.count_trials, initial=count, desc="sweep", unit="trial") as bar:
        while count < sweep.count_trials:
            study.sampler = _sampler(sweep.seed + count)
            _run_trial(sweep, study, train)
            tell(finished(study))
            count = len(finished(study))
            bar.update(1)
    return finished(study)


def finished(study: "optuna.Study") -> list[Trial]:
    """The trials that came to an end, in order."""
    from optuna.trial import TrialState

    found = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
    return [_trial(entry, is_pruned=entry.state is TrialState.PRUNED) for entry in found]


def best_trial(trials: list[Trial]) -> Trial | None:
    """The trial with the lowest loss of those that were not pruned."""
    whole = [t for t in trials if not t.is_pruned and t.val_loss is not None]
    return min(whole, key=lambda t: (t.val_loss, t.number), default=None)


def write_best(sweep: Sweep, trial: Trial) -> Path:
    """The best recipe as a YAML that can be trained like any other."""
    name = f"{sweep.config.name}_swept"
    best = vary(sweep.config, trial.values).model_copy(update={"name": name})
    path = sweep.work / BEST
    body = yaml.safe_dump(best.model_dump(mode="json", exclude_defaults=True), sort_keys=False)
    path.write_text(
        f"# Trial {trial.number} of the sweep {sweep.name}: loss {trial.val_loss} on held-out "
        f"answers.\n# Launch: FITSENSE_RETRAIN_RECIPE={path}, or recipe: {path} in the launchpad "
        f"of student_checkpoint.\n{body}",
        encoding="utf-8",
    )
    return path


def _study(sweep: Sweep) -> "optuna.Study":
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sweep.work.mkdir(parents=True, exist_ok=True)
    return optuna.create_study(
        study_name=sweep.name,
        storage=f"sqlite:///{sweep.work / STUDY}",
        direction="minimize",
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=UNJUDGED_TRIALS),
    )


def _sampler(seed: int) -> "optuna.samplers.BaseSampler":
    import optuna

    return optuna.samplers.TPESampler(seed=seed, n_startup_trials=UNJUDGED_TRIALS)


def _ask_again_what_was_killed(study: "optuna.Study") -> None:
    from optuna.trial import TrialState

    for entry in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(entry.number, state=TrialState.FAIL)
        if entry.params:
            study.enqueue_trial(entry.params)


def _train() -> "Train":
    from fitsense_training.sft import fine_tune

    return fine_tune


def _run_trial(sweep: Sweep, study: "optuna.Study", train: "Train") -> None:
    import optuna

    trial = study.ask()
    config = vary(sweep.config, sweep.space.suggest(trial))
    folder = sweep.work / "trials" / hashlib.sha256(config.model_dump_json().encode()).hexdigest()
    judge = _Judge(trial)
    try:
        record = train(config, sweep.data, folder, judge.watch).record
    except optuna.TrialPruned:
        study.tell(trial, state=optuna.trial.TrialState.PRUNED)
    else:
        trial.set_user_attr("train_cpu_s", record["train_cpu_s"])
        study.tell(trial, record["val_loss"])
    shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Judge:
    """Compares a trial with the others at a few points of its way."""

    trial: "optuna.Trial"
    rung: int = 0

    def watch(self, progress: "Progress") -> None:
        """Report the loss where a rung is reached; raises TrialPruned where it is hopeless."""
        import optuna

        rung = RUNGS * progress.step // progress.count_steps
        if not self.rung < rung < RUNGS:
            return
        self.rung = rung
        loss = progress.val_loss()
        assert loss is not None, "a sweep has held-out conversations"
        self.trial.report(loss, rung)
        if self.trial.should_prune():
            raise optuna.TrialPruned


def _trial(entry: "FrozenTrial", *, is_pruned: bool) -> Trial:
    curve = tuple(sorted(entry.intermediate_values.items()))
    last = curve[-1][1] if curve else None
    attributes: dict[str, Any] = entry.user_attrs
    return Trial(
        number=entry.number,
        values=dict(entry.params),
        is_pruned=is_pruned,
        val_loss=last if is_pruned else entry.value,
        curve=curve,
        train_cpu_s=attributes.get("train_cpu_s"),
    )


def thin_out(source: Path, into: Path, count: int) -> Path:
    """An evenly spaced part of the conversations, and of those held out an eighth of it."""
    into.mkdir(parents=True, exist_ok=True)
    for name, wanted in (("train.jsonl", count), ("val.jsonl", max(8, count // 8))):
        lines = (source / name).read_text(encoding="utf-8").splitlines(keepends=True)
        every = max(1.0, len(lines) / wanted)
        picked = [lines[int(place * every)] for place in range(min(wanted, len(lines)))]
        (into / name).write_text("".join(picked), encoding="utf-8")
    return into
