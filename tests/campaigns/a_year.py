"""A year of a network played through the service: campaigns, cities, what happens to them, and every tick."""

import csv
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.queries import actor_of
from app.campaigns.control import Missed, pause_city, resume_city
from app.campaigns.day_moves import move_day
from app.campaigns.queries import campaign_by_slug
from app.campaigns.service import begin_preparation, create_campaign, join, run_due_steps
from app.campaigns.steps import DueStep, Outcome, StepAction, StepRegistry
from app.campaigns.template import Template, read_template
from app.campaigns.timeline import placed_runs
from app.enums import PauseReason, RoleName
from app.models import Campaign, CampaignCity, City, InternationalDay
from app.runtime import Runtime
from app.web.i18n import Translator
from app.words import Words
from app.worker.registry import step_registry
from tests import factories
from tests.campaigns.plain_year import DAYS_AFTER, DAYS_BEFORE, End, Line, Pause, Places, PlainYear, Story, lines_of

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
BASE_URL = "https://voices.example"
ROOT = Path(__file__).resolve().parents[2]
TEMPLATE, CITIES = ROOT / "toolkits" / "base" / "campaign.toml", ROOT / "app" / "demo" / "cities.csv"
CHANGES_CAMPAIGNS = {  # these are done as they are; of every other it is only noted that it was done
    "invite", "close_preparation", "open_collection", "campaign_starts", "start_of_day", "end_of_day", "campaign_ends",
    "spotlight", "close_collection", "close_campaign",
}  # fmt: skip
IN_A_GAP = """
[[step]] # beside the lines of the template: a time of day that clocks skip where they skip midnight
action = "remind"
scope = "each_city"
days = 0
at = "00:30"
condition = "fewer_than"
count = 3
"""
NETWORK_ZONE = "Europe/Paris"
FARTHEST = {  # beside the cities of the demo network
    "betio": "Pacific/Kiritimati",
    "pago-pago": "Pacific/Pago_Pago",
    "waitangi": "Pacific/Chatham",
    "st-johns": "America/St_Johns",
}
DIFFERENT = (  # of the demo network: no midnight on some days, two on others, half and quarter hours, both hemispheres
    "los-angeles", "montreal", "sao-paulo", "valparaiso", "ponta-delgada", "praia", "bradford", "sale", "bergen", "alexandria",
    "beirut", "haifa", "chernivtsi", "addis-ababa", "chennai", "kathmandu", "kobe", "salisbury", "ballarat", "batumi",
)  # fmt: skip


