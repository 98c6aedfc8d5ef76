"""Makes what the pages of campaigns show out of rows."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.campaigns.brief_fields import WORDS_FIELDS
from app.campaigns.contexts import (
    FORMAT_WORDS,
    KIND_WORDS,
    PHASE_WORDS,
    STATUS_WORDS,
    CampaignLine,
    CampaignView,
    DayLine,
    Moment,
    OwnPlace,
    PlaceGroup,
    PlaceLine,
    Places,
)
from app.campaigns.plan import step_label
from app.campaigns.queries import cities_in, cities_with_officers, contribution_counts, invited_cities, next_by_place, runs_of
from app.campaigns.rules import day_begins_at
from app.campaigns.sdgs import sdg_labels
from app.campaigns.year import ends_on, next_on
from app.enums import CampaignStatus, Phase, SubmissionKind
from app.models import Campaign, Chapter, City, InternationalDay
from app.web.i18n import Translator, _, babel_locale
from app.words import Chosen, Words


def sorting_key(name: str) -> str:
    """Letters without their accents, so that Évora stands at E."""
    return "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each)).casefold()


def named_languages(tags: Iterable[str], speech: Translator) -> list[tuple[str, str]]:
    """Languages by name; where two tags have one name, such as two ways to write it, the tag tells them apart."""
    names = {tag: speech.language_name(tag) for tag in tags}
    shared = Counter(names.values())
    said = [(tag, name if shared[name] == 1 or "-" not in tag else f"{name} ({tag})") for tag, name in names.items()]
    return sorted(said, key=lambda pair: sorting_key(pair[1]))


def local_moment(instant: datetime, time_zone: str, speech: Translator) -> str:
    """What calendars and clocks there show, to the minute."""
    local = instant.astimezone(ZoneInfo(time_zone))
    return f"{speech.on_date(local)}, {local:%H:%M}"


def toolkit_name(slug: str) -> str:
    """A toolkit's slug in a form to be read."""
    return slug.replace("-", " ").capitalize()


def campaign_line(
    campaign: Campaign, counts: tuple[int, int], speech: Translator, *, chapter: Chapter | None = None, runs_it: bool = True
) -> CampaignLine:
    """A campaign in a list."""
    return CampaignLine(
        title=speech.choose(campaign.title),
        chapter=speech.choose(chapter.names) if chapter else None,
        runs_it=runs_it,
        href=f"/desk/campaigns/{campaign.slug}",
        day_on=campaign.day_on,
        stands=stands(campaign, speech),
        invited=counts[0],
        joined=counts[1],
    )


def day_line(day: InternationalDay, today: date, speech: Translator) -> DayLine:
    """A day that a campaign can be made for."""
    begins_on = next_on(day, today)
    return DayLine(
        name=speech.choose(day.names),
        next_on=begins_on,
        until=ends_on(day, begins_on) if day.length_days > 1 else None,
        proclaimed_by=speech.gettext(day.proclaimed_by) if day.proclaimed_by else None,
        since_year=day.since_year,
        href=f"/desk/campaigns/new?day={day.slug}",
    )


def stands(campaign: Campaign, speech: Translator) -> str:
    """How a campaign stands: the phase of one that is open, else its status."""
    if campaign.status is CampaignStatus.OPEN and campaign.phase is not None:
        return speech.gettext(PHASE_WORDS[campaign.phase])
    return speech.gettext(STATUS_WORDS[campaign.status])


def campaign_view(campaign: Campaign, speech: Translator) -> CampaignView:
    """A campaign as its brief shows it."""
    every: list[Words] = [getattr(campaign, name) for name in WORDS_FIELDS]
    written = [words for words in every if words.texts[words.source]]  # some may be left empty
    opens_on = campaign.day_on + timedelta(days=campaign.pre_day_offset_days)
    ends_on = campaign.day_on + timedelta(days=campaign.post_day_offset_days)
    has_length = campaign.allows(SubmissionKind.CLIP) or campaign.allows(SubmissionKind.SOUND)
    return CampaignView(
        slug=campaign.slug,
        title=speech.choose(campaign.title),
        message=speech.choose(campaign.message),
        objective=speech.choose(campaign.objective),
        audience=chosen_if_any(campaign.audience, speech),
        approach=chosen_if_any(campaign.approach, speech),
        question=speech.choose(campaign.question),
        hashtag=speech.choose(campaign.hashtag),
        sdgs=sdg_labels(campaign.sdgs, speech),
        collects_elsewhere=campaign.collects_elsewhere,
        status=campaign.status,
        stands=stands(campaign, speech),
        day_on=campaign.day_on,
        opens_on=opens_on,
        ends_on=ends_on,
        languages=[speech.language_name(tag) for tag in campaign.languages],
        without_words=[
            speech.language_name(tag) for tag in campaign.languages if any(not words.texts.get(tag) for words in written)
        ],
        kinds=[speech.gettext(KIND_WORDS[kind]) for kind in SubmissionKind if campaign.allows(kind)],
        max_clip_s=campaign.max_clip_s if has_length else None,
        max_text_chars=campaign.max_text_chars,
        formats=[speech.gettext(FORMAT_WORDS[name]) if name in FORMAT_WORDS else name for name in campaign.formats],
        toolkit_name=toolkit_name(campaign.toolkit_slug),
        moments=_moments(campaign, opens_on, ends_on, speech),
        is_public=campaign.status.is_public,
        originals_until_on=campaign.originals_until_on if campaign.status is CampaignStatus.CLOSED else None,
    )


