"""The best moments of a campaign for everybody, from the day on: what its manager chose, and the film of it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.assembly.queries import public_campaign
from app.assembly.works_views import SHAPES, shape_of
from app.enums import Phase, ProductionKind
from app.errors import NotFound
from app.models import Campaign
from app.publishing import queries
from app.publishing.contexts import FilmDownload, FilmView, Preview
from app.publishing.highlights_contexts import HighlightsPage
from app.publishing.highlights_queries import best_moments, has_best_moments
from app.publishing.views import voice_view
from app.publishing.works_queries import files_shown, main_shown
from app.web.deps import ReadSession, RuntimeDep, Speech
from app.web.i18n import Translator, _
from app.web.templating import render

KIND = ProductionKind.HIGHLIGHTS
BEGUN = frozenset({Phase.DAY, Phase.POST_DAY})
SAID = _("The best moments of %(campaign)s, from cities that say the same thing in many voices.")

router = APIRouter(include_in_schema=False)


@router.get("/c/{campaign}/highlights")
def page(campaign: str, request: Request, session: ReadSession, runtime: RuntimeDep, speech: Speech) -> Response:
    """All of them, large, in the order in which they were hung."""
    network, found = queries.the_network(session), public_campaign(session, campaign)
    voices = best_moments(session, found) if found.phase in BEGUN else []
    views = [view for voice in voices if (view := voice_view(found, voice, speech))]
    if not views:
        raise NotFound("highlights.not_yet")
    base, href = runtime.settings.resolved_base_url, f"/c/{found.slug}"
    title = speech.choose(found.title)
    context = HighlightsPage(
        network=speech.choose(network.names).text,
        campaign_href=href,
        title=title,
        message=speech.choose(found.message),
        hashtag=speech.choose(found.hashtag).text,
        day_label=speech.on_date(found.day_on),
        voices=views,
        city_count=len({voice.city_slug for voice in voices}),
        film=_film(session, found, speech),
        preview=Preview(
            title=f"{speech.gettext('Best moments')} · {title.text}",
            description=speech.gettext(SAID) % {"campaign": title.text},
            url=f"{base}{href}/highlights",
            image_url=f"{base}{href}/card.png",
        ),
    )
    return render(request, "publishing/highlights.html", context)


def highlights_href(session: Session, campaign: Campaign) -> str | None:
    """Where the best moments hang; None while there is nothing to see."""
    is_there = campaign.phase in BEGUN and has_best_moments(session, campaign)
    return f"/c/{campaign.slug}/highlights" if is_there else None


def booklet_href(session: Session, campaign: Campaign) -> str | None:
    """The booklet, from the day on; None while there is none that everybody in it agrees to."""
    shown = queries.shown_productions(session, campaign.id, ProductionKind.BOOKLET).get(None)
    if campaign.phase not in BEGUN or shown is None or not shown.whole:
        return None
    return f"/media/productions/{shown.public_id}?v={shown.version}"


def _film(session: Session, campaign: Campaign, speech: Translator) -> FilmView | None:
    """The film on top, while everybody in it agrees; what is in it hangs beneath."""
    shown = queries.shown_productions(session, campaign.id, KIND).get(None)
    main = main_shown(session, campaign.id, KIND)
    if shown is None or not shown.whole or main is None:
        return None
    address, shape = f"/media/productions/{shown.public_id}", shape_of(main.width_px or 1, main.height_px or 1)
    return FilmView(
        url=f"{address}?v={shown.version}",
        poster_url=f"{address}/poster?v={shown.version}",
        width_px=shown.width_px,
        height_px=shown.height_px,
        duration_s=shown.duration_s,
        is_final=True,  # it does not grow by itself
        count=shown.contributions,
        captions=[
            (f"{address}/{each.name}?v={each.sha256[:12]}", each.language)
            for each in files_shown(session, campaign.id, KIND)
            if each.language
        ],
        downloads=[FilmDownload(speech.gettext(SHAPES[shape]), f"{address}?download=1", main.size_bytes)],
    )
