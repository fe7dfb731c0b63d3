"""Workouts of other apps come in once, as they were done; a line that cannot be read is told."""

from typing import Any

import pytest

from fitsense_api.config import ApiSettings
from fitsense_api.imports.aliases import ALIASES
from fitsense_api.imports.names import exercise_id_of
from fitsense_api.imports.service import read_file
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.errors import BadInput
from tests.fitsense_api.kit import DatabaseUnderTest, User, a_service, a_user
from tests.fitsense_api.people_kit import PROFILE, tell

STRONG = (
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,"
    "Workout Notes,RPE\n"
    '2026-02-02 18:30:00,"Legs, heavy",1h 5m,Squat (Barbell),W,45.0,10,0,0,,felt good,\n'
    '2026-02-02 18:30:00,"Legs, heavy",1h 5m,Squat (Barbell),1,135.0,5,0,0,slow,felt good,10\n'
    '2026-02-02 18:30:00,"Legs, heavy",1h 5m,Squat (Barbell),Rest Timer,0,0,0,120,,,\n'
    '2026-02-02 18:30:00,"Legs, heavy",1h 5m,Squat (Barbell),2,135.0,5,0,0,,felt good,8.5\n'
    '2026-02-02 18:30:00,"Legs, heavy",1h 5m,Plank,1,0,0,0,60,,felt good,\n'
    '2026-02-02 18:30:00,"Legs, heavy",1h 5m,Weird Cable Thing,1,20,12,0,0,,felt good,\n'
    "2026-02-04 18:30:00,Pull,45m,Pull Up,1,0,8,0,0,,,\n"
    "2026-02-04 18:30:00,Pull,45m,Pull Up,2,0,0,0,0,,,\n"
    "2026-02-04 18:30:00,Pull,45m,Pull Up,F,0,6,0,0,,,42\n"
)
PHONE = (
    "Workout #;Date;Workout Name;Duration (sec);Exercise Name;Set Order;Weight (kg);Reps;RPE;"
    "Distance (meters);Seconds;Notes;Workout Notes\r\n"
    '1;2026-02-02 18:30:00;Push;3600;Bench Press (Barbell);1;62,5;8;8,5;;;"wide\r\ngrip";\r\n'
)
HEVY = (
    '"title","start_time","end_time","description","exercise_title","superset_id",'
    '"exercise_notes","set_index","set_type","weight_lbs","reps","distance_miles",'
    '"duration_seconds","rpe"\n'
    '"Morning","22 Dec 2025, 08:00","22 Dec 2025, 08:37","","Bench Press (Dumbbell)",,"",0,'
    '"warmup",40,10,,,\n'
    '"Morning","22 Dec 2025, 08:00","22 Dec 2025, 08:37","","Bench Press (Dumbbell)",,"",1,'
    '"normal",60,8,,,8\n'
    '"Morning","22 Dec 2025, 08:00","22 Dec 2025, 08:37","","Running",,"",0,"normal",,,3,1500,\n'
)
IN_POUNDS = {"csv": STRONG, "unit": "lb", "timezone": "America/New_York"}


def take(user: User, **body: Any) -> dict[str, Any]:
    return tell(user, "POST", "/v1/imports", body)


def workouts(user: User) -> list[dict[str, Any]]:
    return user.client.get("/v1/workouts").json()["items"]