def chosen_if_any(words: Words, speech: Translator) -> Chosen | None:
    """Words that may have been left empty."""
    return speech.choose(words) if words.texts[words.source] else None


def _moments(campaign: Campaign, opens_on: date, ends_on: date, speech: Translator) -> list[Moment]:
    order = tuple(Phase)
    reached = -1 if campaign.phase is None else order.index(campaign.phase)
    said = (
        (Phase.PRE_DAY, _("people can send from %(day)s"), opens_on),
        (Phase.DAY, _("%(day)s, from midnight in each city"), campaign.day_on),
        (Phase.POST_DAY, _("until %(day)s"), ends_on),
    )
    is_closed = campaign.status is CampaignStatus.CLOSED
    return [
        Moment(
            label=speech.gettext(PHASE_WORDS[phase]),
            at=speech.gettext(when) % {"day": speech.on_date(day)},
            state="done" if is_closed or place < reached else "now" if place == reached else "next",
        )
        for place, (phase, when, day) in enumerate(said)
    ]


def places_by_state(session: Session, campaign: Campaign, speech: Translator) -> Places:
    """Every invited city, by how far it is and then by name."""
    upcoming = next_by_place(runs_of(session, campaign.id))
    officers = cities_with_officers(session, campaign.network_id)
    counts = contribution_counts(session, campaign.id)
    groups: dict[tuple[Phase, str | None, str | None], list[PlaceLine]] = {}
    invited: dict[bool, list[Chosen]] = {True: [], False: []}
    elsewhere: list[PlaceLine] = []
    for place, city in cities_in(session, campaign.id, joined=False):
        name = speech.choose(city.names, "en")
        if place.joined_at is None:
            invited[city.id in officers].append(name)
            continue
        run = upcoming.get(place.id)
        label = step_label(run.step.action, speech) if run else None
        due = local_moment(run.run.due_at, city.time_zone, speech) if run else None
        zone, count = city.time_zone.replace("_", " "), counts.get(city.id, 0)
        line = PlaceLine(name, desk_href(campaign, city), zone, count)
        if city.is_elsewhere:
            elsewhere.append(line)
        else:
            groups.setdefault((place.phase, label, due), []).append(line)
    lines = [line for group in groups.values() for line in group]
    return Places(
        groups=[
            PlaceGroup(
                phase=speech.gettext(PHASE_WORDS[phase]),
                next_label=label,
                next_at=due,
                places=sorted(group, key=lambda line: sorting_key(line.name.text)),
            )
            for (phase, label, due), group in sorted(groups.items(), key=lambda each: tuple(Phase).index(each[0][0]))
        ],
        joined_count=len(lines),
        silent_count=sum(not line.contribution_count for line in lines),
        unanswered=sorted(invited[True], key=lambda name: sorting_key(name.text)),
        without_officer=sorted(invited[False], key=lambda name: sorting_key(name.text)),
        elsewhere=elsewhere,
    )


def desk_href(campaign: Campaign, city: City) -> str:
    """A city's own page at the desk."""
    return f"/desk/c/{campaign.slug}/{city.slug}"


def own_places(
    session: Session,
    campaign: Campaign,
    *,
    seen: ColumnElement[bool],
    joinable: ColumnElement[bool],
    base_url: str,
    speech: Translator,
) -> list[OwnPlace]:
    """The reader's cities in a campaign, by name."""
    may_join = {city.id for _place, city in invited_cities(session, campaign.id, joinable)}
    lines = [
        OwnPlace(
            name=speech.choose(city.names, "en"),
            slug=city.slug,
            joined=place.joined_at is not None,
            can_join=place.joined_at is None and city.id in may_join and campaign.status.is_running,
            phase=speech.gettext(PHASE_WORDS[place.phase]),
            desk_href=desk_href(campaign, city),
            form_url=f"{base_url}/c/{campaign.slug}/{city.slug}/share",
            city_day=local_moment(day_begins_at(campaign.day_on, city.time_zone), city.time_zone, speech),
        )
        for place, city in invited_cities(session, campaign.id, seen)
        if not city.is_elsewhere
    ]
    return sorted(lines, key=lambda line: sorting_key(line.name.text))


def with_country(cities: Sequence[City], speech: Translator) -> list[tuple[str, Chosen, str]]:
    """(slug, name, country) of cities, by name."""
    territories = babel_locale(speech.language).territories
    named = [(city.slug, speech.choose(city.names, "en"), str(territories.get(city.country, city.country))) for city in cities]
    return sorted(named, key=lambda each: sorting_key(each[1].text))


def is_over(campaign: Campaign, now: datetime) -> bool:
    """Whether the day is behind us everywhere on earth."""
    return now.date() > campaign.day_on + timedelta(days=1)
