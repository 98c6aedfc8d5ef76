"""The drawing of all kits of a campaign, in parts short enough to let other work through.

What was drawn is kept by its content, so that an attempt killed in the middle goes on where it stopped.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.errors import Refused
from app.jobs import JobKind, JobRun
from app.kits import check_tasks
from app.kits.drawing import Press
from app.kits.kit_runs import JOB, CityShare, as_numbers, enqueue_next, marks_of, shares_of, wanted
from app.kits.ordering import press_for, published_order
from app.kits.pace import LONGEST_PAUSE_S, after
from app.kits.pieces import Drawing, Flipbook, Piece
from app.kits.queries import DeskPlace
from app.kits.service import available_pieces
from app.models import Campaign, KitRunCity, Network
from app.runtime import Runtime
from media_pipeline.errors import MediaError

PART_S = 60.0  # after it a city is finished, and other work has its turn
TELL_EVERY_S = 4.0  # how often the row says how far it is
logger = logging.getLogger(__name__)


class NoLongerWantedError(Exception):
    """Somebody stopped the drawing, or asked for it anew."""


def draw_all(run: JobRun, *, part_s: float = PART_S) -> None:
    """Draw city after city for a while; what is left then is another job."""
    campaign_id, number = int(run.payload["campaign_id"]), int(run.payload["number"])
    until_s = time.monotonic() + part_s
    try:
        _count(run.runtime, campaign_id, number)
        _draw_until(until_s, Tally(run.runtime, campaign_id, number))
    except NoLongerWantedError:
        logger.info("the kits of campaign %s are no longer asked for", campaign_id)
    with run.finishing() as session:
        row = wanted(session, campaign_id, number)
        if row is None:
            return
        if all(share.row and share.row.ended_at for share in shares_of(session, campaign_id, number)):
            row.ended_at = run.runtime.now()
        else:
            enqueue_next(session, row, now=run.runtime.now())


class Tally:
    """What a drawing has done so far, told to its row every few seconds."""

    def __init__(self, runtime: Runtime, campaign_id: int, number: int) -> None:
        self.runtime, self.campaign_id, self.number = runtime, campaign_id, number
        with runtime.database.writing() as session:
            row = wanted(session, campaign_id, number)
            if row is None:
                raise NoLongerWantedError
            self._marks = marks_of(row)
            paused = runtime.now() - row.told_at if row.told_at else timedelta()
        # to wait for other work is part of how long it takes; a night without a worker is cut short by the rule
        self._waited_s = min(paused.total_seconds(), LONGEST_PAUSE_S)
        self._drawn_count = 0  # since it last told
        self._told_s = time.monotonic()

    def drawn(self) -> None:
        """One more piece is there that was not when its city had its turn."""
        self._drawn_count += 1

    def is_due(self) -> bool:
        """Whether it is time to tell."""
        return time.monotonic() - self._told_s >= TELL_EVERY_S

    def tell(self, place_id: int, ready_count: int, failures: list[dict[str, Any]], *, ended: bool) -> None:
        """Write how far a city is; NoLongerWantedError once nobody asks for it any more."""
        now_s = time.monotonic()
        if self._drawn_count:  # to see that everything is there takes time too, and says nothing of how fast drawing is
            self._marks = after(self._marks, seconds=now_s - self._told_s + self._waited_s, done=self._drawn_count)
            self._drawn_count, self._waited_s = 0, 0.0
        self._told_s = now_s
        now = self.runtime.now()
        with self.runtime.database.writing() as session:
            row = wanted(session, self.campaign_id, self.number)
            if row is None:
                raise NoLongerWantedError
            row.marks, row.told_at = as_numbers(self._marks), now
            city = session.get_one(KitRunCity, place_id)
            city.ready_count, city.failures = ready_count, list(failures)
            city.ended_at = now if ended else None


def _count(runtime: Runtime, campaign_id: int, number: int) -> None:
    """Find out for each city how many pieces its kit has, and how many of them are there, without drawing any."""
    with runtime.database.reading() as session:
        shares = shares_of(session, campaign_id, number)
    for share in shares:
        if share.row is not None:
            continue
        with _kit(runtime, campaign_id, share) as (pieces, press):
            ready_count = len(_there(pieces, press))
        with runtime.database.writing() as session:
            if wanted(session, campaign_id, number) is None:
                raise NoLongerWantedError
            row = session.get(KitRunCity, share.place.id, with_for_update=True)
            if row is None:
                row = KitRunCity(campaign_city_id=share.place.id)
                session.add(row)
            row.number, row.piece_count, row.ready_count = number, len(pieces), ready_count
            row.failures, row.ended_at = [], None


def _draw_until(until_s: float, tally: Tally) -> None:
    """One city at least, then others until the time is over."""
    with tally.runtime.database.reading() as session:
        shares = shares_of(session, tally.campaign_id, tally.number)
    for share in shares:
        if share.row is not None and share.row.ended_at is None:
            _draw_city(share, tally)
            if time.monotonic() >= until_s:
                return


def _draw_city(share: CityShare, tally: Tally) -> None:
    """Every piece of a city's kit; one that cannot be drawn is noted with its reason, and the others are drawn all the same."""
    with _kit(tally.runtime, tally.campaign_id, share) as (pieces, press):
        ready, failures = _there(pieces, press), list[dict[str, Any]]()
        for piece in pieces:
            try:
                _have(piece, press)
            except (Refused, MediaError) as refused:
                params = {key: value if isinstance(value, int | float) else str(value) for key, value in refused.params.items()}
                failures.append({"path": piece.path, "code": refused.code, "params": params})
            else:
                if piece.path not in ready:
                    tally.drawn()
                ready.add(piece.path)
            if tally.is_due():
                tally.tell(share.place.id, len(ready), failures, ended=False)
        tally.tell(share.place.id, len(ready), failures, ended=True)


@contextmanager
def _kit(runtime: Runtime, campaign_id: int, share: CityShare) -> Iterator[tuple[list[Piece], Press]]:
    """What of a city's kit is drawn ahead, as it is at this moment, and what draws it.

    A piece that shows a person is kept nowhere, so it is drawn when it is asked for.
    """
    with runtime.database.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        place = DeskPlace(session.get_one(Network, campaign.network_id), campaign, share.city, share.place)
        order = published_order(session, runtime, place, now=runtime.now())
    pieces = [piece for piece in available_pieces(order) if not _shows_person(piece)]
    with press_for(order, runtime) as press:
        yield pieces, press


def _shows_person(piece: Piece) -> bool:
    return isinstance(piece.source, Drawing) and piece.source.quote_id is not None


def _there(pieces: list[Piece], press: Press) -> set[str]:
    """The paths of those that nobody has to draw: they are kept, or they are words."""
    return {piece.path for piece in pieces if _is_there(piece, press)}


def _is_there(piece: Piece, press: Press) -> bool:
    if not isinstance(piece.source, Drawing | Flipbook):
        return True
    return press.place_of(piece.source, Path(piece.path).suffix).exists()


def _have(piece: Piece, press: Press) -> None:
    """Draw a piece if it is not there; one that is there counts as used just now."""
    match piece.source:
        case Drawing():
            press.draw(piece.source, Path(piece.path).suffix)
        case Flipbook():
            press.bind(piece.source, Path(piece.path).suffix)
        case _:
            pass  # words are written when they are asked for


def _give_up(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    row = wanted(session, int(payload["campaign_id"]), int(payload["number"]))
    if row is not None:
        row.gave_up_at = now


KINDS = [JobKind(JOB, draw_all, on_give_up=_give_up), *check_tasks.KINDS]
