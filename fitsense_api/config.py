"""What bounds the service: sizes, places and times. Addresses come from the settings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ServiceConfig:
    """The limits of one process.

    A place is taken from the moment a plan is asked for until it is answered; `student_threads`
    of those requests are being written at once, the others wait.
    """

    max_body_bytes: int = 40_960
    places: int = 16
    student_threads: int = 1
    answer_timeout_s: float = 5.0
    refresh_s: float = 30.0
    retry_after_s: int = 1
    stop_timeout_s: int = 10
