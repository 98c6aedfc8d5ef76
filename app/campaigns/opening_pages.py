"""A campaign begins its preparation, opens and closes: what each will do is shown before it is done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.campaigns import service, views
from app.campaigns.access import managed_campaign
from app.campaigns.brief_letters import mail_brief_fixed, readers_of
from app.campaigns.brief_pages import closes
from app.campaigns.brief_queries import unsettled_count
from app.campaigns.contexts import ActPage
from app.campaigns.plan import PREPARATION_STEPS, StepName, step_label
from app.campaigns.timeline import moments_of, steps_of
from app.enums import CampaignStatus, StepScope
from app.errors import ErrorKind, Refused
from app.models import Campaign, Network
from app.web.deps import Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.i18n import Translator, _
from app.web.templating import render

router = APIRouter(prefix="/desk/campaigns/{slug}", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an act will do, in sentences."""

    act: str
    heading: str
    effects: Sequence[str]
    button: str
    warnings: Sequence[str] = ()
    kind: str = "primary"


@router.get("/prepare")
def before_preparation(
    request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now
) -> Response:
    """What the preparation is."""
    campaign = managed_campaign(session, actor, slug)
    if campaign.status is not CampaignStatus.DRAFT:
        raise Refused("campaign.not_draft", kind=ErrorKind.CONFLICT)
    effects = [
        speech.gettext(_("The first version of the brief is kept, and every later one.")),
        speech.gettext(
            _("You can invite cities and bring people into the working group: they read the brief and comment on it.")
        ),
        speech.gettext(_("Cities can join already.")),
        speech.gettext(_("The steps of the preparation in the time-line are done at their moments.")),
        speech.gettext(_("Nothing is public until the brief is fixed. You can change the brief until then.")),
    ]
    warnings = [*_day_over(campaign, now, speech), *_at_once(session, campaign, now, speech)]
    foreseen = Foreseen("prepare", _("Begin the preparation"), effects, _("Begin the preparation"), warnings)
    return _shown(request, actor, campaign, foreseen, speech)


