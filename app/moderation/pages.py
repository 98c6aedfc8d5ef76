"""The desk: what to do today, the queue, one contribution, all of them."""

from collections.abc import Iterable
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor, require
from app.accounts.desk import desk_nav
from app.enums import Permission, SubmissionState
from app.errors import NotFound
from app.models import City
from app.moderation import city_pages, contribution_pages, presenting, queries, wording
from app.moderation.contexts import HomePage, ListPage, QueueEmptyPage
from app.moderation.queries import Filter
from app.moderation.today import home_places, things_to_do
from app.network.elsewhere import chapters_of_elsewhere
from app.web.deps import Now, ReadSession, RuntimeDep, Speech
from app.web.i18n import Translator
from app.web.media import serve_captions, serve_file
from app.web.templating import render

STRIP_LENGTH = 12

router = APIRouter(include_in_schema=False)
router.include_router(contribution_pages.router)
router.include_router(city_pages.router)


@router.get("/desk")
def home(request: Request, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now) -> Response:
    """At most three things to do today, and beneath them what waits."""
    strip = queries.waiting(session, actor, limit=STRIP_LENGTH, from_elsewhere=False)
    from_elsewhere = queries.waiting_from_elsewhere(session, actor)
    others = queries.waiting(session, actor, limit=STRIP_LENGTH, from_elsewhere=True) if from_elsewhere else []
    previews = queries.previews(session, [each.submission.id for each in (*strip, *others)])
    page = HomePage(
        desk_nav=desk_nav(actor, speech, "today"),
        items=things_to_do(session, actor, speech, now=now),
        strip=presenting.strip_items(strip, previews, speech),
        waiting=len(queries.waiting_ids(session, actor)) - from_elsewhere,
        elsewhere_strip=presenting.strip_items(others, previews, speech),
        from_elsewhere=from_elsewhere,
        places=home_places(session, actor, speech),
    )
    return render(request, "moderation/home.html", page)


@router.get("/desk/queue")
def next_waiting(
    request: Request, actor: CurrentActor, session: ReadSession, speech: Speech, after: str | None = None
) -> Response:
    """The contribution that has waited longest; `after` is the one just decided, for its undo."""
    require(actor, Permission.MODERATE)
    waiting = queries.waiting_ids(session, actor)
    if waiting:
        query = f"?{urlencode({'after': after})}" if after else ""
        return RedirectResponse(f"/desk/contributions/{waiting[0]}{query}", status_code=303)
    undo = contribution_pages.undo_of(session, actor, after)
    return render(request, "moderation/queue_empty.html", QueueEmptyPage(desk_nav(actor, speech, "queue"), undo))


@router.get("/desk/contributions")
def all_contributions(
    request: Request,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    campaign: str = "",
    city: str = "",
    state: str = "",
    page: int = 1,
) -> Response:
    """Every contribution of this person's cities, by campaign, city and state."""
    require(actor, Permission.MODERATE)
    wanted = Filter(campaign or None, city or None, SubmissionState(state) if state in set(SubmissionState) else None)
    rows, has_more = queries.listed(session, actor, wanted, page=max(1, page))
    previews = queries.previews(session, [each.submission.id for each in rows])
    chosen = {"campaign": campaign, "city": city, "state": state}
    further = urlencode({key: value for key, value in chosen.items() if value} | {"page": max(1, page) + 1})
    campaigns, cities = _places(session, actor, speech)
    return render(
        request,
        "moderation/list.html",
        ListPage(
            desk_nav=desk_nav(actor, speech, "queue"),
            rows=[presenting.listed(each, previews.get(each.submission.id), speech) for each in rows],
            campaigns=campaigns,
            cities=cities,
            states=[(each.value, speech.gettext(label)) for each, label in wording.STATES.items()],
            **chosen,
            waiting=len(queries.waiting_ids(session, actor)),
            next_href=f"/desk/contributions?{further}" if has_more else None,
        ),
    )


def _places(session: ReadSession, actor: Actor, speech: Translator) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    campaigns, places = queries.places_with_contributions(session, actor)
    chapters = chapters_of_elsewhere(session, [each.id for each in places])

    def option(city: City) -> tuple[str, str]:
        name, chapter = presenting.city_name(city, speech).text, chapters.get(city.id)
        return city.slug, f"{name}, {speech.choose(chapter, 'en')}" if chapter else name

    def by_name(cities: Iterable[City]) -> list[tuple[str, str]]:
        return sorted(map(option, cities), key=lambda pair: pair[1].casefold())

    return (
        [(each.slug, speech.choose(each.title).text) for each in campaigns],
        by_name(each for each in places if not each.is_elsewhere) + by_name(each for each in places if each.is_elsewhere),
    )


@router.get("/desk/media/{public_id}/captions.vtt")
def spoken_words(public_id: str, actor: CurrentActor, session: ReadSession) -> Response:
    """What is said in a contribution, for the player at the desk."""
    return serve_captions(queries.captions_of(session, actor, public_id))


@router.get("/desk/media/{public_id}/{format_name}-{role}")
def media(
    request: Request,
    public_id: str,
    format_name: str,
    role: str,
    actor: CurrentActor,
    session: ReadSession,
    runtime: RuntimeDep,
) -> Response:
    """A prepared file to look at or listen to; originals have no address."""
    file = queries.viewable_file(session, actor, public_id, format_name, role)
    if file is None:
        raise NotFound("media.missing")
    return serve_file(
        request,
        runtime.storage,
        key=file.artefact.storage_key,
        media_type=file.artefact.media_type,
        size_bytes=file.artefact.size_bytes,
        tag=file.artefact.sha256,
    )
