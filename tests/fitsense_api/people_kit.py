"""A person who told everything a plan needs."""

from typing import Any

from tests.fitsense_api.kit import KitService, User, a_user

TODAY = "2026-03-02"
PROFILE: dict[str, Any] = {
    "date_of_birth": "1990-05-04",
    "sex": "female",
    "height_cm": 170,
    "activity_level": "lightly_active",
    "experience_level": "intermediate",
    "weekdays": ["mon", "wed", "fri"],
    "session_minutes": 60,
}
ANSWERS = {"answered_on": TODAY, "age": 35}


def tell(user: User, method: str, path: str, body: Any, **options: Any) -> Any:
    """Send it, expect that it is taken, and give the answer."""
    answer = user.client.request(method, path, json=body, **options)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def a_screened_user(service: KitService, email: str = "ada@example.org") -> User:
    """A person ready for a plan."""
    user = a_user(service, email)
    tell_everything(user)
    return user


def tell_everything(user: User) -> None:
    """Tell all that a plan needs."""
    tell(user, "PUT", "/v1/profile", PROFILE)
    tell(user, "PUT", "/v1/profile/goals", {"goals": ["strength", "general_health"]})
    tell(user, "PUT", "/v1/profile/equipment", {"equipment": ["dumbbells", "bench"]})
    tell(user, "PUT", f"/v1/days/{TODAY}/weight", {"weight": 70})
    tell(user, "POST", "/v1/screenings", ANSWERS)
