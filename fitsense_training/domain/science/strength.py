"""One-rep max, and what share of it a set of reps at some reps in reserve asks for."""

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.rulebook import load_rulebook

REPS_TO_FAILURE_MAX = 12


def epley_kg(load_kg: float, reps: int) -> float:
    """One-rep max after Epley: w(1 + r/30); one rep is the load itself."""
    return load_kg if reps == 1 else load_kg * (1 + reps / 30)


def brzycki_kg(load_kg: float, reps: int) -> float:
    """One-rep max after Brzycki: 36w/(37 - r), for fewer than 37 reps."""
    if reps >= 37:
        raise BadInput("Brzycki's formula holds below 37 reps")
    return 36 * load_kg / (37 - reps)


def estimate_1rm_kg(load_kg: float, reps: int, rir: int) -> float | None:
    """The cautious estimate, min(Epley, Brzycki) at reps + RIR; None above 12 (no confidence)."""
    to_failure = reps + rir
    if not 1 <= to_failure <= REPS_TO_FAILURE_MAX:
        return None
    return min(epley_kg(load_kg, to_failure), brzycki_kg(load_kg, to_failure))


def percent_1rm(reps: int, rir: int) -> float | None:
    """Percent of 1RM that `reps` with `rir` in reserve ask for; None beyond 15 to failure."""
    return load_rulebook().limits.percent_of_1rm_by_reps_to_failure.percent(reps + rir)


def round_down(load_kg: float, step_kg: float) -> float:
    """The heaviest load of the inventory at or below `load_kg`."""
    return round(int(load_kg / step_kg + 1e-9) * step_kg, 2)
