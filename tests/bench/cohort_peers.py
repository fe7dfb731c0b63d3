"""Daily logs the plain ways, for comparison: a Faker row loop, and a Python loop with `random`.

Both write the same columns to Parquet, one row a person and day, with no relation between rows.
"""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from faker import Faker

SCHEMA = {
    "user_id": pl.String,
    "day": pl.Date,
    "calories": pl.Int16,
    "sleep_hours": pl.Float32,
    "weight_kg": pl.Float64,
}
END = date(2026, 1, 31)


def faker_daily_logs(users: int, days: int, path: Path) -> int:
    """Rows drawn value by value with Faker; returns how many."""
    fake = Faker()
    fake.seed_instance(1)
    rows: list[dict[str, Any]] = []
    for user in range(users):
        for back in range(days):
            weighed = fake.boolean(chance_of_getting_true=75)
            row = {
                "user_id": f"c0001-u{user:06d}",
                "day": END - timedelta(days=back),
                "calories": fake.random_int(1200, 3600),
                "sleep_hours": fake.pyfloat(min_value=4, max_value=10, right_digits=1),
                "weight_kg": fake.pyfloat(min_value=45, max_value=120, right_digits=1),
            }
            rows.append(row if weighed else {**row, "weight_kg": None})
    return _write(rows, path)


def plain_daily_logs(users: int, days: int, path: Path) -> int:
    """Rows drawn with Python's own `random` in two loops; returns how many."""
    rng = random.Random(1)
    rows: list[dict[str, Any]] = []
    for user in range(users):
        user_id, weight = f"c0001-u{user:06d}", rng.uniform(45, 120)
        for back in range(days):
            weighed = rng.random() < 0.75
            row = {
                "user_id": user_id,
                "day": END - timedelta(days=back),
                "calories": int(rng.gauss(2200, 300)),
                "sleep_hours": round(rng.gauss(6.8, 0.9), 1),
                "weight_kg": round(weight + rng.gauss(0, 0.5), 1) if weighed else None,
            }
            rows.append(row)
    return _write(rows, path)


def _write(rows: list[dict[str, Any]], path: Path) -> int:
    pl.DataFrame(rows, schema=SCHEMA).write_parquet(path, compression="zstd", compression_level=1)
    return len(rows)
