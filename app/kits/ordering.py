"""The kit of a city as it can be had at this moment: of the published version, with what may be handed out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.plan import StepName
from app.enums import StepState
from app.errors import NotFound
from app.kits.city_looks import look_of
from app.kits.contacts import contact_of
from app.kits.drawing import Press
from app.kits.embargo import embargoed_at, under_embargo
from app.kits.order import KitOrder, form_link
from app.kits.pieces import Group
from app.kits.queries import DeskPlace
from app.kits.quotes import quotes_of
from app.kits.releases import released_for
from app.kits.takings import news_for
from app.kits.version_parts import current_version, root_of
from app.models import Campaign, CampaignCity, City, StepRun, TimelineStep
from app.runtime import Runtime


def kit_order(
    session: Session, runtime: Runtime, place: DeskPlace, *, now: datetime, chosen: Sequence[str] = ()
) -> KitOrder | None:
    """What a city's kit is made for; None before a version is published to the campaign."""
    campaign, city = place.campaign, place.city
    version = current_version(session, campaign.id)
    if version is None:
        return None
    return KitOrder(
        campaign,
        city,
        form_link(runtime.settings.resolved_base_url, campaign, city),
        contact_of(session, place.network, city),
        tuple(tag for tag in campaign.languages if tag in chosen),
        root_of(session, runtime, version, city.id),
        released=released_for(session, campaign.network_id, version.toolkit_slug),
        version=version.number,
        published_at=version.published_at,
        made_on=now.astimezone(ZoneInfo(city.time_zone)).date(),
        toolkit_slug=version.toolkit_slug,
        news=news_for(session, place.part, version),
        look=look_of(session, city),
        quotes=tuple(quotes_of(session, campaign.id, city.id)),
        embargoed=embargoed_at(now, version.embargoed, day_on=campaign.day_on, time_zone=city.time_zone),
    )


def published_order(
    session: Session, runtime: Runtime, place: DeskPlace, *, now: datetime, chosen: Sequence[str] = ()
) -> KitOrder:
    """The same, for whoever takes something; NotFound `kit.not_published`."""
    order = kit_order(session, runtime, place, now=now, chosen=chosen)
    if order is None:
        raise NotFound("kit.not_published")
    return order


def is_embargoed(session: Session, campaign: Campaign, city: City, group: Group, *, now: datetime) -> bool:
    """Whether pieces of this group cannot be had yet in the city."""
    version = current_version(session, campaign.id)
    groups = version.embargoed if version else ()
    return group in embargoed_at(now, groups, day_on=campaign.day_on, time_zone=city.time_zone)


def refuse_embargoed(session: Session, campaign: Campaign, city: City, group: Group, *, now: datetime) -> None:
    """NotFound `kit.under_embargo` where pieces of this group cannot be had yet, for what shows one in passing."""
    if is_embargoed(session, campaign, city, group, now=now):
        raise under_embargo(campaign, city)


@contextmanager
def press_for(order: KitOrder, runtime: Runtime) -> Iterator[Press]:
    """Draws in the city's look, with its people's portraits at hand until it is closed."""
    with TemporaryDirectory(dir=runtime.settings.incoming_dir) as folder:
        workspace, private = Path(folder), Path(folder) / "private"
        private.mkdir()
        fetched = {quote.id: quote.pictures(runtime.storage, workspace) for quote in order.quotes}
        yield Press(
            order.toolkit,
            runtime.settings.kits_dir,
            accent=order.look.accent,
            pictures=order.look.pictures(runtime.storage, workspace),
            portraits={quote_id: path for quote_id, pictures in fetched.items() for path in pictures.values()},
            private=private,
        )


def comes_at(session: Session, part: CampaignCity) -> datetime | None:
    """When the time-line hands the city its kit, or found nothing to hand out; None where no step says so."""
    query = (
        select(StepRun.due_at)
        .join(TimelineStep, TimelineStep.id == StepRun.step_id)
        .where(
            StepRun.campaign_city_id == part.id,
            StepRun.state.in_([StepState.PLANNED, StepState.DONE]),
            StepRun.held_at.is_(None),
            TimelineStep.action == StepName.SEND_TOOLKITS.value,
        )
        .order_by(StepRun.due_at)
        .limit(1)
    )
    return session.scalar(query)
