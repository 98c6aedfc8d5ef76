"""The clock that the network goes by."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from app import audit
from app.errors import Refused
from app.jobs import enqueue
from app.models import Network
from app.network.elsewhere import known_elsewhere
from app.network.rows import zones

UTC = "UTC"


def zones_by_area() -> Iterable[tuple[str, list[str]]]:
    """Every zone of a place, by the first part of its name, in order."""
    for area, names in groupby(sorted(zones()), key=lambda name: name.partition("/")[0]):
        yield area, list(names)


def set_clock(session: Session, network: Network, time_zone: str, *, now: datetime, actor_id: int) -> None:
    """The network goes by this zone from now on, or by UTC, and campaigns under way are planned again; the same changes nothing.

    People from another place, who have no city, go by the network's clock too.
    """
    if time_zone != UTC and time_zone not in zones():
        raise Refused("network.not_a_zone", field="time_zone")
    if network.time_zone == time_zone:
        return
    network.time_zone = time_zone
    elsewhere = known_elsewhere(session, network, None)
    if elsewhere is not None:
        elsewhere.time_zone = time_zone
    # who knows campaigns sets their moments right
    payload = {"network_id": network.id}
    enqueue(session, "campaigns.replan_network", payload, unique_key=f"campaigns.replan_network:{network.id}", now=now)
    audit.record(
        session,
        network_id=network.id,
        act="network.clock_set",
        subject_kind="network",
        subject_id=network.id,
        at=now,
        actor_id=actor_id,
        time_zone=time_zone,
    )
