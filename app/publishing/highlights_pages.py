"""The best moments of a campaign for everybody, from the day on: what its manager chose, and the film of it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.assembly.queries import public_campaign
from app.enums import ProductionKind
from app.errors import NotFound
from app.models import Campaign
from app.publishing import queries
from app.publishing.contexts import FilmView, Preview
from app.publishing.film_views import captions_of, download_of
from app.publishing.highlights_contexts import HighlightsPage
from app.publishing.highlights_queries import best_moments
from app.publishing.highlights_views import BEGUN
from app.publishing.views import voice_view
from app.publishing.works_queries import works_shown
from app.web.deps import ReadSession, RuntimeDep, Speech
from app.web.i18n import Translator, _
from app.web.templating import render

KIND = ProductionKind.HIGHLIGHTS
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
        brand_href=f"{href}/brand.css",
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


def _film(session: Session, campaign: Campaign, speech: Translator) -> FilmView | None:
    """The film on top, while everybody in it agrees; what is in it hangs beneath."""
    work = works_shown(session, campaign.id, [KIND]).get(KIND)
    if work is None or work.main is None:
        return None
    shown, address = work.shown, f"/media/productions/{work.shown.public_id}"
    return FilmView(
        url=f"{address}?v={shown.version}",
        poster_url=f"{address}/poster?v={shown.version}",
        width_px=shown.width_px,
        height_px=shown.height_px,
        duration_s=shown.duration_s,
        is_final=True,  # it does not grow by itself
        count=shown.contributions,
        captions=captions_of(work.others, address),
        downloads=[download_of(work.main, address, speech)],
    )
