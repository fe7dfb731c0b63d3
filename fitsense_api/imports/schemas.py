"""A file of another app as it is sent, and what was or would be taken from it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

CSV_CHARS_MAX = 4_000_000
LISTED_MAX = 100


class ImportBody(BaseModel):
    """The text of a CSV file. `unit` is that of the weights where the file does not say."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "csv": "title,start_time,end_time,exercise_title,set_index,set_type,"
                    "weight_kg,reps,rpe\n"
                    'Legs,"2 Mar 2026, 18:30","2 Mar 2026, 19:30",Squat (Barbell),0,normal,'
                    "100,5,8\n",
                    "is_dry_run": True,
                }
            ]
        },
    )

    csv: Annotated[str, Field(min_length=1, max_length=CSV_CHARS_MAX)]
    unit: Literal["kg", "lb"] | None = None
    timezone: Annotated[str, Field(pattern=r"^[A-Za-z_+\-/0-9]{1,64}$")] | None = Field(
        default=None, description="Where the times of the file are from; the profile's by default."
    )
    is_dry_run: bool = Field(default=False, description="Say what would be taken, and keep nothing")


class Unmatched(BaseModel):
    """An exercise we have no name for; its sets are left out."""

    model_config = ConfigDict(frozen=True)

    name: str
    count_sets: int
    first_line: int


class LeftOut(BaseModel):
    """A line that is left out or taken in part, and why."""

    model_config = ConfigDict(frozen=True)

    line: int
    why: str


class ImportReport(BaseModel):
    """What was taken, or would be in a dry run; the lists hold a hundred entries at most."""

    model_config = ConfigDict(frozen=True)

    id: UUID | None = None
    source: Literal["strong", "hevy"]
    is_dry_run: bool
    is_known: bool = Field(description="The same file came before: nothing was taken again.")
    unit: Literal["kg", "lb"]
    timezone: str
    count_workouts: int
    count_sets: int
    count_workouts_known: int = Field(description="Workouts that an earlier file brought.")
    first_at: datetime | None
    last_at: datetime | None
    matched: dict[str, str] = Field(description="Their names, and our ids for them.")
    count_unmatched: int
    unmatched: tuple[Unmatched, ...]
    count_left_out: int
    left_out: tuple[LeftOut, ...]


class ImportEntry(BaseModel):
    """A file that was imported."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    imported_at: datetime
    source: str
    count_workouts: int
    count_sets: int
