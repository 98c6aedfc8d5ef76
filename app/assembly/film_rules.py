"""What a film is made of: how long each contribution is seen, who is in it when not all fit, and in which order.

Lengths are whole steps of 16 frames, so that they add up without rounding and segments join without a drift.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.assembly.rules import in_turn
from app.enums import SubmissionKind

FRAMES_PER_S = 30
STEP_FRAMES = 16  # at 30 a second exactly 25 packets of sound
STEP_S = STEP_FRAMES / FRAMES_PER_S

# X by hand takes 140 s, the least of the networks (formats.md, checked 2026-11)
FILM_S = 140.0
SHORT_FILM_S = 60.0
CARD_STEPS = 6  # opening and closing, each: 3.2 s
TRANSITION_STEPS = 1  # between any two segments, a short segment of its own
PHOTO_STEPS = 8  # 4.3 s
CLIP_STEPS = 12  # the first 6.4 s
SOUND_STEPS = 16  # the first 8.5 s of a voice, as an audiogram
WORDS_STEPS = (8, 16)  # shortest and longest time to read a card
READ_CHARS_PER_S = 15  # slow readers and second languages; subtitles usually allow 17


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contribution that may be in a film now."""

    submission_id: int
    city_id: int
    kind: SubmissionKind
    received_at: datetime
    sender: str  # equal for what is held to come from one person; nothing else is read from it
    steps: int  # how long it is seen where there is room, see `steps_on_screen`


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What an officer decided by hand; contributions that come or go later leave it valid."""

    order: Sequence[int] = ()  # of submissions; those that came since stand behind them, in turn
    pinned: Mapping[int, int] = field(
        default_factory=dict
    )  # submission to its place among the shots, from 1; beyond the end: last
    dropped: frozenset[int] = frozenset()  # of submissions; stronger than a pin


AS_THEY_CAME = Arrangement()


@dataclass(frozen=True, slots=True)
class Shot:
    """One segment of a film: a contribution and how long it is seen."""

    submission_id: int
    steps: int

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        return self.steps * STEP_S


@dataclass(frozen=True, slots=True)
class CityFilm:
    """The shots of a city's film between its opening and its closing card."""

    shots: tuple[Shot, ...]  # empty: there is no film
    left_out: tuple[int, ...]  # submissions for which there was no room
    dropped: tuple[int, ...]  # submissions that the officer took out
    steps: int  # of the whole film, cards and transitions included

    @property
    def seconds(self) -> float:
        """The length of the whole film in seconds."""
        return self.steps * STEP_S


def steps_within(seconds: float) -> int:
    """The whole steps that end within so many seconds."""
    return math.floor(seconds * FRAMES_PER_S + 1e-6) // STEP_FRAMES


def steps_on_screen(kind: SubmissionKind, *, duration_s: float | None, characters: int) -> int:
    """How long a contribution is seen where there is room, in whole steps, at least one."""
    played = (
        math.floor((duration_s or 0) * FRAMES_PER_S + 0.5) // STEP_FRAMES
    )  # measured durations are rounded: the nearest frame
    if kind is SubmissionKind.CLIP:
        return max(1, min(CLIP_STEPS, played))
    if kind is SubmissionKind.SOUND:
        return max(1, min(SOUND_STEPS, played))
    if kind is SubmissionKind.TEXT:
        shortest, longest = WORDS_STEPS
        return min(longest, max(shortest, steps_to_read(characters)))
    return PHOTO_STEPS


def steps_to_read(characters: int) -> int:
    """The whole steps in which so many characters can be read."""
    return math.ceil(characters * FRAMES_PER_S / (READ_CHARS_PER_S * STEP_FRAMES))


def makes_a_film(kinds: Iterable[SubmissionKind]) -> bool:
    """Words alone are a wall, not a film: at least one photo or clip."""
    return bool({SubmissionKind.PHOTO, SubmissionKind.CLIP} & set(kinds))


