"""What is asked of the desk: a request, and what surrounds it without changing the plan."""

from dataclasses import dataclass

from fitsense_training.domain.request import PlanRequest


@dataclass(frozen=True)
class Asked:
    """A request, the conversation it is a turn of, and the country whose numbers are given.

    `conversation` is the whole key of the conversation: whoever knows the person puts their id
    into it, so that nobody speaks into the conversation of another.
    """

    request: PlanRequest
    conversation: str | None = None
    country: str = ""
