"""What cities brought and what they say of their audience; every list at the desk is asked for by the reader's own cities."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import cities_where
from app.assembly.queries import is_whole
from app.enums import (
    FiguresMoment,
    Permission,
    ProductionKind,
    Purpose,
    RoleName,
    SubmissionKind,
    SubmissionOrigin,
    SubmissionState,
)
from app.errors import NotFound
from app.measure.rules import Span, span_of
from app.models import (
    AudienceFigures,
    Campaign,
    CampaignCity,
    City,
    FiguresLink,
    Network,
    Person,
    Production,
    Role,
    Submission,
)
from app.submissions.queries import visible
from app.submissions.tokens import sha256_hex

KEPT = frozenset({SubmissionState.RECEIVED, SubmissionState.PENDING, SubmissionState.APPROVED})  # on their way, or there
MAX_TOKEN_CHARS = 100


@dataclass(frozen=True, slots=True)
class AskedFigures:
    """Three numbers with where and when they were asked for."""

    figures: AudienceFigures
    network: Network
    campaign: Campaign
    place: CampaignCity
    city: City

    @property
    def span(self) -> Span:
        """The days they are about."""
        return span_asked(self.figures, self.campaign, self.city)


@dataclass(slots=True)
class Tally:
    """How many contributions there are, by what they are and how they stand; taken back ones count as numbers only."""

    by_state: dict[SubmissionState, int] = field(default_factory=dict)
    by_kind: dict[SubmissionKind, dict[SubmissionState, int]] = field(default_factory=dict)
    by_language: dict[str, int] = field(default_factory=dict)  # of those that are kept
    samples: int = 0  # of those that are kept
    shown: int = 0  # on the campaign's pages now

    @property
    def came(self) -> int:
        """All that was ever sent."""
        return sum(self.by_state.values())

    @property
    def kept(self) -> int:
        """On their way, or approved."""
        return sum(count for state, count in self.by_state.items() if state in KEPT)


@dataclass(frozen=True, slots=True)
class CityRow:
    """One city of an overview, or another place."""

    place: CampaignCity
    city: City
    tally: Tally
    figures: Mapping[FiguresMoment, AudienceFigures]


@dataclass(frozen=True, slots=True)
class Work:
    """A film or a collage as it can be seen now."""

    public_id: str
    version: int
    contributions: int
    is_final: bool
    has_poster: bool


def span_asked(figures: AudienceFigures, campaign: Campaign, city: City) -> Span:
    """The days that these numbers are about, by the city's own calendar."""
    asked_on = figures.asked_at.astimezone(ZoneInfo(city.time_zone)).date()
    return span_of(figures.moment, day_on=campaign.day_on, asked_on=asked_on)


def figures_by_token(session: Session, token: str) -> AskedFigures:
    """What is asked under this link; raises `figures.unknown_link`."""
    found = None
    if len(token) <= MAX_TOKEN_CHARS:
        found = session.execute(
            select(AudienceFigures, Network, Campaign, CampaignCity, City)
            .join(FiguresLink, FiguresLink.figures_id == AudienceFigures.id)
            .join(CampaignCity, CampaignCity.id == AudienceFigures.campaign_city_id)
            .join(Campaign, Campaign.id == CampaignCity.campaign_id)
            .join(City, City.id == CampaignCity.city_id)
            .join(Network, Network.id == Campaign.network_id)
            .where(FiguresLink.token_sha256 == sha256_hex(token))
        ).one_or_none()
    if found is None:
        raise NotFound("figures.unknown_link")
    return AskedFigures(*found)


def figures_at(session: Session, place: CampaignCity, moment: FiguresMoment) -> AudienceFigures | None:
    """What a city was asked for one moment."""
    where = (AudienceFigures.campaign_city_id == place.id, AudienceFigures.moment == moment)
    return session.scalar(select(AudienceFigures).where(*where))


