"""Every error that a user may see: where it is, what is wrong, what to do.

    ImpactError                  something a person can mend
    ├── InputInvalid             a file or a form; carries all its problems at once
    │   ├── InstrumentInvalid
    │   ├── PlanInvalid
    │   ├── DataInvalid
    │   └── AnswersInvalid       problems are keyed by form field
    ├── NotFound                 no such thing, or none that this person may know of
    ├── NotSignedIn
    ├── NotAllowed
    ├── Conflict                 the state forbids it: already there, closed, used
    ├── StoreUnavailable         busy, or the database does not answer: nothing was stored, try again
    ├── KeyMissing               the keyring outside the database is absent or does not fit
    └── SetupInvalid             environment, folders, ports, database address

Each class owns the HTTP status of a page and the exit code of a command.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: `where` it is, `what` is wrong, the `remedy`, and the form `field` if any."""

    where: str
    what: str
    remedy: str
    field: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what} {self.remedy}".strip()


class ImpactError(Exception):
    """Base of all errors shown without a traceback."""

    status = 400
    exit_code = 1
    title = "That did not work"

    def __init__(self, *problems: Problem | str) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            Problem("", p, "") if isinstance(p, str) else p for p in problems
        )
        super().__init__("\n".join(str(p) for p in self.problems))

    @classmethod
    def at(cls, where: str, what: str, remedy: str = "") -> ImpactError:
        return cls(Problem(where, what, remedy))

    @classmethod
    def raise_if(cls, problems: Iterable[Problem]) -> None:
        """Raise with all problems if there is any: never only the first one."""
        found = tuple(problems)
        if found:
            raise cls(*found)


class InputInvalid(ImpactError):
    status = 422
    exit_code = 3
    title = "Something in the input needs mending"


class InstrumentInvalid(InputInvalid):
    title = "The instrument needs mending"


class PlanInvalid(InputInvalid):
    title = "The analysis plan needs mending"


class DataInvalid(InputInvalid):
    title = "The data need mending"


class AnswersInvalid(InputInvalid):
    title = "Some answers need another look"


class NotFound(ImpactError):
    status = 404
    exit_code = 4
    title = "Not found"


class NotSignedIn(ImpactError):
    status = 401
    exit_code = 4
    title = "Please sign in"


class NotAllowed(ImpactError):
    status = 403
    exit_code = 4
    title = "Not allowed"


class Conflict(ImpactError):
    status = 409
    exit_code = 4
    title = "That is not possible now"


class StoreUnavailable(ImpactError):
    status = 503
    exit_code = 5
    title = "Please try again in a moment"


class KeyMissing(ImpactError):
    status = 503
    exit_code = 5
    title = "A key is missing"


class SetupInvalid(ImpactError):
    status = 503
    exit_code = 5
    title = "The set-up needs mending"
