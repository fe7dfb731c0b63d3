"""Reaching what models were asked, of everybody at once, by columns that hold nobody's words."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import ColumnElement, exists, func, select, tuple_, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from fitsense_api.db.models.interactions import ModelInteraction
from fitsense_api.db.unit import Unit
from fitsense_api.interactions.schemas import InteractionView, Span, Wanted
from fitsense_api.paging import Page, Place

REVIEWS_INTERACTIONS: Final = "fitsense.reviews_interactions"
_SHOWN: Final = (
    ModelInteraction.id,
    ModelInteraction.created_at,
    ModelInteraction.context_type,
    ModelInteraction.model_name.label("planner"),
    ModelInteraction.guard_path,
    ModelInteraction.outcome,
    ModelInteraction.findings,
    ModelInteraction.model_version,
    ModelInteraction.release,
    ModelInteraction.prompt_version,
    ModelInteraction.rules_version,
    ModelInteraction.catalogue_version,
    ModelInteraction.latency_ms,
    ModelInteraction.request_id,
)


async def search(unit: Unit, wanted: Wanted, span: Span, place: Place) -> Page[InteractionView]:
    """A page of the answers that are wanted, the newest first."""
    await unit.prove(REVIEWS_INTERACTIONS, "yes")
    at, row_id = ModelInteraction.created_at, ModelInteraction.id
    query = select(*_SHOWN).order_by(at.desc(), row_id.desc()).limit(place.limit + 1)
    query = query.where(*_holds(wanted), *_within(span))
    if wanted.finding is not None:
        query = query.where(_bends(wanted.finding, is_postgres=unit.is_postgres))
    if place.after is not None:
        query = query.where(tuple_(at, row_id) < tuple_(*place.after_as(at.type, row_id.type)))
    found = (await unit.session.execute(query)).mappings()
    views = [InteractionView.model_validate(dict(row)) for row in found]
    return place.cut(views, lambda view: (view.created_at, view.id))


def _holds(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    asked = {
        ModelInteraction.model_name: wanted.planner,
        ModelInteraction.guard_path: wanted.guard_path,
        ModelInteraction.outcome: wanted.outcome,
        ModelInteraction.model_version: wanted.model_version,
    }
    for column, value in asked.items():
        if value is not None:
            yield column == value


def _within(span: Span) -> Iterator[ColumnElement[bool]]:
    if span.first is not None:
        yield ModelInteraction.created_at >= span.first
    if span.until is not None:
        yield ModelInteraction.created_at < span.until


def _bends(rule_id: str, *, is_postgres: bool) -> ColumnElement[bool]:
    """Whether a rule is among the findings: each database looks into JSON in its own way."""
    if is_postgres:
        return type_coerce(ModelInteraction.findings, JSONB).contains([rule_id])
    each = func.json_each(ModelInteraction.findings).table_valued("value")
    return exists(select(each.c.value).where(each.c.value == rule_id))