def utc(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


OUTAGES = (  # over the first reminder's last hours; over a day that begins and ends meanwhile
    (utc("2028-02-24T00:00"), utc("2028-02-26T00:00")),
    (utc("2028-06-26T08:00"), utc("2028-06-28T08:00")),
)


@dataclass
class Noted:
    """An action of the service, with a list of when it did what; where it would mail or assemble it only notes."""

    inner: StepAction
    seen: list[tuple[datetime, datetime, str, str, str]]  # now, moment, campaign, action, place

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def expires_after(self) -> timedelta | None:
        return self.inner.expires_after

    def preview(self, step: DueStep, speech: Translator) -> str:
        return self.inner.preview(step, speech)

    def run(self, session: Session, step: DueStep, now: datetime) -> Outcome:
        place = step.city.slug if step.city else step.chapter.slug if step.chapter else ""
        self.seen.append((now, step.due_at, step.campaign.slug, step.action, place))
        return self.inner.run(session, step, now) if self.name in CHANGES_CAMPAIGNS else {}


def network_of(slugs: Iterable[str] | None = None) -> Places:
    """These cities of the demo network, or all of them, and those farthest away; two chapters."""
    with CITIES.open(encoding="utf-8") as file:
        zones = {row["slug"]: row["time_zone"] for row in csv.DictReader(file)}
    zones = ({slug: zones[slug] for slug in slugs} if slugs is not None else zones) | FARTHEST
    by_clock = sorted(zones, key=lambda slug: (datetime(2028, 1, 1, tzinfo=ZoneInfo(zones[slug])), slug))
    return Places(zones, {"east": by_clock[: len(zones) // 3], "west": by_clock[-len(zones) // 4 :]}, NETWORK_ZONE)


def stories(places: Places) -> list[Story]:
    """Six campaigns in a leap year; some cities join late, rest, or never come."""

    def story(slug: str, day_on: date, *, late: Mapping[str, datetime] = {}, never: str = "", **more: object) -> Story:
        begins_at = datetime.combine(day_on, datetime.min.time(), UTC) - 75 * DAY + 12 * HOUR
        usual = {city: begins_at + 15 * DAY + number % 5 * HOUR for number, city in enumerate(places.zones)}
        joins = {city: at for city, at in usual.items() if city != never and city not in late} | dict(late)
        ordered = dict(sorted(joins.items(), key=lambda each: each[1]))
        return Story(slug, day_on, begins_at, ordered, **more)  # type: ignore[arg-type]

    three = [utc("2028-02-08T12:00"), utc("2028-02-09T12:00"), utc("2028-02-10T12:00")]
    return [
        story(
            "leap-day",
            date(2028, 2, 29),
            late={"salisbury": utc("2028-02-19T12:00")},
            never="bergen",
            contributions={"kathmandu": three, "los-angeles": [*three[:2], utc("2028-02-20T12:00")], "haifa": three[:2]},
        ),
        story(
            "no-midnight-in-cairo",
            date(2028, 4, 28),
            late={"salisbury": utc("2028-04-28T06:00"), "sao-paulo": utc("2028-05-02T12:00")},
            pauses=[Pause("alexandria", utc("2028-04-26T12:00"), utc("2028-05-01T12:00"))],
        ),
        story(
            "moved",
            date(2028, 6, 20),
            late={"salisbury": utc("2028-07-02T12:00")},
            moved=(utc("2028-06-01T12:00"), date(2028, 6, 27)),
        ),
        story(
            "no-midnight-in-santiago",
            date(2028, 9, 3),
            pauses=[
                Pause("valparaiso", utc("2028-08-28T12:00"), utc("2028-08-31T12:00")),
                Pause("kobe", utc("2028-09-01T12:00"), utc("2028-09-09T12:00")),
            ],
        ),
        story(
            "hours-that-come-twice",
            date(2028, 10, 29),
            pauses=[Pause("beirut", utc("2028-10-14T12:00"), utc("2028-10-31T12:00"), makes_up=False)],
        ),
        story("over-new-year", date(2028, 12, 10), pauses=[Pause("praia", utc("2028-12-11T12:00"), None)]),
    ]


@dataclass
class Year:
    """The network in the database, and what is played on it."""

    runtime: Runtime
    places: Places
    folder: Path  # for a copy of the template
    stories: list[Story]
    manager: Actor = field(init=False)
    template: Template = field(init=False)
    lines: list[Line] = field(init=False)
    plain: list[PlainYear] = field(init=False)
    seen: list[tuple[datetime, datetime, str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "plain").mkdir(parents=True)
        (self.folder / "base").mkdir()
        shutil.copy(ROOT / "toolkits" / "world-refugee-day" / "toolkit.toml", self.folder / "plain")
        file = self.folder / "base" / "campaign.toml"
        file.write_text(TEMPLATE.read_text("utf-8") + IN_A_GAP, "utf-8")
        self.template = read_template("plain", self.folder)
        self.lines = lines_of(file)
        self.plain = [PlainYear(story, self.places, self.lines) for story in self.stories]
        engine = self.runtime.database.engine
        if engine.dialect.name == "sqlite":  # a year without power cuts
            event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = OFF"))
        with self.runtime.database.writing() as session:
            network = factories.network(session)
            network.time_zone = self.places.network_zone
            cities = {slug: factories.city(session, network, slug, time_zone=zone) for slug, zone in self.places.zones.items()}
            for slug, members in self.places.chapters.items():
                factories.chapter(session, network, slug, [cities[city] for city in members])
            names = Words("en", {"en": "A day"})
            session.add(
                InternationalDay(
                    network_id=network.id, slug="a-day", names=names, month=1, day=1, proclaimed_by="all", toolkit_slug="plain"
                )
            )
            manager = actor_of(session, factories.person(session, network, RoleName.MANAGER))
        assert manager is not None
        self.manager = manager

    def ticks(self) -> list[datetime]:
        """Four times a day, and minute by minute around every moment, every change of any clock and whatever people do."""
        first = min(story.begins_at for story in self.stories)
        last = max(max(plain.all_moments()) for plain in self.plain) + 2 * DAY
        found = {first + number * 6 * HOUR for number in range((last - first) // (6 * HOUR))}
        matters = {at for plain in self.plain for at in plain.all_moments()} | changes_of_clocks(self.places.zones.values())
        found |= {at + minutes * MINUTE for at in matters for minutes in (-1, 0, 1)}
        found |= {at for at, _act in self.acts()}
        return sorted(at for at in found if at >= first and not any(since <= at < until for since, until in OUTAGES))

    def acts(self) -> list[tuple[datetime, Callable[[Session, datetime], object]]]:
        """What people do, and when."""
        found: list[tuple[datetime, Callable[[Session, datetime], object]]] = []
        for story in self.stories:
            found.append((story.begins_at, self._begin(story)))
            found += [(at, self._join(story, city)) for city, at in story.joins.items()]
            found += [(at, self._send(story, city)) for city, each in story.contributions.items() for at in each]
            if story.moved is not None:
                found.append((story.moved[0], self._move(story, story.moved[1])))
            for pause in story.pauses:
                found.append((pause.since, self._pause(story, pause)))
                if pause.until is not None:
                    found.append((pause.until, self._resume(story, pause)))
        return sorted(found, key=lambda each: each[0])

    def play(self, ticks: Sequence[datetime]) -> None:
        """The whole year."""
        registry = StepRegistry(Noted(action, self.seen) for action in step_registry())
        acts = self.acts()
        for now in ticks:
            while acts and acts[0][0] <= now:
                with self.runtime.database.writing() as session:
                    acts.pop(0)[1](session, now)
            run_due_steps(self.runtime, registry, now=now)

    def ends(self) -> list[End]:
        """What the rows say in the end; that a step was done by its action is what the action noted."""
        noted = {(campaign, action, place, now, moment) for now, moment, campaign, action, place in self.seen}
        found = []
        with self.runtime.database.reading() as session:
            for story in self.stories:
                for each in placed_runs(session, campaign_by_slug(session, self.manager.network_id, story.slug).id):
                    place = each.city.slug if each.city else each.chapter.slug if each.chapter else ""
                    action, run = each.step.action, each.run
                    assert run.done_at is not None, (story.slug, action, place)
                    was_done = (story.slug, action, place, run.done_at, run.due_at) in noted
                    told = (run.due_at, run.done_at, run.state.value, run.reason_code or "", was_done)
                    found.append(End(story.slug, each.step.position, action, place, *told))
        return sorted(found)

    def plain_ends(self, ticks: Sequence[datetime]) -> list[End]:
        """What the plain calculation says."""
        return sorted(end for plain in self.plain for end in plain.ends(ticks))

    def _campaign(self, session: Session, story: Story) -> Campaign:
        return campaign_by_slug(session, self.manager.network_id, story.slug)

    def _place(self, session: Session, story: Story, city: str) -> CampaignCity:
        where = (CampaignCity.campaign_id == self._campaign(session, story).id, City.slug == city)
        return session.scalars(select(CampaignCity).join(City, City.id == CampaignCity.city_id).where(*where)).one()

    def _begin(self, story: Story) -> Callable[[Session, datetime], object]:
        def act(session: Session, now: datetime) -> None:
            campaign = create_campaign(
                session,
                day=session.scalars(select(InternationalDay)).one(),
                draft=self.template.draft(title=Words("en", {"en": story.slug}), day_on=story.day_on),
                toolkits=["plain"],
                actor=self.manager,
                now=now,
                slug=story.slug,
                lines=self.template.lines(day_on=story.day_on, days_before=DAYS_BEFORE, days_after=DAYS_AFTER),
            )
            begin_preparation(session, campaign, actor=self.manager, now=now)

        return act

    def _join(self, story: Story, slug: str) -> Callable[[Session, datetime], object]:
        def act(session: Session, now: datetime) -> None:
            city = session.scalars(select(City).where(City.slug == slug)).one()
            join(session, self._campaign(session, story), city, actor=self.manager, now=now)

        return act

    def _send(self, story: Story, slug: str) -> Callable[[Session, datetime], object]:
        def act(session: Session, _now: datetime) -> None:
            city = session.scalars(select(City).where(City.slug == slug)).one()
            factories.submission(session, self._campaign(session, story), city, consents=())

        return act

    def _move(self, story: Story, day_on: date) -> Callable[[Session, datetime], object]:
        return lambda session, now: move_day(
            session, self._campaign(session, story), day_on, actor=self.manager, now=now, base_url=BASE_URL
        )

    def _pause(self, story: Story, pause: Pause) -> Callable[[Session, datetime], object]:
        return lambda session, now: pause_city(
            session,
            self._campaign(session, story),
            self._place(session, story, pause.city),
            reason=PauseReason.OTHER,
            note="",
            actor=self.manager,
            now=now,
        )

    def _resume(self, story: Story, pause: Pause) -> Callable[[Session, datetime], object]:
        missed = Missed.MAKE_UP if pause.makes_up else Missed.LEAVE_OUT
        return lambda session, now: resume_city(
            session,
            self._campaign(session, story),
            self._place(session, story, pause.city),
            missed=missed,
            actor=self.manager,
            now=now,
        )


def changes_of_clocks(zones: Iterable[str]) -> set[datetime]:
    """Every instant of the year at which clocks are put forward or back there."""
    found = set()
    for clock in map(ZoneInfo, set(zones)):
        at, offset = utc("2028-01-01T00:00"), utc("2028-01-01T00:00").astimezone(clock).utcoffset()
        while at < utc("2029-01-10T00:00"):
            at += HOUR / 2
            if at.astimezone(clock).utcoffset() != offset:
                found.add(at)
                offset = at.astimezone(clock).utcoffset()
    return found
