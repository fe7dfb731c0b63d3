"""Day by day: calories, sleep and weight, and what a person aims at."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fitsense_api.db.base import OwnedBase, Reported, Rounded, check, one_open, v, words


class TargetMethod(StrEnum):
    """Who set a calorie target."""

    FORMULA = "formula"
    AI = "ai"
    MANUAL = "manual"


class CalorieTarget(OwnedBase):
    """What a person is to eat from one day on; one is open."""

    __tablename__ = "calorie_targets"
    __table_args__ = (
        one_open("calorie_targets"),
        check("calories", "maintenance_calories > 0"),
        check("dates", "effective_to >= effective_from"),
    )

    maintenance_calories: Mapped[int]
    method: Mapped[TargetMethod] = mapped_column(words(TargetMethod, "method"))
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    notes: Mapped[str | None] = mapped_column(Text)


class SleepTarget(OwnedBase):
    """How long a person means to sleep from one day on; one is open."""

    __tablename__ = "sleep_targets"
    __table_args__ = (
        one_open("sleep_targets"),
        check("hours", "target_sleep_hours > 0 AND target_sleep_hours <= 24"),
        check("dates", "effective_to >= effective_from"),
    )

    target_sleep_hours: Mapped[float] = mapped_column(Rounded(4, 1))
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    notes: Mapped[str | None] = mapped_column(Text)


class CalorieLog(OwnedBase, Reported):
    """What was eaten on one day; a day has one row, so a deleted one is taken up again."""

    __tablename__ = "calorie_intake_logs"
    __table_args__ = (
        UniqueConstraint("user_id", "log_date"),
        UniqueConstraint("user_id", "client_id"),
        check("calories", "calories_consumed >= 0"),
    )

    log_date: Mapped[date]
    calories_consumed: Mapped[int]
    notes: Mapped[str | None] = mapped_column(Text)


class SleepLog(OwnedBase, Reported):
    """How long a person slept before one day; a day has one row."""

    __tablename__ = "sleep_duration_logs"
    __table_args__ = (
        UniqueConstraint("user_id", "log_date"),
        UniqueConstraint("user_id", "client_id"),
        check("hours", "sleep_duration_hours > 0 AND sleep_duration_hours <= 24"),
    )

    log_date: Mapped[date]
    sleep_duration_hours: Mapped[float] = mapped_column(Rounded(4, 1))
    notes: Mapped[str | None] = mapped_column(Text)


class WeightLog(OwnedBase, Reported):
    """One weighing."""

    __tablename__ = "weight_logs"
    __table_args__ = (
        UniqueConstraint("user_id", "client_id"),
        check("weight", "weight_kg > 0"),
        check("body_fat", "body_fat_percentage >= 0 AND body_fat_percentage < 100"),
        check("unit", "entered_unit IN ('kg', 'lb')"),
        Index(None, "user_id", "logged_at"),
    )

    logged_at: Mapped[datetime]
    weight_kg: Mapped[float] = mapped_column(Rounded(6, 2))
    entered_unit: Mapped[str] = mapped_column(v(5))
    body_fat_percentage: Mapped[float | None] = mapped_column(Rounded(5, 2))
    notes: Mapped[str | None] = mapped_column(Text)
