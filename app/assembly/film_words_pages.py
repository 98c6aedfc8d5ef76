"""Translations of what is said and written in a city's film: the original stands, a named person answers for each translation."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.deps import CurrentActor
from app.assembly.film_views import caption_languages, film_place, film_url
from app.assembly.film_words import save_words
from app.assembly.film_words_views import film_words_page, language_for, read_words
from app.errors import Refused, RefusedFields
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech
from app.web.templating import render

router = APIRouter(prefix="/words", include_in_schema=False)


@router.get("")
def show(
    request: Request,
    campaign: str,
    city: str,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    language: Annotated[str, Query(max_length=35)] = "",
    saved: Annotated[int | None, Query(ge=0, le=10_000)] = None,
) -> Response:
    """Everything with words in the film, each with its translation into one language."""
    place = film_place(session, actor, campaign, city)
    into = language_for(session, place, language)
    return render(request, "assembly/film_words.html", film_words_page(session, actor, place, into, speech, saved=saved))


@router.post("")
def save(
    request: Request,
    campaign: str,
    city: str,
    actor: CurrentActor,
    fields: FieldsDep,
    runtime: RuntimeDep,
    speech: Speech,
    now: Now,
) -> Response:
    """Save all that was changed; `confirm` names one that holds although nobody changed it."""
    typed, language = read_words(fields), fields.raw("language")
    confirmed = fields.raw("confirm") or None
    with runtime.database.reading() as session:
        place = film_place(session, actor, campaign, city)
    if language not in caption_languages(place):
        raise Refused("form.not_a_choice", field="language")
    try:
        with runtime.database.writing() as session:
            count = save_words(session, place, language, typed, confirmed=confirmed, person_id=actor.person_id, now=now)
    except RefusedFields as refused:
        with runtime.database.reading() as session:
            page = film_words_page(session, actor, place, language, speech, typed=typed, refused=refused)
        return render(request, "assembly/film_words.html", page, status=422)
    anchor = f"#said-{confirmed}" if confirmed in typed else ""
    return RedirectResponse(f"{film_url(place)}/words?language={language}&saved={count}{anchor}", status_code=303)
