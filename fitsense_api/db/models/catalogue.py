"""What people choose from, filled from the domain's own lists: ids are the domain's ids."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from fitsense_api.db.base import Base, v


class GoalEntry(Base):
    """A goal one can hold."""

    __tablename__ = "goals"

    id: Mapped[str] = mapped_column(v(40), primary_key=True)
    name: Mapped[str] = mapped_column(v(120), unique=True)
    description: Mapped[str | None] = mapped_column(Text)


class ConditionEntry(Base):
    """A condition one can have."""

    __tablename__ = "conditions"

    id: Mapped[str] = mapped_column(v(40), primary_key=True)
    name: Mapped[str] = mapped_column(v(120), unique=True)
    description: Mapped[str | None] = mapped_column(Text)


class EquipmentEntry(Base):
    """A piece of equipment."""

    __tablename__ = "equipment"

    id: Mapped[str] = mapped_column(v(40), primary_key=True)
    name: Mapped[str] = mapped_column(v(120), unique=True)
    category: Mapped[str | None] = mapped_column(v(60))


class ExerciseEntry(Base):
    """A movement; what it trains and risks stays in the domain's catalogue.

    An exercise that leaves the catalogue is retired, never removed: logs and old plans name it.
    """

    __tablename__ = "exercises"

    id: Mapped[str] = mapped_column(v(40), primary_key=True)
    name: Mapped[str] = mapped_column(v(150), unique=True)
    primary_muscle: Mapped[str | None] = mapped_column(v(80))
    notes: Mapped[str | None] = mapped_column(Text)
    video_url: Mapped[str | None] = mapped_column(v(500))
    thumbnail_base64: Mapped[str | None] = mapped_column(Text)
    is_retired: Mapped[bool]


class ExerciseEquipment(Base):
    """That an exercise can be done with a piece of equipment."""

    __tablename__ = "exercise_equipment"

    exercise_id: Mapped[str] = mapped_column(
        ForeignKey("exercises.id", ondelete="CASCADE"), primary_key=True
    )
    equipment_id: Mapped[str] = mapped_column(
        ForeignKey("equipment.id", ondelete="CASCADE"), primary_key=True, index=True
    )
