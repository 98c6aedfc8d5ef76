"""Reads the fields of a form into values, collecting every refusal so that all of them are said at once."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from app.errors import Refused, RefusedFields

E = TypeVar("E", bound=StrEnum)
FORM_TOKEN = "form_token"  # noqa: S105 - the name of the hidden field


def new_form_token() -> str:
    """The name of one form as it was handed out; sending it twice is sending it once."""
    return secrets.token_urlsafe(16)


class Fields:
    """The values somebody typed; reading one notes what is wrong with it, `refuse_if_wrong` says it."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        # PostgreSQL keeps no NUL, and nobody types one
        self.values = {name: [value.replace("\0", "") for value in typed] for name, typed in values.items()}
        self.refusals: list[Refused] = []

    def refuse(self, field: str, code: str, /, **params: Any) -> None:
        """Note that a field cannot be taken."""
        self.refusals.append(Refused(code, field=field, **params))

    def raw(self, name: str) -> str:
        """What was typed, as it was."""
        values = self.values.get(name)
        return values[0] if values else ""

    def many(self, name: str) -> list[str]:
        """Every value of a field that may be ticked several times."""
        return list(self.values.get(name, ()))

    def sha256(self, *, person_id: int) -> str | None:
        """What a row keeps of the form that made it, so that a double click makes one row; None for a form without a token.

        The values count too: who goes back, writes something else and sends it again has written something else.
        """
        if not self.raw(FORM_TOKEN):
            return None
        return hashlib.sha256(json.dumps([person_id, sorted(self.values.items())]).encode()).hexdigest()

    def text(self, name: str, *, required: bool = True, max_chars: int = 500) -> str:
        """One text without spaces around it; line ends become one kind."""
        value = self.raw(name).replace("\r\n", "\n").strip()
        if required and not value:
            self.refuse(name, "form.required")
        if len(value) > max_chars:
            self.refuse(name, "form.too_long", limit_chars=max_chars, actual_chars=len(value))
        return value

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked, or a yes/no question answered with yes."""
        return self.raw(name) in {"yes", "on", "true", "1"}

    def whole_number(self, name: str, *, at_least: int, at_most: int) -> int:
        """A whole number within bounds; `at_least` stands in for one that was refused."""
        value = self.raw(name).strip()
        try:
            number = int(value)
        except ValueError:
            self.refuse(name, "form.not_a_number")
            return at_least
        if not at_least <= number <= at_most:
            self.refuse(name, "form.out_of_range", at_least=at_least, at_most=at_most)
        return number

    def day(self, name: str) -> date:
        """A date as browsers send it; the earliest date stands in for one that was refused."""
        try:
            return date.fromisoformat(self.raw(name).strip())
        except ValueError:
            self.refuse(name, "form.not_a_date")
            return date.min

    def one_of(self, name: str, choices: type[E]) -> E:
        """One value of a closed list; its first stands in for one that was refused."""
        try:
            return choices(self.raw(name))
        except ValueError:
            self.refuse(name, "form.not_a_choice")
            return next(iter(choices))

    def refuse_if_wrong(self) -> None:
        """Raise every refusal noted so far."""
        if self.refusals:
            raise RefusedFields(self.refusals)
