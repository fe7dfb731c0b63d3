"""The keeper of the student: what is served now, and what stands in the way of serving better.

It follows the champion alias. A champion that cannot be verified or heard is refused and the one
before goes on serving; a registry that is away changes nothing. Without any student the reference
coach answers.
"""

from threading import Lock

from structlog.typing import FilteringBoundLogger

from fitsense_api.boundary import Failure, contained
from fitsense_api.student.planner import Trouble
from fitsense_api.student.served import Champion, Served, StudentSource
from fitsense_api.student.shelf import Shelf


class StudentKeeper:
    """Reads and swaps what is served; one thread at a time refreshes, any thread reads."""

    def __init__(self, source: StudentSource, shelf: Shelf, log: FilteringBoundLogger) -> None:
        self._source, self._shelf, self._log = source, shelf, log
        self.served: Served | None = None
        self.trouble: Trouble | None = None
        self._lock = Lock()

    def refresh(self, *, anew: bool = False) -> None:
        """Serve the champion of this moment, opened `anew` if asked. It never raises."""
        with self._lock:
            self._refresh(anew=anew)

    def _refresh(self, *, anew: bool) -> None:
        found = contained(self._source.champion, self._log, "read the registry")
        if isinstance(found, Failure):
            self._keep_the_last(Trouble.REGISTRY_UNREACHABLE)
        elif found is None:
            self._serve(None)
        elif self._is_served(found) and not anew:
            self.trouble = None
        else:
            self._take(found)

    def _take(self, champion: Champion) -> None:
        fetched = contained(
            lambda: self._shelf.fetch(champion), self._log, f"serve version {champion.version}"
        )
        if isinstance(fetched, Failure):
            self._keep_the_last(Trouble.BUNDLE_REFUSED)
        else:
            self._serve(fetched)

    def _keep_the_last(self, trouble: Trouble) -> None:
        if self.served is None:
            kept = contained(self._shelf.last_good, self._log, "serve the last good student")
            if isinstance(kept, Served):
                self._serve(kept)
        self.trouble = trouble

    def _serve(self, served: Served | None) -> None:
        before = self.served.version if self.served else None
        after = served.version if served else None
        self.served, self.trouble = served, None
        if before != after:
            self._log.info("student_changed", version_before=before, version=after)

    def _is_served(self, champion: Champion) -> bool:
        served = self.served
        return served is not None and (
            (served.version, served.manifest.bundle_sha256)
            == (champion.version, champion.bundle_sha256)
        )
