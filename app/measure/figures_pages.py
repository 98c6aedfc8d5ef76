"""Three questions to a city about its audience, by a link from a mail: no account, nothing kept in the browser."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from app.errors import Refused, RefusedFields
from app.measure import queries, service
from app.measure.contexts import FiguresPage, FiguresThanksPage
from app.measure.letters import days_said
from app.measure.queries import AskedFigures
from app.measure.rules import read_count
from app.measure.wording import FIGURES, number_or_not
from app.web.deps import FieldsDep, Now, ReadSession, Speech, WriteSession
from app.web.errors import field_errors
from app.web.forms import Fields
from app.web.i18n import Translator
from app.web.templating import render

router = APIRouter(prefix="/figures/{token}", include_in_schema=False)
Token = Annotated[str, Path()]


@router.get("")
def show(request: Request, token: Token, session: ReadSession, speech: Speech) -> Response:
    """The three questions, with what was given; once the campaign has closed what was given alone."""
    asked = queries.figures_by_token(session, token)
    return _private(render(request, "measure/figures.html", _page(asked, token, speech)))


@router.post("")
def give(request: Request, token: Token, fields: FieldsDep, session: WriteSession, speech: Speech, now: Now) -> Response:
    """Take the numbers; what cannot be read is asked again, with everything as it was typed."""
    asked = queries.figures_by_token(session, token)
    numbers = {each.name: _read(fields, each.name) for each in FIGURES}
    try:
        fields.refuse_if_wrong()
    except RefusedFields as refused:
        page = _page(asked, token, speech, fields=fields, refused=refused)
        return _private(render(request, "measure/figures.html", page, status=422))
    service.answer(session, asked, **numbers, now=now)
    return _private(RedirectResponse(f"/figures/{token}/thanks", status_code=303))


@router.get("/thanks")
def thanks(request: Request, token: Token, session: ReadSession, speech: Speech) -> Response:
    """They have arrived; before that, the questions."""
    asked = queries.figures_by_token(session, token)
    if asked.figures.answered_at is None:
        return _private(RedirectResponse(f"/figures/{token}", status_code=303))
    page = FiguresThanksPage(
        url=f"/figures/{token}",
        city=speech.place(asked.city.names, *asked.city.languages),
        campaign=speech.choose(asked.campaign.title),
        campaign_url=f"/c/{asked.campaign.slug}",
        given=_given(asked, speech),
        knows_any=any(each.of(asked.figures) is not None for each in FIGURES),
    )
    return _private(render(request, "measure/figures_thanks.html", page))


def _read(fields: Fields, name: str) -> int | None:
    try:
        return read_count(fields.raw(name))
    except Refused as refused:
        fields.refuse(name, refused.code, **refused.params)
        return None


def _page(
    asked: AskedFigures, token: str, speech: Translator, *, fields: Fields | None = None, refused: RefusedFields | None = None
) -> FiguresPage:
    errors = field_errors(refused, speech) if refused else []
    return FiguresPage(
        url=f"/figures/{token}",
        city=speech.place(asked.city.names, *asked.city.languages),
        campaign=speech.choose(asked.campaign.title),
        campaign_url=f"/c/{asked.campaign.slug}",
        moment=asked.figures.moment,
        days=days_said(asked.span, speech),
        typed={each.name: fields.raw(each.name) if fields else _typed(each.of(asked.figures), speech) for each in FIGURES},
        was_answered=asked.figures.answered_at is not None,
        is_closed=not service.may_answer(asked.campaign),
        given=_given(asked, speech),
        contact_email=asked.network.contact_email,
        errors=errors,
        wrong={each.field: each.sentence for each in errors},
    )


def _typed(value: int | None, speech: Translator) -> str:
    return "" if value is None else speech.number(value)


def _given(asked: AskedFigures, speech: Translator) -> list[tuple[str, str]]:
    return [(speech.gettext(each.label), number_or_not(each.of(asked.figures), speech)) for each in FIGURES]


def _private(response: Response) -> Response:
    """A page for whoever holds its link: kept by nobody, found by no search; other sites never learn its address."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # not "no-referrer": with it, browsers send "Origin: null" with this page's own form, which would be refused as cross-site
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
