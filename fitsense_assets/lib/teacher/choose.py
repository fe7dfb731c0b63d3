"""Which teacher the settings ask for."""

from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.litellm_teacher import Endpoint, LitellmTeacher
from fitsense_assets.lib.teacher.reference import REFERENCE, ReferenceTeacher
from fitsense_assets.lib.teacher.teacher import Teacher
from fitsense_training.domain.coach.reference import coach
from fitsense_training.settings import Settings


def teacher_of(settings: Settings) -> Teacher:
    """`reference`, or a model behind litellm with its journal in FitSense's home."""
    if settings.teacher == REFERENCE:
        return ReferenceTeacher(coach)
    key = settings.teacher_api_key
    endpoint = Endpoint(
        model=settings.teacher.removeprefix("litellm/"),
        api_base=settings.teacher_api_base,
        api_key=key.get_secret_value() if key else None,
    )
    return LitellmTeacher(endpoint, Journal(settings.home / "teacher" / "journal.sqlite"))
