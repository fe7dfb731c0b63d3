"""A profile as it is sent: SI inside, the person's own units beside it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fitsense_api.db.models.people import UserProfile
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.vocabulary import ActivityLevel, ExperienceLevel, Sex, Weekday


class ProfileBody(BaseModel):
    """Everything a person tells of body and habits; what is left out is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date_of_birth: Annotated[date, Field(ge=date(1900, 1, 1))] | None = None
    sex: Sex | None = None
    height_cm: Annotated[float, Field(ge=120, le=230)] | None = None
    height_unit: Literal["cm", "ft_in"] = "cm"
    weight_unit: Literal["kg", "lb"] = "kg"
    activity_level: ActivityLevel | None = None
    experience_level: ExperienceLevel | None = None
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=6)] = ()
    session_minutes: Annotated[int, Field(ge=15, le=120)] | None = None
    excluded_exercises: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    timezone: Annotated[str, Field(pattern=r"^[A-Za-z_+\-/0-9]{1,64}$")] = "UTC"
    locale: Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "en"

    @model_validator(mode="after")
    def _known_exercises(self) -> Self:
        unknown = [name for name in self.excluded_exercises if name not in load_catalogue()]
        if unknown:
            raise ValueError(f"excluded_exercises: {len(unknown)} are not in GET /v1/exercises")
        return self


class ProfileView(ProfileBody):
    """The profile as it is kept."""

    updated_at: datetime


def values_of(body: ProfileBody) -> dict[str, Any]:
    """The columns of a profile."""
    values = dict(body)
    values["weekdays"] = [day.value for day in body.weekdays]
    values["excluded_exercises"] = list(body.excluded_exercises)
    return values


def view_of(profile: UserProfile) -> ProfileView:
    """A row as it is shown."""
    names = ProfileView.model_fields
    return ProfileView.model_validate({name: getattr(profile, name) for name in names})
