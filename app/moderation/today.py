"""The desk's first page: at most three things to do today, as sentences with one act each."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import cities_where
from app.campaigns.brief_queries import briefs_with_comments, unread_briefs
from app.campaigns.missing_queries import standings
from app.enums import Permission
from app.mail.queries import not_arrived
from app.models import Campaign, CampaignCity, City
from app.moderation import queries
from app.moderation.contexts import HomePlace, TodayItem
from app.moderation.presenting import city_name
from app.web.i18n import Translator

AT_MOST = 3
PLACES_SHOWN = 12
MAILS_LOOKED_BACK = timedelta(days=7)
Place = tuple[Campaign, City, CampaignCity]


def things_to_do(session: Session, actor: Actor, speech: Translator, *, now: datetime) -> list[TodayItem]:
    """The most pressing things of this person, the most pressing first."""
    return list(islice(_candidates(session, actor, speech, now), AT_MOST))


def home_places(session: Session, actor: Actor, speech: Translator) -> list[HomePlace]:
    """The pages of this person's cities; a manager, whose cities are too many for a list, finds them by campaign."""
    places = queries.places(session, actor, Permission.DOWNLOAD)
    if len(places) > PLACES_SHOWN:
        return []
    return [
        HomePlace(
            href=city_url(campaign, city),
            city=city_name(city, speech),
            campaign=speech.choose(campaign.title, *city.languages),
            has_joined=part.joined_at is not None,
        )
        for campaign, city, part in places
    ]


def city_url(campaign: Campaign, city: City) -> str:
    """A city's page at the desk."""
    return f"/desk/c/{campaign.slug}/{city.slug}"


def _candidates(session: Session, actor: Actor, speech: Translator, now: datetime) -> Iterator[TodayItem]:
    if actor.may(Permission.MANAGE_CAMPAIGNS):
        yield from _broken(session, actor, speech)
    if actor.may(Permission.MANAGE_NETWORK):
        yield from _mails(session, actor, speech, now)
    yield from _waiting(session, actor, speech)
    places = queries.places(session, actor, Permission.DOWNLOAD)
    yield from _briefs(session, actor, speech)
    if actor.may(Permission.MANAGE_CAMPAIGNS):
        yield from _unfixed(session, actor, speech, now)
        yield from _comments(session, actor, speech)
    if actor.is_manager or not actor.may(Permission.JOIN_CAMPAIGN):
        yield from _missing(session, actor, speech, places, now)
    else:
        yield from _invitations(speech, places)
        yield from _coming(speech, places, now)
    if actor.may(Permission.MANAGE_CAMPAIGNS):
        yield from _drafts(session, actor, speech)


def _broken(session: Session, actor: Actor, speech: Translator) -> Iterator[TodayItem]:
    for campaign, count in queries.given_up_steps(session, actor):
        sentence = speech.ngettext(
            "A step of “%(campaign)s” could not be done.", "%(num)s steps of “%(campaign)s” could not be done.", count
        )
        yield TodayItem(
            sentence=sentence % {"num": speech.number(count), "campaign": speech.choose(campaign.title).text},
            detail=speech.gettext("It was tried several times. You can have it done now, or leave it out."),
            action_label=speech.gettext("See the time-line"),
            action_href=f"/desk/campaigns/{campaign.slug}/timeline",
        )


def _mails(session: Session, actor: Actor, speech: Translator, now: datetime) -> Iterator[TodayItem]:
    mails = not_arrived(session, actor.network_id, since=now - MAILS_LOOKED_BACK)
    if mails:
        sentence = speech.ngettext("A mail may not have arrived.", "%(num)s mails may not have arrived.", mails)
        yield TodayItem(
            sentence=sentence % {"num": speech.number(mails)},
            detail=speech.gettext("The mailbox says why, and sends again where that makes sense."),
            action_label=speech.gettext("Open the mailbox"),
            action_href="/desk/mails",
        )


def _briefs(session: Session, actor: Actor, speech: Translator) -> Iterator[TodayItem]:
    for campaign in unread_briefs(session, actor):
        yield TodayItem(
            sentence=speech.gettext("“%(campaign)s” is in preparation: its brief waits for you.")
            % {"campaign": speech.choose(campaign.title).text},
            detail=speech.gettext("Read it, and say what would work where you live, and what would not."),
            action_label=speech.gettext("Read the brief"),
            action_href=f"/desk/campaigns/{campaign.slug}/brief",
        )


def _unfixed(session: Session, actor: Actor, speech: Translator, now: datetime) -> Iterator[TodayItem]:
    """Campaigns still in preparation while people should already be able to send."""
    for campaign in queries.preparing(session, actor):
        opens_on = campaign.day_on + timedelta(days=campaign.pre_day_offset_days)
        if now.date() >= opens_on:
            yield TodayItem(
                sentence=speech.gettext("“%(campaign)s” is still in preparation: nothing of it is public.")
                % {"campaign": speech.choose(campaign.title).text},
                detail=speech.gettext("By its plan people could send from %(day)s.") % {"day": speech.on_date(opens_on)},
                action_label=speech.gettext("Fix the brief and open"),
                action_href=f"/desk/campaigns/{campaign.slug}/open",
            )


