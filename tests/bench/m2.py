"""M2: the same student, free and greedy: what the model itself has learned."""

from fitsense_training.settings import Settings
from tests.bench.goal import Goal, Measured
from tests.bench.student import fresh_card

FLOORS = {"schema": 0.99, "block_free": 0.70, "task_success": 0.90}


def measure(settings: Settings) -> Measured:
    """Shares of the free student."""
    shares = fresh_card(settings)["overall"]["free"]
    figures = {name: shares[name]["share"] for name in FLOORS}
    text = ", ".join(f"{name} {share:.1%}" for name, share in figures.items())
    return Measured(text, all(figures[name] >= low for name, low in FLOORS.items()), figures)


GOAL = Goal("M2", "schema >= 99 %, block_free >= 70 %, task_success >= 90 %", measure)
