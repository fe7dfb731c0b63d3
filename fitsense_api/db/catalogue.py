"""The lists people choose from, as the domain has them; run after every migration."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from fitsense_api.db.base import Base
from fitsense_api.db.models.catalogue import (
    ConditionEntry,
    EquipmentEntry,
    ExerciseEntry,
    ExerciseEquipment,
    GoalEntry,
)
from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.vocabulary import Condition, Equipment, Goal


def fill_catalogue(connection: Connection) -> None:
    """Make the tables say what the domain says; nothing that somebody may point to is removed."""
    _keep(connection, GoalEntry, _named(Goal))
    _keep(connection, ConditionEntry, _named(Condition))
    _keep(connection, EquipmentEntry, _named(Equipment))
    catalogue = load_catalogue()
    connection.execute(update(ExerciseEntry).values(is_retired=True))
    _keep(connection, ExerciseEntry, [_entry(exercise) for exercise in catalogue])
    connection.execute(delete(ExerciseEquipment))
    links = [
        {"exercise_id": exercise.id, "equipment_id": item.value}
        for exercise in catalogue
        for item in sorted(frozenset[Equipment]().union(*exercise.equipment))
    ]
    connection.execute(insert(ExerciseEquipment), links)


def _keep(connection: Connection, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    table = model.__table__
    known = set(connection.scalars(select(table.c.id)))
    for row in rows:
        if row["id"] in known:
            connection.execute(update(model).where(table.c.id == row["id"]).values(**row))
        else:
            connection.execute(insert(model).values(**row))


def _named(enum: type[StrEnum]) -> list[dict[str, Any]]:
    return [{"id": member.value, "name": member.value.replace("_", " ")} for member in enum]


def _entry(exercise: Exercise) -> dict[str, Any]:
    muscle = exercise.direct[0].value if exercise.direct else None
    return {
        "id": exercise.id,
        "name": exercise.name,
        "primary_muscle": muscle,
        "is_retired": False,
    }
