"""What publishing would do: the number, what is different, and whom it would be told to; it changes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.brief_queries import officers_by_city
from app.campaigns.plan import StepName
from app.campaigns.queries import cities_in
from app.enums import StepState
from app.kits.changes import Changes, compare
from app.kits.snapshots import files_sha256
from app.kits.takings import taken_numbers
from app.kits.toolkit import load_toolkit
from app.kits.version_letters import Told
from app.kits.version_parts import Parts, chapter_parts, current_version, frozen_root, history_of, root_of, same_parts
from app.models import Campaign, Chapter, ChapterCity, City, KitVersion, Person, StepRun, TimelineStep
from app.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What publishing now would do."""

    number: int
    changes: Changes | None  # since the version that stands; None: it is the first
    is_new: bool  # whether a file is different from what stands
    told: Sequence[Told]  # cities that took an older version
    silent: Sequence[City]  # those of them where nobody is at the desk
    late: Sequence[tuple[City, Sequence[Person]]]  # whose step came when nothing was published: they hear that the kit is there
    # what is different for the cities of chapters that have a toolkit of their own, or had one until now
    of_chapters: Sequence[tuple[Chapter, Changes]] = ()


def foresee(
    session: Session, runtime: Runtime, campaign: Campaign, parts: Parts, *, embargoed: Collection[str] | None = None
) -> Foreseen:
    """What publishing these parts would do; refuses what `load_toolkit` refuses.

    Without knowing what will be under embargo it is foreseen that this stays, or changes where nothing else does.
    """
    toolkit = load_toolkit(parts.slug, parts.root)
    current = current_version(session, campaign.id)
    number = current.number + 1 if current else 1
    changes, is_new = None, True
    if current is not None and current.files_sha256 is not None:
        is_new = not same_parts(session, parts, current)
        changes = compare(load_toolkit(current.toolkit_slug, root_of(session, runtime, current)), toolkit)
    own = _of_chapters(session, runtime, parts, current) if is_new else []
    stays = current is not None and (is_new if embargoed is None else sorted(embargoed) == sorted(current.embargoed))
    told, silent = _older(session, campaign, current, parts, embargo_stays=stays)
    return Foreseen(number, changes, is_new, told, silent, _late(session, campaign) if current is None else [], own)


def _of_chapters(session: Session, runtime: Runtime, parts: Parts, current: KitVersion | None) -> list[tuple[Chapter, Changes]]:
    """Only those where something changes: each chapter's part against what its cities draw from now."""
    had = chapter_parts(session, current.id) if current is not None else {}
    chapters = select(Chapter).where(Chapter.id.in_({*had, *parts.of_chapters})).order_by(Chapter.slug)
    found = []
    for chapter in session.scalars(chapters):
        root = parts.of_chapters.get(chapter.id, parts.root)
        if current is None:
            before = load_toolkit(parts.slug, parts.root)
        else:
            before = load_toolkit(current.toolkit_slug, frozen_root(session, runtime, had.get(chapter.id, current)))
        changes = compare(before, load_toolkit(parts.slug, root))
        if changes:
            found.append((chapter, changes))
    return found


def _older(
    session: Session, campaign: Campaign, current: KitVersion | None, parts: Parts, *, embargo_stays: bool
) -> tuple[list[Told], list[City]]:
    """The cities that took a version and for which something changes now, with their people, and those with nobody to tell."""
    if current is None:
        return [], []
    taken = taken_numbers(session, campaign.id, before=current.number + 1)
    history, hashes = history_of(session, campaign.id), _Hashes(session, parts)
    stays = embargo_stays and current.toolkit_slug == parts.slug
    places = [
        (place, city)
        for place, city in cities_in(session, campaign.id)
        if place.id in taken and not (stays and hashes.of_city(city.id) == history.files_for(current, city.id))
    ]
    people = officers_by_city(session, campaign)
    told = [Told(city, taken[place.id], people[city.id]) for place, city in places if people.get(city.id)]
    # resting cities too: whoever posts again after a pause must not use what is out of date
    return told, [city for _place, city in places if not people.get(city.id)]


class _Hashes:
    """The hash of the files that each city would draw from."""

    def __init__(self, session: Session, parts: Parts) -> None:
        self._everybody = files_sha256(parts.slug, parts.root)
        self._own = {chapter_id: files_sha256(parts.slug, root) for chapter_id, root in parts.of_chapters.items()}
        links = select(ChapterCity).where(ChapterCity.chapter_id.in_(self._own)).order_by(ChapterCity.chapter_id.desc())
        self._chapters = {link.city_id: link.chapter_id for link in session.scalars(links)}  # the first of several, by id

    def of_city(self, city_id: int) -> str:
        """Its own chapter's, or everybody's."""
        chapter_id = self._chapters.get(city_id)
        return self._everybody if chapter_id is None else self._own[chapter_id]


def _late(session: Session, campaign: Campaign) -> list[tuple[City, Sequence[Person]]]:
    """The cities whose step had nothing to hand out, with their people."""
    done = (
        select(StepRun.campaign_city_id)
        .join(TimelineStep, TimelineStep.id == StepRun.step_id)
        .where(
            TimelineStep.campaign_id == campaign.id,
            TimelineStep.action == StepName.SEND_TOOLKITS.value,
            StepRun.state == StepState.DONE,
        )
    )
    came, people = set(session.scalars(done)), officers_by_city(session, campaign)
    return [
        (city, people[city.id]) for place, city in cities_in(session, campaign.id) if place.id in came and people.get(city.id)
    ]