def test_a_dry_run_shows_what_would_be_taken_and_keeps_nothing(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        shown = take(user, **IN_POUNDS, is_dry_run=True)
        assert workouts(user) == []
        taken = take(user, **IN_POUNDS)

    assert (shown["count_workouts"], shown["count_sets"]) == (2, 6)
    assert shown["matched"]["Squat (Barbell)"] == "barbell_back_squat"
    assert shown["unmatched"] == [{"name": "Weird Cable Thing", "count_sets": 1, "first_line": 7}]
    assert [(each["line"], each["why"][:7]) for each in shown["left_out"]] == [
        (9, "neither"),
        (10, "RPE 42 "),
    ]
    assert {**shown, "is_dry_run": False, "id": taken["id"]} == taken


def test_sets_are_kept_with_unit_kind_reserve_rest_and_local_time(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        take(user, **IN_POUNDS)
        pull, legs = workouts(user)

    squat, plank = legs["exercises"]
    keys = ("kind", "reps", "weight_kg", "entered_unit", "rir", "rest_seconds")
    assert [tuple(each[key] for key in keys) for each in squat["sets"]] == [
        ("warm_up", 10, 20.41, "lb", None, None),
        ("working", 5, 61.23, "lb", 0, 120),
        ("working", 5, 61.23, "lb", 1, None),
    ]
    assert (plank["sets"][0]["dose_kind"], plank["sets"][0]["reps"]) == ("seconds", 60)
    assert legs["started_at"] == "2026-02-02T23:30:00Z"
    assert legs["ended_at"] == "2026-02-03T00:35:00Z"
    assert legs["notes"] == "Legs, heavy\nfelt good"
    assert squat["notes"] == "slow"
    assert [each["weight_kg"] for each in pull["exercises"][0]["sets"]] == [None, None]
    assert pull["exercises"][0]["sets"][1]["kind"] == "failure"


def test_the_same_file_counts_once_and_a_longer_one_brings_only_what_is_new(
    database: DatabaseUnderTest,
):
    more = "2026-02-06 18:30:00,Legs,45m,Leg Press,1,200,8,0,0,,,\n"
    with a_service(database) as service:
        user = a_user(service)
        first = take(user, **IN_POUNDS)
        again = user.client.post("/v1/imports", json=IN_POUNDS)
        longer = take(user, **{**IN_POUNDS, "csv": STRONG + more})
        count = len(workouts(user))
        entries = user.client.get("/v1/imports").json()

    assert again.status_code == 200
    assert again.json() == {**first, "is_known": True}
    assert (longer["count_workouts"], longer["count_workouts_known"]) == (1, 2)
    assert count == 3
    assert [each["count_workouts"] for each in entries] in ([1, 2], [2, 1])


def test_an_import_in_the_wrong_unit_is_undone_and_taken_anew(database: DatabaseUnderTest):
    with a_service(database) as service:
        user, bob = a_user(service), a_user(service, "bob@example.org")
        wrong = take(user, **{**IN_POUNDS, "unit": "kg"})
        assert bob.client.delete(f"/v1/imports/{wrong['id']}").status_code == 404
        assert user.client.delete(f"/v1/imports/{wrong['id']}").status_code == 204
        assert workouts(user) == []
        take(user, **IN_POUNDS)

        assert len(workouts(user)) == 2


def test_a_key_sent_twice_is_answered_the_same(database: DatabaseUnderTest):
    key = {"idempotency-key": "import-of-ada"}
    with a_service(database) as service:
        user = a_user(service)
        answers = [user.client.post("/v1/imports", json=IN_POUNDS, headers=key) for _ in "ab"]

    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


def test_hevy_tells_its_unit_and_the_profile_its_timezone(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        tell(user, "PUT", "/v1/profile", {**PROFILE, "timezone": "Europe/Berlin"})
        report = take(user, csv=HEVY)
        workout = workouts(user)[0]

    press, run = workout["exercises"]
    assert (report["source"], report["unit"], report["timezone"]) == (
        "hevy",
        "lb",
        "Europe/Berlin",
    )
    assert workout["started_at"] == "2025-12-22T07:00:00Z"
    assert [(s["kind"], s["weight_kg"], s["rir"]) for s in press["sets"]] == [
        ("warm_up", 18.14, None),
        ("working", 27.22, 2),
    ]
    assert (run["exercise_id"], run["sets"][0]["reps"]) == ("easy_run", 1500)


def test_the_form_of_phones_with_semicolons_and_commas_is_read(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        take(user, csv="\ufeff" + PHONE)
        line = workouts(user)[0]["exercises"][0]

    assert (line["sets"][0]["weight_kg"], line["sets"][0]["rir"]) == (62.5, 1)
    assert line["notes"] == "wide\ngrip"


@pytest.mark.parametrize(
    ("csv", "says"),
    [
        ("date,kg\n1,2\n", "line 1: these are not the columns"),
        (STRONG.replace("2026-02-04 18:30:00", "yesterday", 1), "line 8: Date holds 'yesterday'"),
        (STRONG.replace(",135.0,5", ",heavy,5", 1), "line 3: Weight holds 'heavy'"),
        (STRONG.replace(",135.0,5", ",-1,5", 1), "line 3: Weight holds '-1'"),
        (STRONG.replace(",135.0,5", ",nan,5", 1), "line 3: Weight holds 'nan'"),
        (STRONG.replace("Plank,1", "Plank,X", 1), "line 6: Set Order holds 'X'"),
        (STRONG + "2026-02-04 18:30:00,Pull\n", "line 11: there are 2 cells under 12 columns"),
        (STRONG + '2026-02-04 18:30:00,"Pull,45m\n', "line 11: this is no CSV"),
        (HEVY.replace('"normal"', '"hard"', 1), "line 3: set_type holds 'hard'"),
        (PHONE + "1;2026-13-02;;;;1;;;;;;;\r\n", "line 4: Date holds"),
        (STRONG + "2026-02-04 18:30:00" + ",x" * 10 + "," + "y" * 5000 + "\n", "line 11: a cell"),
    ],
)
def test_a_malformed_file_names_the_line(csv: str, says: str):
    with pytest.raises(BadInput) as raised:
        read_file(csv)
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"csv": STRONG}, "kg or lb"),
        ({**IN_POUNDS, "timezone": "Mars/Olympus"}, "no timezone Mars/Olympus"),
        ({**IN_POUNDS, "csv": "x\n"}, "line 1"),
    ],
)
def test_what_cannot_be_taken_is_a_problem_with_one_sentence(
    tmp_path, body: dict[str, Any], says: str
):
    with a_service(DatabaseUnderTest(tmp_path, ApiSettings(count_hashes_at_once=1))) as service:
        answer = a_user(service).client.post("/v1/imports", json=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]


