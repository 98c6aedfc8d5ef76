"""Makes what the pages of a brief show out of rows."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.campaigns.brief import content_of, is_fixed
from app.campaigns.brief_contexts import CommentView, MemberLine, PartView, ReaderLine
from app.campaigns.brief_fields import FIELD_LABELS, PARTS, THE_WHOLE, WORDS_FIELDS
from app.campaigns.brief_queries import (
    Said,
    Voices,
    comment_counts,
    comments_on,
    last_read,
    members_of,
    officers_by_city,
    people_of_desk,
    version_number,
)
from app.campaigns.brief_values import said_value
from app.campaigns.queries import cities_in
from app.campaigns.views import local_moment, sorting_key
from app.enums import RoleName
from app.models import Campaign, Chapter, City, Network, Role
from app.web.i18n import Translator, _
from app.words import Chosen, Words

LINES = {  # the parts that hold other facts than words
    "languages": ("languages",),
    "sdgs": ("sdgs",),
    "days": ("day_on", "pre_day_offset_days", "post_day_offset_days", "counts_to"),
    "sending": ("kinds", "max_clip_s", "max_text_chars", "formats", "collects_elsewhere"),
    "look": ("toolkit_slug",),
}
ROLE_WORDS = {
    RoleName.MANAGER: _("The network"),
    RoleName.COORDINATOR: _("Coordinators"),
    RoleName.OFFICER: _("Cities"),
}


def parts_of(
    session: Session, campaign: Campaign, actor: Actor, voices: Voices, speech: Translator, *, version: int
) -> list[PartView]:
    """The whole first, then each part, with its comments."""
    said_of: dict[str, list[CommentView]] = {}
    zone = session.get_one(Network, campaign.network_id).time_zone
    for said in comments_on(session, campaign):
        view = _comment(campaign, said, actor, speech, manages=voices.manages, zone=zone, version=version)
        said_of.setdefault(said.comment.about, []).append(view)
    content = content_of(campaign)
    parts = [PartView(THE_WHOLE, speech.gettext(_("The brief as a whole")), [], [], said_of.get(THE_WHOLE, []), "", "")]
    for key, label in PARTS.items():
        texts = _texts(getattr(campaign, key), speech) if key in WORDS_FIELDS else []
        parts.append(
            PartView(
                key=key,
                label=speech.gettext(label),
                texts=texts,
                lines=_lines(LINES.get(key, ()), content, speech),
                comments=said_of.get(key, []),
                typed="",
                speaks_for="",
            )
        )
    return parts


def voices_to_choose(voices: Voices, speech: Translator) -> list[tuple[str, str]]:
    """For whom this person can speak: their cities first, then without any."""
    cities = [(city.slug, speech.choose(city.names, "en").text) for city in voices.cities]
    if not voices.speaks_for_itself:
        return cities
    own = _("The working group") if voices.is_member else _("The network") if voices.manages else _("Your chapter")
    return [*cities, ("", speech.gettext(own))]


def city_lines(session: Session, campaign: Campaign, speech: Translator) -> list[ReaderLine]:
    """Every invited city, by name: whether it has joined, what its officers have read, and how much they said."""
    version, read = version_number(session, campaign.id), last_read(session, campaign.id)
    officers, counts = officers_by_city(session, campaign), comment_counts(session, campaign.id)
    lines = []
    for place, city in cities_in(session, campaign.id, joined=False):
        if city.is_elsewhere:
            continue
        people = officers.get(city.id, [])
        newest = max((read.get(person.id, 0) for person in people), default=0)
        mark, words = _reading(newest, version, speech) if people else ("off", speech.gettext(_("nobody at the desk")))
        said = sum(count for (_person, about), count in counts.items() if about == city.id)
        names = ", ".join(person.name for person in people)
        lines.append(ReaderLine(speech.choose(city.names, "en"), names, place.joined_at is not None, mark, words, said))
    return sorted(lines, key=lambda line: sorting_key(line.name.text))


def member_lines(session: Session, campaign: Campaign, speech: Translator) -> list[ReaderLine]:
    """The same of everybody in the working group; what somebody said for a city stands with the city."""
    version, read = version_number(session, campaign.id), last_read(session, campaign.id)
    counts, roles = comment_counts(session, campaign.id), roles_by_person(session, campaign.network_id, speech)
    return [
        ReaderLine(
            Chosen(speech.language, person.name),
            roles.get(person.id, ""),
            None,
            *_reading(read.get(person.id, 0), version, speech),
            counts.get((person.id, None), 0),
        )
        for person in members_of(session, campaign.id)
    ]


def group_lines(session: Session, campaign: Campaign, speech: Translator) -> list[MemberLine]:
    """The working group with what each is for the network."""
    roles = roles_by_person(session, campaign.network_id, speech)
    return [MemberLine(each.id, each.name, roles.get(each.id, "")) for each in members_of(session, campaign.id)]


def people_to_choose(session: Session, campaign: Campaign, speech: Translator) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everybody at the desk who is not in the working group, by role and then by name."""
    members = {person.id for person in members_of(session, campaign.id)}
    groups: dict[RoleName, dict[str, str]] = {role: {} for role in ROLE_WORDS}
    for person, role, city, chapter in people_of_desk(session, campaign.network_id):
        if person.id not in members:
            where = _where(role, city, chapter, speech)
            groups[role.name].setdefault(str(person.id), f"{where}: {person.name}" if where else person.name)
    return [
        (speech.gettext(ROLE_WORDS[role]), sorted(people.items(), key=lambda pair: sorting_key(pair[1])))
        for role, people in groups.items()
        if people
    ]