def people_with(
    session: Session, network_id: int, role: RoleName, *, city_id: int | None = None, chapter_id: int | None = None
) -> list[Person]:
    """Everybody with this role there, each once."""
    query = select(Person).join(Role, Role.person_id == Person.id).where(Role.network_id == network_id, Role.name == role)
    if city_id is not None:
        query = query.where(Role.city_id == city_id)
    if chapter_id is not None:
        query = query.where(Role.chapter_id == chapter_id)
    return list(session.scalars(query.order_by(Person.id)).unique())


def tallies(session: Session, campaign_id: int, city_ids: Iterable[int]) -> dict[int, Tally]:
    """The contributions of these cities, by city; two queries, however many cities."""
    wanted = list(city_ids)
    where = (Submission.campaign_id == campaign_id, Submission.city_id.in_(wanted))
    columns = (Submission.city_id, Submission.kind, Submission.language, Submission.state, Submission.origin)
    found = {city_id: Tally() for city_id in wanted}
    for city_id, kind, language, state, origin, count in session.execute(
        select(*columns, func.count()).where(*where).group_by(*columns)
    ):
        tally = found[city_id]
        tally.by_state[state] = tally.by_state.get(state, 0) + count
        of_kind = tally.by_kind.setdefault(kind, {})
        of_kind[state] = of_kind.get(state, 0) + count
        if state in KEPT:
            tally.by_language[language] = tally.by_language.get(language, 0) + count
            tally.samples += count if origin is SubmissionOrigin.SAMPLE else 0
    shown = select(Submission.city_id, func.count()).where(*where, visible(Purpose.CAMPAIGN_PAGES)).group_by(Submission.city_id)
    for city_id, count in session.execute(shown):
        found[city_id].shown = count
    return found


def tally_of(session: Session, campaign_id: int, city_id: int) -> Tally:
    """The contributions of one city."""
    return tallies(session, campaign_id, [city_id])[city_id]


def city_row(session: Session, campaign: Campaign, place: CampaignCity, city: City) -> CityRow:
    """One city, which the caller has found by its reader's permissions."""
    return _with_numbers(session, campaign, [(place, city)])[0]


def overview_rows(session: Session, actor: Actor, campaign: Campaign) -> list[CityRow]:
    """The cities of a campaign that are this person's to oversee, by slug; other places come last."""
    return _with_numbers(session, campaign, _taking_part(session, campaign, cities_where(actor, Permission.MANAGE_CAMPAIGNS)))


def _taking_part(session: Session, campaign: Campaign, where: ColumnElement[bool]) -> list[tuple[CampaignCity, City]]:
    query = (
        select(CampaignCity, City)
        .join(City, City.id == CampaignCity.city_id)
        .where(CampaignCity.campaign_id == campaign.id, CampaignCity.joined_at.is_not(None), where)
        .order_by(City.is_elsewhere, City.slug)
    )
    return [(place, city) for place, city in session.execute(query)]


def _with_numbers(session: Session, campaign: Campaign, places: Sequence[tuple[CampaignCity, City]]) -> list[CityRow]:
    counted = tallies(session, campaign.id, [city.id for _place, city in places])
    asked: dict[int, dict[FiguresMoment, AudienceFigures]] = {}
    mine = AudienceFigures.campaign_city_id.in_([place.id for place, _city in places])
    for row in session.scalars(select(AudienceFigures).where(mine)):
        asked.setdefault(row.campaign_city_id, {})[row.moment] = row
    return [CityRow(place, city, counted[city.id], asked.get(place.id, {})) for place, city in places]


def work_at(session: Session, campaign_id: int, city_id: int | None, kind: ProductionKind) -> Work | None:
    """The collage or film that stands there and that nobody in it has left; None while there is none to show."""
    place = Production.city_id.is_(None) if city_id is None else Production.city_id == city_id
    found = session.scalar(
        select(Production).where(Production.campaign_id == campaign_id, Production.kind == kind, place, is_whole())
    )
    if found is None:
        return None
    has_poster = found.poster_artefact_id is not None
    return Work(found.public_id, found.version, found.contributions, found.final_at is not None, has_poster)
