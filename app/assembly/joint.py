"""Makes the whole joint film: guests of honour, then each city for the same time, to the frame, each a chapter."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.assembly.city_words import frame_words
from app.assembly.film_rules import CARD_STEPS, TRANSITION_STEPS
from app.assembly.finished import captions_of, finished_film, text_track
from app.assembly.joint_chapters import CHAPTERS, chapters_vtt
from app.assembly.joint_guests import guest_segment, guests_of
from app.assembly.joint_material import Joint, Part, read_joint
from app.assembly.joint_plan import note_opened
from app.assembly.joint_rules import CityPart
from app.assembly.reel import Reel, Segment, make_reel
from app.assembly.service import Finished, FinishedFile
from app.assembly.shots import card, shot
from app.assembly.workshop import Built, Finishing, Place, Progress, build, unless_changed
from app.derivation import file_sha256
from app.enums import ProductionKind
from app.models import Campaign
from app.runtime import Runtime

KIND = ProductionKind.JOINT_FILM
Cutting = Callable[[Joint], list[Segment]]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a cut is made of."""

    joint: Joint
    reel: Reel

    @property
    def campaign(self) -> Campaign:
        """Whose film it is."""
        return self.joint.campaign

    @property
    def recipe(self) -> dict[str, Any]:
        """Equal: the film is the same, and so is what is written beneath it."""
        return {"joint_film": [self.reel.kind.value, self.campaign.id], "captions": captions_of(self.reel), **self.reel.recipe}

    @property
    def is_empty(self) -> bool:
        """Nobody can be seen in it."""
        return not self.reel.segments


def build_joint_film(
    runtime: Runtime, campaign_id: int, *, finishing: Finishing | None = None, progress: Progress | None = None
) -> Built:
    """Make the whole joint film of what may be in it now, and put it where the old one stood."""
    return build_cut(runtime, KIND, campaign_id, whole_segments, finishing=finishing, progress=progress)


def build_cut(
    runtime: Runtime,
    kind: ProductionKind,
    campaign_id: int,
    segments_of: Cutting,
    *,
    finishing: Finishing | None,
    progress: Progress | None,
) -> Built:
    """Make one cut of a campaign's joint film; which city came first is noted as it is taken in."""
    plans: list[Plan] = []  # of each try, the last one is that which ends

    def planned() -> Plan:
        plans.append(plan_of(runtime, kind, campaign_id, segments_of))
        return plans[-1]

    def quotes_are_the_same(session: Session) -> bool:
        now_said = {guest.id: guest.quote.changed_at for guest in guests_of(session, campaign_id)}
        return all(now_said.get(guest.id) == guest.quote.changed_at for guest in plans[-1].joint.guests)

    @contextmanager
    def noting() -> Iterator[Session]:
        with unless_changed(finishing or runtime.database.writing, quotes_are_the_same)() as session:
            yield session
            first_city_id = plans[-1].joint.first_city_id
            if first_city_id is not None and not plans[-1].is_empty:
                note_opened(session, campaign_id, first_city_id, now=runtime.now())

    return build(
        runtime,
        Place(kind, campaign_id),
        planned,
        lambda plan, folder, told: _made(runtime, plan, folder, told),
        finishing=noting,
        progress=progress,
    )


def plan_of(runtime: Runtime, kind: ProductionKind, campaign_id: int, segments_of: Cutting) -> Plan:
    """What a cut would be made of now; refuses `film.too_many_cities`."""
    with runtime.database.reading() as session:
        joint = read_joint(session, runtime, campaign_id, kind)
    segments = segments_of(joint) if joint.has_voices else []
    bed = joint.look.toolkit.music if joint.choice.with_music else None
    reel = Reel(
        kind,
        joint.look.format_name,
        segments,
        bed=None if bed is None else lambda _folder: bed,
        recipe_of_bed="" if bed is None else file_sha256(bed),
        transition_steps=TRANSITION_STEPS,
    )
    return Plan(joint, reel)


def whole_segments(joint: Joint) -> list[Segment]:
    """All of the whole cut: the card, the guests of honour, city after city, and the last card."""
    cut = joint.whole()
    parts = [segment for part, time in zip(joint.parts, cut.cities, strict=True) for segment in city_segments(joint, part, time)]
    guests = [guest_segment(joint.look, joint.campaign, guest, cut.guest_steps) for guest in joint.guests]
    return [opening(joint, has_chapter=True), *guests, *parts, closing(joint, has_chapter=True)]


def opening(joint: Joint, *, has_chapter: bool) -> Segment:
    """The card that opens both cuts; its chapter is called like the campaign."""
    slots = joint.opening_slots()
    chapter = slots["city"] if has_chapter else None
    return card(joint.look, "title_card", slots, steps=CARD_STEPS, chapter=chapter, is_first=True)


def closing(joint: Joint, *, has_chapter: bool) -> Segment:
    """The card that closes both cuts, with the hashtag and the toolkit's partners; its chapter is called like the hashtag."""
    slots = joint.closing_slots()
    chapter = slots["hashtag"] if has_chapter else None
    return card(joint.look, "end_card", slots, steps=CARD_STEPS, chapter=chapter, is_last=True)


def city_segments(joint: Joint, part: Part, time: CityPart) -> list[Segment]:
    """A city's time: what it sent, each under its name as its frame has it, and its card where there is room or nothing else."""
    look = replace(joint.look, toolkit=part.toolkit, language=part.language)
    framed = frame_words(joint.campaign, part.city, part.toolkit)
    title = joint.title_of(part)
    segments = [
        shot(
            look,
            part.pieces[each.submission_id],
            each.steps,
            framed=framed,
            chapter=title if number == 0 else None,
        )
        for number, each in enumerate(time.shots)
    ]
    if time.card_steps:
        slots = joint.city_slots(part)
        chapter = None if segments else title
        segments.append(card(look, "title_card", slots, steps=time.card_steps, chapter=chapter))
    return segments


def _made(runtime: Runtime, plan: Plan, folder: Path, progress: Progress) -> Finished:
    film = make_reel(runtime, plan.reel, folder, progress)
    files = _chapters(plan, folder, film.rendition.duration_s or 0.0)
    look, slots = plan.joint.look, plan.joint.opening_slots()
    return finished_film(plan.reel, film, plan.recipe, folder, look=look, slots=slots, files=files)


def _chapters(plan: Plan, folder: Path, duration_s: float) -> Sequence[FinishedFile]:
    """Where each city begins, for players and for links into the film: the same chapters as in the film itself."""
    found = plan.reel.chapters()
    if not found:
        return ()
    slugs = ["", *(part.city.slug for part in plan.joint.parts), ""]
    return [text_track(plan.reel, CHAPTERS, chapters_vtt(list(zip(slugs, found, strict=True)), duration_s), folder)]