def roles_by_person(session: Session, network_id: int, speech: Translator) -> dict[int, str]:
    """What each is for the network, in words."""
    found: dict[int, list[str]] = {}
    for person, role, city, chapter in people_of_desk(session, network_id):
        where = _where(role, city, chapter, speech) or speech.gettext(ROLE_WORDS[RoleName.MANAGER])
        found.setdefault(person.id, []).append(where)
    return {person_id: ", ".join(dict.fromkeys(words)) for person_id, words in found.items()}


def _where(role: Role, city: City | None, chapter: Chapter | None, speech: Translator) -> str:
    if role.name is RoleName.MANAGER:
        return ""
    place = city or chapter
    return speech.choose(place.names, "en").text if place else ""


def _reading(newest: int, version: int, speech: Translator) -> tuple[str, str]:
    if not newest:
        return "missing", speech.gettext(_("not read yet"))
    if newest < version:
        return "due", speech.gettext(_("read version %(number)s, not what changed since")) % {"number": speech.number(newest)}
    return "done", speech.gettext(_("read as it stands"))


def _comment(
    campaign: Campaign, said: Said, actor: Actor, speech: Translator, *, manages: bool, zone: str, version: int
) -> CommentView:
    row = said.comment
    href = f"/desk/campaigns/{campaign.slug}/brief/comments/{row.id}"
    act = "reopen" if row.settled_at else "settle"
    return CommentView(
        anchor=f"comment-{row.id}",
        name=said.person.name,
        speaks_for=_speaks_for(said, speech),
        when=local_moment(row.created_at, zone, speech),
        text=row.text,
        version=row.version,
        is_older=row.version < version,
        settled=row.settled_at is not None,
        take_back_href=f"{href}/take-back" if row.person_id == actor.person_id else None,
        settle_href=f"{href}/{act}" if manages and not is_fixed(campaign) else None,
    )


def _speaks_for(said: Said, speech: Translator) -> str:
    if said.city is not None:
        return speech.choose(said.city.names, "en").text
    if said.is_member:
        return speech.gettext(_("The working group"))
    chapters = [speech.choose(chapter.names, "en").text for chapter in said.chapters]
    return ", ".join(chapters) or speech.gettext(_("The network"))


def _texts(words: Words, speech: Translator) -> list[Chosen]:
    """Every language that has words, the reader's first."""
    if not words.texts[words.source]:
        return []
    first = speech.choose(words)
    return [first, *(Chosen(tag, text) for tag, text in words.texts.items() if text and tag != first.language)]


def _lines(fields: Sequence[str], content: dict[str, object], speech: Translator) -> list[str]:
    said = [(name, said_value(name, content[name], speech)) for name in fields]
    if len(said) == 1:
        return [value for _name, value in said if value]
    sentence = speech.gettext(_("%(what)s: %(value)s"))
    return [sentence % {"what": speech.gettext(FIELD_LABELS[name]), "value": value} for name, value in said if value]