def test_impossible_loads_and_days_to_come_are_left_out_and_told(tmp_path):
    csv = STRONG.replace(",135.0,5", ",999,5", 1).replace("2026-02-04", "2027-02-04")
    with a_service(DatabaseUnderTest(tmp_path, ApiSettings(count_hashes_at_once=1))) as service:
        report = take(a_user(service), **{**IN_POUNDS, "csv": csv, "unit": "kg"})

    assert report["count_workouts"] == 1
    assert [(each["line"], each["why"]) for each in report["left_out"]] == [
        (3, "load kg lies between 0 and 500: check the number and its unit."),
        (8, "the workout lies in the future"),
        (9, "the workout lies in the future"),
        (10, "the workout lies in the future"),
    ]


def test_a_file_that_is_too_large_is_refused(tmp_path):
    with a_service(DatabaseUnderTest(tmp_path, ApiSettings(count_hashes_at_once=1))) as service:
        user = a_user(service)
        long = user.client.post("/v1/imports", json={"csv": "x" * 4_000_001})
        huge = user.client.post("/v1/imports", json={"csv": "x" * 9_000_000})

    assert (long.status_code, huge.status_code) == (422, 413)


def test_every_alias_is_of_the_catalogue_and_known_names_find_their_exercise():
    assert [name for name in ALIASES.values() if name not in load_catalogue()] == []
    assert exercise_id_of("Bench Press (Barbell)") == "barbell_bench_press"
    assert exercise_id_of("Incline Bench Press (Dumbbell)") == "dumbbell_incline_press"
    assert exercise_id_of("Triceps Pushdown (Cable - Straight Bar)") == "cable_pressdown"
    assert exercise_id_of("Bench Press (Smith Machine)") is None
    assert exercise_id_of("Squat") is None
