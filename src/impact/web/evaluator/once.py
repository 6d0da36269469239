"""A form that is sent a second time (a reload, a double click) does its work only once."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict


class UsedForms:
    """Remembers, per sign-in, which forms were sent.

    Kept in memory, in one process: a restart forgets it, and then a reload of an old page asks the evaluator
    first anyway. Bounded: `forms` for each of `people`, the oldest are forgotten first.
    """

    def __init__(self, people: int = 1000, forms: int = 200) -> None:
        self._people, self._forms = people, forms
        self._used: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()
        self._lock = threading.Lock()

    @staticmethod
    def new() -> str:
        """A value for the form's hidden field."""
        return secrets.token_urlsafe(16)

    def take(self, person: str, form: str) -> bool:
        """True the first time; False for a form that was sent already, or that carries no value."""
        if not form or len(form) > 64:
            return False
        with self._lock:
            mine = self._used.setdefault(person, OrderedDict())
            self._used.move_to_end(person)
            if form in mine:
                return False
            mine[form] = None
            while len(mine) > self._forms:
                mine.popitem(last=False)
            while len(self._used) > self._people:
                self._used.popitem(last=False)
            return True

    def give_back(self, person: str, form: str) -> None:
        """What the form asked for did not happen: it may be sent again."""
        with self._lock:
            self._used.get(person, OrderedDict()).pop(form, None)
