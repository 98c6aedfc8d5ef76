"""A city in a campaign, for those who work there: its form, its kit, what people sent, all of it in one ZIP."""

from collections.abc import Sequence
from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.enums import CampaignStatus, Permission, Phase, SubmissionState
from app.errors import NotFound
from app.kits.downloads import archive_answer
from app.kits.order import KitOrder, form_link
from app.kits.ordering import comes_at, kit_order
from app.kits.pieces import Piece
from app.kits.queries import DeskPlace, desk_place, joined_place
from app.kits.service import FIXED_FILES, available_pieces, first_pieces
from app.models import Campaign, City
from app.moderation import presenting, queries, wording
from app.moderation.contexts import ApprovedContribution, CityPage
from app.moderation.handover import handover_archive, handover_of
from app.moderation.queries import Filter
from app.moderation.today import city_url
from app.runtime import Runtime
from app.web.deps import ReadSession, RuntimeDep, Speech
from app.web.i18n import Translator, _
from app.web.templating import render
from app.words import choose

router = APIRouter(prefix="/desk/c/{campaign}/{city}", include_in_schema=False)


@router.get("")
def show(
    request: Request,
    campaign: str,
    city: str,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    runtime: RuntimeDep,
) -> Response:
    """The city's page at the desk; before it has joined, the invitation."""
    place = desk_place(session, actor, campaign, city)
    return render(request, "moderation/city.html", _page(session, actor, place, speech, runtime))


@router.get("/all.zip")
def everything(campaign: str, city: str, actor: CurrentActor, runtime: RuntimeDep, speech: Speech) -> Response:
    """Every approved contribution whose person agrees to social media, in every format, with its texts."""
    with runtime.database.reading() as session:
        place = joined_place(session, actor, campaign, city)
        found = queries.downloadable(session, actor, campaign_id=place.campaign.id, city_id=place.city.id)
        handovers = [handover_of(session, runtime, each, language=speech.language) for each in found]
    if not handovers:
        raise NotFound("moderation.nothing_to_take")
    archive = handover_archive(handovers, runtime.storage, folder=runtime.settings.incoming_dir)
    return archive_answer(archive, f"{campaign}-{city}-contributions.zip")


def _page(session: Session, actor: Actor, place: DeskPlace, speech: Translator, runtime: Runtime) -> CityPage:
    campaign, city, base_url = place.campaign, place.city, runtime.settings.resolved_base_url
    counts = queries.counts_of(session, campaign_id=campaign.id, city_id=city.id)
    may_have_kit = place.has_joined and not city.is_elsewhere
    order = kit_order(session, runtime, place, now=runtime.now()) if may_have_kit else None
    pieces = available_pieces(order) if order else []
    first = first_pieces(order, pieces) if order else []
    kit_comes_at = comes_at(session, place.part) if may_have_kit and order is None else None
    is_kit_late = kit_comes_at is not None and kit_comes_at <= runtime.now()
    takeaways = queries.downloadable(session, actor, campaign_id=campaign.id, city_id=city.id)
    url = city_url(campaign, city)
    return CityPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        url=url,
        city=presenting.city_name(city, speech),
        campaign=speech.choose(campaign.title, *city.languages),
        campaign_href=f"/desk/campaigns/{campaign.slug}",
        message=speech.choose(campaign.message, *city.languages),
        hashtag=speech.choose(campaign.hashtag, *city.languages).text,
        day_label=speech.on_date(campaign.day_on),
        has_joined=place.has_joined,
        can_join=actor.may(Permission.JOIN_CAMPAIGN) and campaign.status.is_running,
        join_action=f"/desk/campaigns/{campaign.slug}/join",
        join_city=city.slug,
        form_link=form_link(base_url, campaign, city),
        public_link=f"{base_url}/c/{campaign.slug}/{city.slug}",
        countdown_snippet=None if city.is_elsewhere else _countdown_snippet(campaign, city, base_url),
        is_public=campaign.status.is_public,
        numbers=_numbers(counts, speech, is_elsewhere=city.is_elsewhere),
        kit_files=len(pieces) + len(first) + FIXED_FILES,
        kit_samples=_samples(url, pieces, order) if order else [],
        has_kit=order is not None,
        kit_comes=speech.at_time(kit_comes_at, city.time_zone) if kit_comes_at and not is_kit_late else None,
        kit_languages=[
            speech.gettext(sentence) % {"languages": ", ".join(speech.language_name(tag) for tag in tags)}
            for sentence, tags in (_by_language(order) if order else ())
        ],
        approved=_approved(session, actor, place, {each.submission.id for each in takeaways}, speech),
        takeaways=len(takeaways),
        can_upload=actor.may(Permission.UPLOAD_FOR_CITY) and campaign.status is CampaignStatus.OPEN and not city.is_elsewhere,
        waiting=counts.get(SubmissionState.PENDING, 0),
        is_elsewhere=city.is_elsewhere,
        report_href=f"{url}/report" if place.has_joined and place.part.phase is not Phase.PRE_DAY else None,
    )


