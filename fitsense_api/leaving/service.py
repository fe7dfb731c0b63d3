"""Leaving for good: the password once more, then every row of the person goes."""

from typing import Final

from fitsense_api.accounts.passwords import Passwords
from fitsense_api.accounts.principal import Principal
from fitsense_api.accounts.repository import AccountRepository
from fitsense_api.db.unit import Units
from fitsense_api.leaving.repository import Everything
from fitsense_api.operations.trail import Scribe
from fitsense_training.domain.errors import BadInput

WRONG: Final = (
    "this is not the password of this account, or too many wrong ones were tried: "
    "nothing was deleted; wait 15 minutes, then try again"
)


class Leaving:
    """Deletes accounts."""

    def __init__(self, units: Units, passwords: Passwords) -> None:
        self._units, self._passwords = units, passwords

    async def leave(self, current: Principal, password: str, scribe: Scribe) -> int:
        """Remove the person and everything they have here; returns how many rows it was.

        Their sessions and tokens are among it, so nothing they hold opens anything any more.

        Raises:
            BadInput: the password is wrong. Wrong ones count as they do at the door.
        """
        async with self._units.begin(current.user_id) as unit:
            known = await AccountRepository(unit).attempt(current.user_id)
        # Hashing takes its time, so it happens outside of any transaction.
        if not await self._passwords.is_right(password, known):
            await scribe.tell_refusal("delete_account")
            raise BadInput(WRONG)
        async with self._units.begin(current.user_id) as unit:
            count = await Everything(unit, current.user_id).remove()
            await scribe.tell(unit, "delete_account", count_rows=str(count))
        await self._units.database.forget()
        return count
