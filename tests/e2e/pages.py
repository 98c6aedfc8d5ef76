"""A browser without JavaScript, as small as the test needs it: the forms of a page, filled in and sent."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import httpx


@dataclass
class Form:
    """A form as the page shows it, with what already stands in its fields."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    is_multipart: bool = False


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select: str | None = None
        self._area: str | None = None
        self._area_text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_multipart = values.get("enctype") == "multipart/form-data"
            self.forms.append(Form(values.get("action", ""), values.get("method", "get"), is_multipart=is_multipart))
        if not self.forms:
            return
        form, name = self.forms[-1], values.get("name", "")
        if name:
            form.names.add(name)
        if tag == "input" and name:
            kind = values.get("type", "text")
            if kind in {"hidden", "text", "email", "date", "number"} or "checked" in values:
                form.fields.append((name, values.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in values:
            form.fields.append((self._select, values.get("value", "")))
        elif tag == "textarea":
            self._area, self._area_text = name, ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area_text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self.forms[-1].fields.append((self._area, self._area_text.lstrip("\n")))
            self._area = None


def form_on(page: httpx.Response, action_ends: str | None = None, *, having: str | None = None) -> Form:
    """The one form of the page that goes to this address, or has this field."""
    reader = _Forms()
    reader.feed(page.text)
    path = page.url.path
    found = [
        form
        for form in reader.forms
        if (action_ends is None or (form.action or path).endswith(action_ends)) and (having is None or having in form.names)
    ]
    assert len(found) == 1, [(form.action, sorted(form.names)) for form in reader.forms]
    return found[0]


def send(
    client: httpx.Client,
    page: httpx.Response,
    form: Form,
    *,
    files: list[tuple[str, Path]] | None = None,
    named: dict[str, str] | None = None,
    **typed: str | list[str],
) -> httpx.Response:
    """Fill the form in and send it; fields that are not named stay as the page had them."""
    values: dict[str, str | list[str]] = {**(named or {}), **typed}
    unknown = set(values) - form.names
    assert unknown == set(), unknown
    data: dict[str, list[str]] = {}
    for name, value in form.fields:
        if name not in values:
            data.setdefault(name, []).append(value)
    for name, given in values.items():
        data[name] = given if isinstance(given, list) else [given]
    address = page.url.join(form.action or str(page.url))
    if not form.is_multipart:
        return client.post(address, data=data)
    parts: list[tuple[str, tuple[str | None, bytes]]] = [
        (name, (None, each.encode())) for name, many in data.items() for each in many
    ]
    parts += [(name, (path.name, path.read_bytes())) for name, path in files or []]
    return client.post(address, files=parts)