def _countdown_snippet(campaign: Campaign, city: City, base_url: str) -> str:
    """What a web master pastes: the page that app/publishing/countdown_pages.py answers, with a name for screen readers."""
    title = f"{choose(campaign.title, city.languages).text} · {choose(city.names, city.languages).text}"
    src, looks = f"{base_url}/c/{campaign.slug}/{city.slug}/countdown", 'width="100%" height="280" style="border:0"'
    return f'<iframe src="{escape(src)}" title="{escape(title)}" {looks} loading="lazy"></iframe>'


def _numbers(counts: dict[SubmissionState, int], speech: Translator, *, is_elsewhere: bool) -> str:
    """What has come in, in a sentence."""
    came = sum(counts.values())
    if not came:
        if is_elsewhere:
            return speech.gettext("Nothing has come in yet.")
        return speech.gettext("Nothing has come in yet. Share the form's link, or begin with your own photos.")
    waiting, approved = counts.get(SubmissionState.PENDING, 0), counts.get(SubmissionState.APPROVED, 0)
    rejected, withdrawn = counts.get(SubmissionState.REJECTED, 0), counts.get(SubmissionState.WITHDRAWN, 0)
    sentences = [
        (came, speech.ngettext("%(num)s contribution has come in.", "%(num)s contributions have come in.", came)),
        (waiting, speech.ngettext("%(num)s waits for a person.", "%(num)s wait for a person.", waiting)),
        (approved, speech.ngettext("%(num)s is approved.", "%(num)s are approved.", approved)),
        (rejected, speech.ngettext("%(num)s is not shown.", "%(num)s are not shown.", rejected)),
        (withdrawn, speech.ngettext("%(num)s was taken back.", "%(num)s were taken back.", withdrawn)),
    ]
    return " ".join(presenting.counted(sentence, count, speech) for count, sentence in sentences if count)


def _samples(url: str, pieces: Sequence[Piece], order: KitOrder) -> list[str]:
    """The addresses of a few small pictures of the kit."""
    language = order.picture_languages[0]
    asked = [f"pictures/message-square.{language}.png", f"frames/square.{language}.png", f"print/poster.{language}.pdf"]
    there = {piece.path for piece in pieces}
    return [f"{url}/kit/{path}?small=true" for path in asked if path in there]


def _by_language(order: KitOrder) -> list[tuple[str, Sequence[str]]]:
    """What is in which languages: pictures come in more of them than texts do."""
    if list(order.picture_languages) == list(order.text_languages):
        return [(_("Languages: %(languages)s"), order.picture_languages)]
    said: list[tuple[str, Sequence[str]]] = [
        (_("Pictures in %(languages)s"), order.picture_languages),
        (_("Texts and note in %(languages)s"), order.text_languages),
    ]
    return [(sentence, tags) for sentence, tags in said if tags]


def _approved(
    session: Session, actor: Actor, place: DeskPlace, takeaway_ids: set[int], speech: Translator
) -> list[ApprovedContribution]:
    wanted = Filter(place.campaign.slug, place.city.slug, SubmissionState.APPROVED)
    found, _more = queries.listed(session, actor, wanted, page=1)
    previews = queries.previews(session, [each.submission.id for each in found])
    shown = []
    for each in found:
        row, preview = each.submission, previews.get(each.submission.id)
        url = presenting.contribution_url(row)
        shown.append(
            ApprovedContribution(
                href=url,
                preview_url=presenting.media_url(row, preview) if preview else None,
                kind=speech.gettext(wording.KINDS[row.kind]),
                name=presenting.sender(row, speech),
                words=presenting.shortened(presenting.words_of(row)),
                language=row.language,
                archive_href=f"{url}/all.zip" if row.id in takeaway_ids else None,
            )
        )
    return shown
