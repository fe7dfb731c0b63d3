"""What a person is to the service is decided by whoever runs it, at a terminal."""

from dataclasses import replace

from fitsense_api.accounts.repository import AccountRepository
from fitsense_api.db.models.accounts import Role
from fitsense_api.db.unit import Units
from fitsense_api.operations.trail import Scribe
from fitsense_training.domain.errors import BadInput, UnknownName


async def set_role(units: Units, email: str, role: str, scribe: Scribe) -> str:
    """Make the person of this e-mail a user, a reviewer or an admin; a sentence that says so.

    Raises:
        BadInput: there is no such role.
        UnknownName: there is no such person.
    """
    if role not in set(Role):
        raise BadInput(f"there is no role {role}: take one of {', '.join(Role)}")
    async with units.begin() as unit:
        accounts = AccountRepository(unit)
        user = await accounts.by_email(email.strip().lower())
        if user is None:
            raise UnknownName("nobody has an account with this e-mail: let them sign up first")
        await accounts.set_role(user, Role(role))
        await replace(scribe, actor="operator", user_id=user.id).tell(unit, "set_role", role=role)
    return f"{user.id} is now: {role}"
