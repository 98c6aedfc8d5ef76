"""The page of those who live outside the cities: their voices and their form, and no day of its own."""

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.campaigns.elsewhere import keeper_of_elsewhere
from app.campaigns.rules import is_collecting
from app.enums import CampaignStatus
from app.kits.questions import question_in
from app.models import Campaign
from app.publishing import queries
from app.publishing.contexts import ElsewherePage, Preview
from app.publishing.film_views import whole_film_view
from app.publishing.queries import MemberCity
from app.publishing.views import VOICES_ON_A_PAGE, wall
from app.runtime import Runtime
from app.web.i18n import SOURCE_LANGUAGE, Translator, _
from app.web.templating import render

BEFORE = _("People from other places cannot send anything yet.")
COLLECTING = _("People who live in none of the cities can tell their story here now.")
OVER = _("The campaign is over. What people told stays here.")
LOOKED_AT = _("What people tell here is shown once somebody of “%(keeper)s” has looked at it.")


def show(
    request: Request, session: Session, runtime: Runtime, speech: Translator, *, campaign: Campaign, place: MemberCity, page: int
) -> Response:
    """The wall of other places."""
    network = queries.the_network(session)
    keeper = speech.choose(keeper_of_elsewhere(session, campaign), SOURCE_LANGUAGE).text
    found = queries.voices(
        session, campaign.id, limit=VOICES_ON_A_PAGE + 1, offset=(page - 1) * VOICES_ON_A_PAGE, city_id=place.id
    )
    total = sum(count.count for count in queries.voice_counts(session, campaign.id) if count.city_id == place.id)
    href = f"/c/{campaign.slug}"
    address = f"{href}/{place.slug}"
    base_url = runtime.settings.resolved_base_url
    context = ElsewherePage(
        network=speech.choose(network.names).text,
        contact_email=network.contact_email,
        href=href,
        title=speech.choose(campaign.title),
        message=speech.choose(campaign.message),
        question=question_in(session, runtime, campaign, [speech.language]),
        hashtag=speech.choose(campaign.hashtag).text,
        day_label=speech.on_date(campaign.day_on),
        share_href=f"{address}/share" if is_collecting(campaign, place) else None,
        phase=speech.gettext(_phase(campaign, place)),
        looked_at=speech.gettext(LOOKED_AT) % {"keeper": keeper},
        film=whole_film_view(session, campaign, place, speech),
        wall=wall(campaign, found, total=total, page=page, address=address, filters={}, speech=speech),
        preview=Preview(
            title=speech.choose(campaign.message).text,
            description=speech.gettext(_("What people from other places tell in their own words, pictures and sounds.")),
            url=f"{base_url}{address}",
            image_url=f"{base_url}{href}/card.png",
        ),
    )
    return render(request, "publishing/elsewhere.html", context)


def _phase(campaign: Campaign, place: MemberCity) -> str:
    if is_collecting(campaign, place):
        return COLLECTING
    return BEFORE if campaign.status is CampaignStatus.OPEN and place.collection_closed_at is None else OVER