def _comments(session: Session, actor: Actor, speech: Translator) -> Iterator[TodayItem]:
    for campaign, count in briefs_with_comments(session, actor):
        sentence = speech.ngettext(
            "One comment on the brief of “%(campaign)s” waits for you.",
            "%(num)s comments on the brief of “%(campaign)s” wait for you.",
            count,
        )
        yield TodayItem(
            sentence=sentence % {"num": speech.number(count), "campaign": speech.choose(campaign.title).text},
            detail=speech.gettext("The day is %(day)s.") % {"day": speech.on_date(campaign.day_on)},
            action_label=speech.gettext("Read the comments"),
            action_href=f"/desk/campaigns/{campaign.slug}/brief",
        )


def _waiting(session: Session, actor: Actor, speech: Translator) -> Iterator[TodayItem]:
    count, since = queries.oldest_wait(session, actor)
    if count and since is not None:
        sentence = speech.ngettext("One contribution waits for you.", "%(num)s contributions wait for you.", count)
        yield TodayItem(
            sentence=sentence % {"num": speech.number(count)},
            detail=speech.gettext("The oldest came on %(day)s.") % {"day": speech.on_date(since)},
            action_label=speech.gettext("Look at it") if count == 1 else speech.gettext("Look at them"),
            action_href="/desk/queue",
        )


def _invitations(speech: Translator, places: list[Place]) -> Iterator[TodayItem]:
    for campaign, city, part in places:
        if part.joined_at is None:
            yield TodayItem(
                sentence=speech.gettext("%(city)s is invited to “%(campaign)s”.") % _names(campaign, city, speech),
                detail=speech.gettext("The day is %(day)s.") % {"day": speech.on_date(campaign.day_on)},
                action_label=speech.gettext("Look and join"),
                action_href=city_url(campaign, city),
            )


def _coming(speech: Translator, places: list[Place], now: datetime) -> Iterator[TodayItem]:
    for campaign, city, part in places:
        days = (campaign.day_on - now.astimezone(ZoneInfo(city.time_zone)).date()).days
        if part.joined_at is None or days < 0:
            continue
        names = _names(campaign, city, speech) | {"num": speech.number(days), "day": speech.on_date(campaign.day_on)}
        sentence = (
            speech.gettext("Today is the day of “%(campaign)s” in %(city)s.")
            if days == 0
            else speech.ngettext(
                "“%(campaign)s” is tomorrow in %(city)s.", "“%(campaign)s” is in %(num)s days in %(city)s.", days
            )
        )
        yield TodayItem(
            sentence=sentence % names,
            detail=_sentence_case(speech.gettext("%(day)s. The kit with your city's name is ready.") % names),
            action_label=speech.gettext("Open your city's page"),
            action_href=city_url(campaign, city),
        )


def _missing(session: Session, actor: Actor, speech: Translator, places: list[Place], now: datetime) -> Iterator[TodayItem]:
    theirs = cities_where(actor, Permission.MANAGE_CAMPAIGNS)
    today = now.date()
    campaigns = {each.id: each for each, _city, _part in places}.values()
    for campaign in sorted(
        campaigns, key=lambda each: (each.day_on < today, abs(each.day_on - today))
    ):  # what can still be mended
        count = sum(bool(each.missing) for each in standings(session, campaign, theirs, now=now))
        day = speech.gettext("The day was %(day)s.") if campaign.day_on < today else speech.gettext("The day is %(day)s.")
        if count:
            sentence = speech.ngettext(
                "One city misses something in “%(campaign)s”.", "%(num)s cities miss something in “%(campaign)s”.", count
            )
            yield TodayItem(
                sentence=sentence % {"num": speech.number(count), "campaign": speech.choose(campaign.title).text},
                detail=day % {"day": speech.on_date(campaign.day_on)},
                action_label=speech.gettext("See who is missing"),
                action_href=f"/desk/campaigns/{campaign.slug}/missing",
            )


def _drafts(session: Session, actor: Actor, speech: Translator) -> Iterator[TodayItem]:
    for campaign in queries.drafts(session, actor):
        yield TodayItem(
            sentence=speech.gettext("“%(campaign)s” is a draft.") % {"campaign": speech.choose(campaign.title).text},
            detail=speech.gettext("The day is %(day)s.") % {"day": speech.on_date(campaign.day_on)},
            action_label=speech.gettext("Go on planning"),
            action_href=f"/desk/campaigns/{campaign.slug}",
        )


def _sentence_case(sentence: str) -> str:
    """Days begin with a small letter in many languages, sentences do not."""
    return sentence[:1].upper() + sentence[1:]


def _names(campaign: Campaign, city: City, speech: Translator) -> dict[str, str]:
    return {"city": city_name(city, speech).text, "campaign": speech.choose(campaign.title, *city.languages).text}