def city_film(
    candidates: Iterable[Candidate],
    *,
    arrangement: Arrangement = AS_THEY_CAME,
    budget_s: float | None = FILM_S,
    transition_steps: int = TRANSITION_STEPS,
) -> CityFilm:
    """The shots of a city's film within so many seconds, cards and transitions counted; None: as long as it takes.

    What is pinned is in it first. Then every sender gets one, then another, as long as nobody is left waiting in a round.
    """
    every = in_turn(candidates)
    kept = arranged([each for each in every if each.submission_id not in arrangement.dropped], arrangement)
    frame_steps = 2 * CARD_STEPS + transition_steps
    room = None if budget_s is None else steps_within(budget_s) - frame_steps
    chosen: list[Candidate] = []
    if makes_a_film(each.kind for each in kept):
        chosen = chosen_fairly(kept, room=room, cost=lambda each: each.steps + transition_steps, pinned=arrangement.pinned)
    seen = {each.submission_id for each in chosen}
    return CityFilm(
        shots=tuple(Shot(each.submission_id, each.steps) for each in arranged(chosen, arrangement)),
        left_out=tuple(each.submission_id for each in kept if each.submission_id not in seen),
        dropped=tuple(each.submission_id for each in every if each.submission_id in arrangement.dropped),
        steps=frame_steps + sum(each.steps + transition_steps for each in chosen) if chosen else 0,
    )


def arranged(candidates: Iterable[Candidate], arrangement: Arrangement) -> list[Candidate]:
    """Faces, places and words in turn, but for what the officer put in order or pinned.

    Of two pins at one place the older contribution stands there, the other next.
    """
    place_in_order = {submission_id: at for at, submission_id in enumerate(arrangement.order)}
    pinned, ordered, others = [], [], []
    for each in candidates:
        if each.submission_id in arrangement.pinned:
            pinned.append(each)
        elif each.submission_id in place_in_order:
            ordered.append(each)
        else:
            others.append(each)
    film = [*sorted(ordered, key=lambda each: place_in_order[each.submission_id]), *in_turn(others)]
    before = -1
    for each in sorted(pinned, key=lambda each: (arrangement.pinned[each.submission_id], each.received_at, each.submission_id)):
        before = min(max(arrangement.pinned[each.submission_id] - 1, before + 1), len(film))
        film.insert(before, each)
    return film


def chosen_fairly(
    waiting: Sequence[Candidate],
    *,
    room: int | None,
    cost: Callable[[Candidate], int],
    pinned: Mapping[int, int] | None = None,
) -> list[Candidate]:
    """What fits into `room` (in steps, as `cost` is; None: everything), in rounds: one of each sender, then one more of each.

    Within a round a long one makes room for a shorter one of the same sender or the next. A round in which somebody found no
    room is the last, so that nobody has two more than somebody who waits. What is pinned goes before, and counts for its sender.
    """
    left: float = math.inf if room is None else room
    chosen: list[Candidate] = []
    queues: dict[str, list[tuple[int, Candidate]]] = {}  # of each sender, with the place in the whole queue
    for at, each in enumerate(waiting):
        if pinned and each.submission_id in pinned:
            if cost(each) <= left:
                chosen.append(each)
                left -= cost(each)
        else:
            queues.setdefault(each.sender, []).append((at, each))
    have = Counter(each.sender for each in chosen)
    turn, all_served = 0, True
    while queues and all_served:
        turn += 1
        for sender in sorted((sender for sender in queues if have[sender] < turn), key=lambda sender: queues[sender][0][0]):
            queue = queues[sender]
            found = next((place for place, (_, each) in enumerate(queue) if cost(each) <= left), None)
            if found is None:
                all_served = False
                continue
            _, each = queue.pop(found)
            chosen.append(each)
            left -= cost(each)
            have[sender] += 1
            if not queue:
                del queues[sender]
    return chosen
