"""PostgreSQL's own pg_dump and pg_restore, where they are installed.

Both are run as FITSENSE_API_BACKUP_URL: row-level security binds even the owner of the tables, so
only a role that passes by it (a superuser, or BYPASSRLS to dump) reads and writes all rows.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

from fitsense_training.domain.errors import BadInput

TIMEOUT_S: Final = 6 * 3600
_REVISION: Final = re.compile(r"^COPY \S*alembic_version .*?\n(\S+)\n", re.MULTILINE | re.DOTALL)
_BOUND: Final = (
    "the role of FITSENSE_API_BACKUP_URL is bound by row-level security: "
    "give the address of a superuser, or of a role with BYPASSRLS"
)


class PostgresTools:
    """The tools, for one database."""

    def __init__(self, url: URL, folder: Path | None) -> None:
        self._folder = folder
        password = url.password
        # The password goes by the environment: arguments can be read by whoever is on the machine.
        self._environment = {"PGPASSWORD": str(password)} if password else None
        bare = url.set(drivername="postgresql", password=None)
        self._address = bare.render_as_string(hide_password=False)

    def dump(self, target: Path) -> None:
        """Write everything to a file, of one moment."""
        self._run("pg_dump", "--format=custom", f"--file={target}", f"--dbname={self._address}")

    def restore(self, source: Path) -> None:
        """Put everything back in one transaction, in place of what is there."""
        once = ("--single-transaction", "--exit-on-error", "--clean", "--if-exists")
        self._run("pg_restore", *once, f"--dbname={self._address}", str(source))

    def revision_in(self, source: Path) -> str | None:
        """Which migration the tables of a dump are of."""
        told = self._run("pg_restore", "--data-only", "--table=alembic_version", "-f-", str(source))
        found = _REVISION.search(told)
        return None if found is None else found[1]

    def _run(self, tool: str, *arguments: str) -> str:
        path = shutil.which(tool, path=None if self._folder is None else str(self._folder))
        if path is None:
            raise BadInput(
                f"{tool} is not installed: install PostgreSQL's client tools, or set "
                "FITSENSE_API_POSTGRES_TOOLS to the folder they are in"
            )
        options = () if "-f-" in arguments else ("--no-password",)
        try:
            done = subprocess.run(  # noqa: S603 - our own arguments, no shell
                [path, *options, *arguments],
                env=self._environment,
                capture_output=True,
                text=True,
                check=True,
                timeout=TIMEOUT_S,
            )
        except subprocess.CalledProcessError as error:
            if "row-level security" in error.stderr:
                raise BadInput(_BOUND) from error
            said = "; ".join(error.stderr.split("\n")[:3]).strip("; ") or "it said nothing"
            raise BadInput(f"{tool} failed: {said[:300]}") from error
        except subprocess.TimeoutExpired as error:
            raise BadInput(f"{tool} did not end within {TIMEOUT_S} s: try again") from error
        return done.stdout
