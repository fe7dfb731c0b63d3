"""A request sent twice happens once; cursors and tags are read as they were written."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from litestar.exceptions import HTTPException

from fitsense_api.db.ids import uuid7
from fitsense_api.idempotency import Kept, once, request_hash
from fitsense_api.paging import read_cursor, write_cursor
from fitsense_api.preconditions import etag_of, refuse_stale
from fitsense_training.domain.errors import BadInput
from tests.fitsense_api.kit import DatabaseUnderTest, a_service, a_user

ASKED = request_hash("POST", "/v1/things", b"{}")
AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)


def test_the_second_time_gives_the_first_answer_and_another_request_is_refused(
    database: DatabaseUnderTest,
):
    done: list[int] = []

    async def work() -> Kept:
        done.append(1)
        return Kept(201, b"made", {"location": "/v1/things/1"})

    with a_service(database) as service:
        user = a_user(service)
        portal = service.client.blocking_portal
        assert portal is not None

        async def ask(asked: bytes) -> Kept:
            async with service.storage.units.begin(user.user_id) as unit:
                return await once(unit, user.user_id, "key-00001", asked, work)

        answers = [portal.call(ask, ASKED) for _ in range(2)]
        with pytest.raises(BadInput, match="another request"):
            portal.call(ask, request_hash("POST", "/v1/things", b"[]"))
        service.clock.move(hours=25)
        portal.call(ask, ASKED)

    assert answers[0] == answers[1] == Kept(201, b"made", {"location": "/v1/things/1"})
    assert len(done) == 2


def test_work_that_fails_leaves_its_key_free(database: DatabaseUnderTest):
    async def fail() -> Kept:
        raise BadInput("no")

    async def work() -> Kept:
        return Kept(200, b"")

    with a_service(database) as service:
        user = a_user(service)
        portal = service.client.blocking_portal
        assert portal is not None

        async def ask(task) -> Kept:
            async with service.storage.units.begin(user.user_id) as unit:
                return await once(unit, user.user_id, "key-00001", ASKED, task)

        with pytest.raises(BadInput):
            portal.call(ask, fail)
        assert portal.call(ask, work).status == 200


def test_a_cursor_is_read_as_it_was_written():
    mark = (AT, UUID(int=7))

    assert read_cursor(write_cursor(mark)) == mark


@pytest.mark.parametrize(
    "cursor", ["", "é", "abc", "W10", "bnVsbA", write_cursor((AT, UUID(int=7)))[:-9]]
)
def test_a_cursor_of_others_is_told_in_one_sentence(cursor: str):
    with pytest.raises(BadInput, match="none of ours"):
        read_cursor(cursor)


def test_a_tag_lets_in_who_saw_the_thing_as_it_is():
    refuse_stale(None, None)
    refuse_stale(etag_of(1), etag_of(1))
    refuse_stale(f'"x", {etag_of(1)}', etag_of(1))
    refuse_stale("*", etag_of(1))
    for sent, current in ((etag_of(2), etag_of(1)), (etag_of(1), None), ("*", None)):
        with pytest.raises(HTTPException):
            refuse_stale(sent, current)


def test_ids_are_of_version_7_and_in_order_of_time():
    early, late = uuid7(AT, b"\xff" * 10), uuid7(AT.replace(microsecond=124999), b"\0" * 10)

    assert (early.version, early.variant) == (7, "specified in RFC 4122")
    assert early < late
