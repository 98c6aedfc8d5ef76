"""What a rehearsal looks for in a campaign, its cities and its steps: one row a warning."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import combinations, groupby
from typing import Any

from app.campaigns.plan import PREPARATION_STEPS, StepName, step_label
from app.campaigns.rehearsal import Act, Check, Finding, Script, planned_wall
from app.campaigns.rules import campaign_is_over_at, collection_opens_at
from app.enums import CampaignStatus
from app.models import City
from app.web.i18n import Translator, _
from app.words import Words, choose

CAMPAIGN = "/desk/campaigns/{slug}"
TIMELINE = "/desk/campaigns/{slug}/timeline"
WRITING = "/desk/campaigns/{slug}/edit"
NETWORK = "/desk/network"

FIELD_WORDS = {"title": _("Title"), "message": _("Message"), "question": _("Question to residents"), "hashtag": _("Hashtag")}
# At one instant the phase moves first and the day begins before it ends, so that everything else meets the phase it belongs to.
RANKS = {
    StepName.CAMPAIGN_STARTS.value: 0,
    StepName.START_OF_DAY.value: 0,
    StepName.CAMPAIGN_ENDS.value: 1,
    StepName.END_OF_DAY.value: 1,
}
ANY_OTHER_RANK = 2
BEFORE_COLLECTION = PREPARATION_STEPS | {  # what has its place before people send anything
    StepName.SEND_TOOLKITS.value,
    StepName.COUNTDOWN_CARD.value,
    StepName.ASK_FIGURES_BEFORE.value,
}


def speakers(script: Script) -> dict[str, list[City | None]]:
    """Who speaks each language: the campaign itself (None) those it is written in, the cities theirs."""
    found: dict[str, list[City | None]] = {tag: [None] for tag in script.campaign.languages}
    for place in script.places:
        for tag in place.city.languages:
            found.setdefault(tag, []).append(place.city)
    return found


def _no_city(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    if not script.places:
        yield Finding()


def _no_kind(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    if not script.campaign.kinds:
        yield Finding()


def _no_format(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    if not script.campaign.formats:
        yield Finding()


def _unwritten(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    is_shared = (
        len(set(filter(None, script.campaign.hashtag.texts.values()))) == 1
    )  # one hashtag for everybody is not a translation that is missing
    fields_to_write = [name for name in FIELD_WORDS if name != "hashtag" or not is_shared]
    for language, cities in speakers(script).items():
        fields = [name for name in fields_to_write if not _is_written(getattr(script.campaign, name), language)]
        if fields:
            yield from (Finding({"language": language, "fields": fields}, city) for city in cities)


def _is_written(words: Words, language: str) -> bool:
    chosen = choose(words, [language])
    return bool(chosen.text) and chosen.language.split("-")[0] == language.split("-", maxsplit=1)[0]


def _without_officer(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    yield from (Finding(city=place.city) for place in script.places if not place.has_officer)


def _without_language(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    yield from (Finding(city=place.city) for place in script.places if not place.city.languages)


def _unknown_zone(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    for place in script.places:
        if place.city.time_zone not in script.known_zones:
            yield Finding({"zone": place.city.time_zone}, place.city)


def _unknown_action(_script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    yield from (_at(act) for act in acts if act.effect is None)


def _in_the_past(script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    yield from (_at(act) for act in _to_come(acts) if act.at < script.now)


def _before_collection(script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    opens_at = {zone: collection_opens_at(script.campaign, zone) for zone in {act.zone for act in acts}}
    for act in _to_come(acts):
        if act.at < opens_at[act.zone] and act.line.action not in BEFORE_COLLECTION:
            yield _at(act)


def _after_the_end(script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    over_at = {zone: campaign_is_over_at(script.campaign, zone) for zone in {act.zone for act in acts}}
    yield from (_at(act) for act in _to_come(acts) if act.at > over_at[act.zone])


def _skipped_hour(script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    for act, planned in _as_planned(script, acts):
        if act.local.replace(tzinfo=None) != planned:
            yield _at(act, planned=_clock(planned), comes=_clock(act.local))


def _doubled_hour(script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    for act, planned in _as_planned(script, acts):
        if act.local.replace(fold=0).utcoffset() != act.local.replace(fold=1).utcoffset():
            yield _at(act, planned=_clock(planned))


def _after_opening(action: StepName) -> Callable[[Script, Sequence[Act]], Iterator[Finding]]:
    """Finds steps that come when people somewhere could already send."""

    def find(_script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
        coming = list(_to_come(acts))
        opens_at = min((act.at for act in coming if act.line.action == StepName.OPEN_COLLECTION), default=None)
        yield from (_at(act) for act in coming if act.line.action == action and opens_at is not None and act.at > opens_at)

    return find


def _brief_not_fixed(script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    """In preparation, with no step to come that fixes the brief: by itself the campaign never becomes public."""
    is_to_come = any(act.line.action == StepName.CLOSE_PREPARATION for act in _to_come(acts))
    if script.campaign.status is CampaignStatus.PREPARING and not is_to_come:
        yield Finding()


def _without_coordinator(script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    for act in _to_come(acts):
        if act.chapter is not None and act.chapter.id not in script.coordinated:
            yield _at(act, chapter=act.chapter.slug)


def _as_planned(script: Script, acts: Sequence[Act]) -> Iterator[tuple[Act, datetime]]:
    """Those to come that nobody moved for one place, with the wall time that the plan names."""
    for act in _to_come(acts):
        wall = planned_wall(script, act.line, act.city)
        if act.at == script.moments.at_wall(act.line, wall, [act.zone]):
            yield act, datetime.combine(wall.on, wall.at)


def _clock(wall: datetime) -> str:
    return wall.isoformat(sep=" ", timespec="minutes")[:16]


def _colliding(_script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    """Two steps of one place at one instant: the same twice, or one that moves the phase after one that meets it."""

    def place_and_instant(act: Act) -> tuple[str, str, datetime]:
        return (act.city.slug if act.city else "", act.chapter.slug if act.chapter else "", act.at)

    for _key, group in groupby(sorted(_to_come(acts), key=place_and_instant), key=place_and_instant):
        for first, then in combinations(sorted(group, key=lambda act: act.line.position), 2):
            ranks = [RANKS.get(act.line.action, ANY_OTHER_RANK) for act in (first, then)]
            if first.line.action == then.line.action or ranks[0] > ranks[1]:
                yield _at(then, other=first.line.action)


def _to_come(acts: Iterable[Act]) -> Iterator[Act]:
    return (act for act in acts if act.standing is None)


def _at(act: Act, **more: str) -> Finding:
    return Finding({"action": act.line.action, **more}, act=act)


def _fields(names: Sequence[str], speech: Translator) -> str:
    return ", ".join(speech.gettext(FIELD_WORDS[name]) for name in names)


LANGUAGE: dict[str, Callable[[Any, Translator], str]] = {"language": lambda tag, speech: speech.language_name(tag)}

CHECKS = (
    Check("no_city", _no_city, _("No city takes part"), _("Load the network's cities, or invite some of them."), NETWORK),
    Check(
        "no_kind",
        _no_kind,
        _("Nobody can send anything"),
        _("Say what people can send: words, photos, films or sounds."),
        WRITING,
    ),
    Check("no_format", _no_format, _("No shape is chosen for pictures and films"), _("Choose at least one."), WRITING),
    Check(
        "text_missing",
        _unwritten,
        _("Not written in %(language)s: %(fields)s"),
        _("Write it, or people there read the words of another language."),
        WRITING,
        {**LANGUAGE, "fields": _fields},
    ),
    Check(
        "city_without_officer",
        _without_officer,
        _("Nobody is at the desk of the city: no mail is read, nothing is approved"),
        _("Add an officer to the network's table."),
        NETWORK,
    ),
    Check(
        "city_without_language",
        _without_language,
        _("Nobody knows which languages the city speaks"),
        _("Add its languages to the network's table, the first language first."),
        NETWORK,
    ),
    Check(
        "zone_unknown",
        _unknown_zone,
        _("No clock knows the time zone “%(zone)s”: the city's steps have no moment"),
        _("Give the city a time zone of the IANA list, such as Europe/Kyiv."),
        NETWORK,
    ),
    Check(
        "action_unknown",
        _unknown_action,
        _("Nothing here can do this step"),
        _("This service is older than the campaign's time-line: bring it up to date."),
        CAMPAIGN,
    ),
    Check(
        "step_in_the_past",
        _in_the_past,
        _("Its moment is over"),
        _("Choose a later day; otherwise it happens as soon as the campaign opens, or the city joins, or not at all."),
        WRITING,
    ),
    Check(
        "step_before_collection",
        _before_collection,
        _("It comes before people can send anything"),
        _("Let the campaign begin more days before the day."),
        WRITING,
    ),
    Check(
        "step_after_the_end",
        _after_the_end,
        _("It comes when the campaign is over"),
        _("Let the campaign go on for more days after the day."),
        WRITING,
    ),
    Check(
        "brief_fixed_late",
        _after_opening(StepName.CLOSE_PREPARATION),
        _("People could send before the brief is fixed: until then nothing of the campaign is public"),
        _("Let the brief be fixed before the collection opens."),
        TIMELINE,
    ),
    Check(
        "brief_not_fixed",
        _brief_not_fixed,
        _("No step fixes the brief: the campaign stays in preparation and everything else waits"),
        _("Fix the brief by hand when it is agreed, or add the step that does."),
        CAMPAIGN,
    ),
    Check(
        "invited_late",
        _after_opening(StepName.INVITE),
        _("The cities are asked when people could already send"),
        _("Invite them before the collection opens."),
        TIMELINE,
    ),
    Check(
        "chapter_without_coordinator",
        _without_coordinator,
        _("Nobody coordinates the chapter “%(chapter)s”: this step reaches nobody there"),
        _("Add a coordinator to the network's table."),
        NETWORK,
    ),
    Check(
        "hour_skipped",
        _skipped_hour,
        _("Clocks skip %(planned)s; it comes at %(comes)s"),
        _("Nothing is lost. If the hour matters, choose one that every city has on that date."),
        TIMELINE,
    ),
    Check(
        "hour_doubled",
        _doubled_hour,
        _("%(planned)s comes twice by the clocks there; it happens the first time"),
        _("Nothing happens twice. If the hour matters, choose one that comes once on that date."),
        TIMELINE,
    ),
    Check(
        "steps_collide",
        _colliding,
        _("It comes at the same instant as “%(other)s”, and they are in each other's way"),
        _("Move one of them: at one instant a step is done once, and the phase moves before anything else happens."),
        TIMELINE,
        {"other": step_label},
    ),
)