@router.post("/prepare")
def begin_preparation(slug: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Begin the preparation of a draft."""
    service.begin_preparation(session, managed_campaign(session, actor, slug), actor=actor, now=now)
    return RedirectResponse(f"/desk/campaigns/{slug}?preparing=yes", status_code=303)


@router.get("/open")
def before_opening(request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now) -> Response:
    """What fixing the brief does."""
    campaign = managed_campaign(session, actor, slug)
    if campaign.status not in {CampaignStatus.DRAFT, CampaignStatus.PREPARING}:
        raise Refused("campaign.not_draft", kind=ErrorKind.CONFLICT)
    was_draft = campaign.status is CampaignStatus.DRAFT
    effects = [
        speech.gettext(_("The brief is fixed as it stands: nobody comments any more. Words, dates and limits stay as they are.")),
        speech.gettext(_("The campaign is public: its page, the countdown, and the question to residents.")),
        speech.gettext(_("This cannot be taken back.")),
    ]
    warnings = _day_over(campaign, now, speech)
    if was_draft:
        effects.append(speech.gettext(_("Nobody gets a mail. Afterwards you invite the cities.")))
        effects.append(speech.gettext(_("Steps of the preparation in the time-line are left out.")))
    else:
        effects.append(_who_hears(len(readers_of(session, campaign)), speech))
        left = unsettled_count(session, campaign.id)
        if left:
            sentence = speech.ngettext("%(count)s comment is not settled.", "%(count)s comments are not settled.", left)
            warnings.append(sentence % {"count": speech.number(left)})
        until = closes(session, campaign, speech)
        if until:
            warnings.append(speech.gettext(_("The time-line keeps it open for comments until %(moment)s.")) % {"moment": until})
    heading = _("Open at once") if was_draft else _("Fix the brief and open")
    return _shown(request, actor, campaign, Foreseen("open", heading, effects, _("Open the campaign"), warnings), speech)


@router.post("/open")
def open_campaign(slug: str, actor: CurrentActor, session: WriteSession, now: Now, runtime: RuntimeDep) -> Response:
    """Open a draft, or fix the brief that was read; those who read along hear of it."""
    campaign = managed_campaign(session, actor, slug)
    was_read = campaign.status is CampaignStatus.PREPARING
    service.open_campaign(session, campaign, actor=actor, now=now)
    if was_read:
        mail_brief_fixed(session, campaign, now=now, base_url=runtime.settings.resolved_base_url)
    return RedirectResponse(f"/desk/campaigns/{slug}?opened=yes", status_code=303)


@router.get("/close")
def before_closing(
    request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech, now: Now, runtime: RuntimeDep
) -> Response:
    """What closing does."""
    campaign = managed_campaign(session, actor, slug)
    if campaign.status is not CampaignStatus.OPEN:
        raise Refused("campaign.not_open", kind=ErrorKind.CONFLICT)
    days = runtime.settings.keep_originals_days
    today = now.astimezone(ZoneInfo(session.get_one(Network, campaign.network_id).time_zone)).date()
    kept = speech.ngettext(
        "What phones sent is kept for %(count)s more day, until %(day)s, and is then erased.",
        "What phones sent is kept for %(count)s more days, until %(day)s, and is then erased.",
        days,
    )
    effects = [
        speech.gettext(_("Nothing more is collected, and steps still to come are left out.")),
        speech.gettext(_("What was shown stays, and people can still take their contribution back.")),
        kept % {"count": speech.number(days), "day": speech.on_date(today + timedelta(days=days))},
        speech.gettext(_("A closed campaign does not open again.")),
    ]
    warnings = []
    last_on = campaign.day_on + timedelta(days=campaign.post_day_offset_days)
    if today <= last_on:
        sentence = speech.gettext(_("It was meant to go on until %(day)s."))
        warnings.append(sentence % {"day": speech.on_date(last_on)})
    foreseen = Foreseen("close", _("Close the campaign"), effects, _("Close the campaign"), warnings, "danger")
    return _shown(request, actor, campaign, foreseen, speech)


@router.post("/close")
def close_campaign(slug: str, actor: CurrentActor, session: WriteSession, now: Now, runtime: RuntimeDep) -> Response:
    """Close an open campaign."""
    campaign = managed_campaign(session, actor, slug)
    days = runtime.settings.keep_originals_days
    service.close_campaign(session, campaign, keep_originals_days=days, actor=actor, now=now)
    return RedirectResponse(f"/desk/campaigns/{slug}?closed=yes", status_code=303)


def _shown(request: Request, actor: Actor, campaign: Campaign, foreseen: Foreseen, speech: Translator) -> Response:
    back = f"/desk/campaigns/{campaign.slug}"
    page = ActPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=back,
        action=f"{back}/{foreseen.act}",
        heading=speech.gettext(foreseen.heading),
        effects=foreseen.effects,
        warnings=foreseen.warnings,
        button=speech.gettext(foreseen.button),
        kind=foreseen.kind,
    )
    return render(request, "campaigns/campaign_act.html", page)


def _who_hears(people: int, speech: Translator) -> str:
    if not people:
        return speech.gettext(_("Nobody gets a mail: no city is invited yet, and the working group is empty."))
    sentence = speech.ngettext(
        "%(count)s person gets a mail: the working group and the officers of invited cities.",
        "%(count)s people get a mail: the working group and the officers of invited cities.",
        people,
    )
    return sentence % {"count": speech.number(people)}


def _at_once(session: Session, campaign: Campaign, now: datetime, speech: Translator) -> Iterator[str]:
    """What the preparation does as soon as it has begun, since its moment is over."""
    moments = moments_of(session, campaign)
    for step in steps_of(session, campaign):
        if step.action not in PREPARATION_STEPS or step.scope is StepScope.EACH_CHAPTER or moments.once(step) > now:
            continue
        if step.action == StepName.CLOSE_PREPARATION:
            yield speech.gettext(_("The plan would have fixed the brief before now: fix it by hand when it is agreed."))
        else:
            yield speech.gettext(_("At once, since its moment is over: %(step)s")) % {"step": step_label(step.action, speech)}


def _day_over(campaign: Campaign, now: datetime, speech: Translator) -> list[str]:
    return [speech.gettext(_("The day is over"))] if views.is_over(campaign, now) else []
