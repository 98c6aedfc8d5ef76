"""Renders a page from its context: strict about what is missing, in the reader's language, nothing inline."""

import hashlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from app.web.i18n import Translator, own_name, speaking, text_direction, translator
from app.words import Words

APP_DIR = Path(__file__).resolve().parents[1]
WEB_DIR = Path(__file__).resolve().parent
STATIC_DIR = WEB_DIR / "static"


class PersonLike(Protocol):
    """Who is signed in, as far as a page shows it."""

    @property
    def name(self) -> str: ...

    @property
    def email(self) -> str: ...


@lru_cache(maxsize=256)
def static(name: str) -> str:
    """The address of a static file with its version, so that it may be kept for ever."""
    digest = hashlib.sha256((STATIC_DIR / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def _say(method: str) -> Callable[..., str]:
    def filter_(*values: Any) -> str:
        return str(getattr(speaking.get(), method)(*values))

    return filter_


@pass_context
def _words(context: Context, words: Words, *others: str) -> Any:
    return speaking.get().choose(words, *(others or tuple(context.get("other_languages", ()))))


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Jinja as every page uses it: the kit's own templates, and each domain's under its name."""
    domains = {path.parent.name: FileSystemLoader(path) for path in APP_DIR.glob("*/templates") if path.parent.name != "web"}
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(WEB_DIR / "templates"), PrefixLoader(domains)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: speaking.get().gettext(message),
        lambda one, many, count: speaking.get().ngettext(one, many, count),
        newstyle=True,
    )
    env.globals.update(static=static, text_direction_of=text_direction)
    for name in ("on_date", "at_time", "number", "filesize", "duration", "language_name", "sentence", "refusal"):
        env.filters[name] = _say(name)
    env.filters["words"] = _words
    env.filters["direction"] = text_direction
    return env


def render(request: Request, template: str, context: Any, *, status: int = 200) -> HTMLResponse:
    """The page; `context` is a dataclass, its fields are the names the template may use."""
    speech = Translator(request.state.language)
    token = speaking.set(speech)
    try:
        layout, page = _page_globals(request), _as_names(context)
        if taken := layout.keys() & page.keys():
            raise ValueError(taken)  # the page would change what the layout says
        html = environment().get_template(template).render(layout | page)
    finally:
        speaking.reset(token)
    return HTMLResponse(html, status_code=status)


def render_text(template: str, language: str, context: Any) -> str:
    """A text of the catalogue's language, for mails."""
    token = speaking.set(translator(language))
    try:
        return environment().get_template(template).render({"locale": language} | _as_names(context))
    finally:
        speaking.reset(token)


def _as_names(context: Any) -> dict[str, Any]:
    if not is_dataclass(context):
        raise TypeError(context)
    return {field.name: getattr(context, field.name) for field in fields(context)}


def _page_globals(request: Request) -> dict[str, Any]:
    language = request.state.language
    query = f"?{request.url.query}" if request.url.query else ""
    person: PersonLike | None = getattr(request.state, "person", None)
    return {
        "locale": language,
        "text_direction": text_direction(language),
        "page_languages": [(tag, own_name(tag)) for tag in request.state.spoken_languages],
        "path": f"{request.url.path}{query}",
        "person": person,
        "network_name": request.app.state.network_name(language),
    }
