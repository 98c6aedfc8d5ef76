"""A campaign that collects in one city, a browser's form, files drawn on the spot, and the submission's own jobs."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageDraw
from sqlalchemy import func, select

from app.enums import RoleName, SubmissionState
from app.jobs import JobRegistry
from app.models import Campaign, City, Job, Submission
from app.runtime import Runtime
from app.submissions import tasks
from app.worker.runner import Worker
from tests import factories
from tests.conftest import Server

SHARE = "/c/our-home/bergen/share"


@dataclass(frozen=True)
class Scene:
    """Bergen takes part in an open campaign."""

    campaign: Campaign
    city: City
    share: str = SHARE


@pytest.fixture
def scene(runtime: Runtime) -> Scene:
    """A network with one open campaign in Bergen, its officer, and Oslo that was never asked."""
    with runtime.database.writing() as session:
        network = factories.network(session)
        bergen = factories.city(session, network, "bergen", languages=("nb", "en"))
        oslo = factories.city(session, network, "oslo")
        campaign = factories.campaign(session, network)
        factories.taking_part(session, campaign, bergen)
        factories.person(session, network, RoleName.OFFICER, city=bergen)
        factories.person(session, network, RoleName.OFFICER, city=oslo)
    return Scene(campaign, bergen)


def reader(server: Server, language: str = "en") -> httpx.Client:
    """A browser with JavaScript off that asks for this language."""
    client = server.client()
    client.headers["Accept-Language"] = language
    return client


@pytest.fixture
def browser(server: Server, scene: Scene) -> httpx.Client:  # noqa: ARG001 - there must be something to send to
    """A resident's browser, in English."""
    return reader(server)


@dataclass
class Form:
    """The form as it was handed out, to be filled in and sent."""

    client: httpx.Client
    address: str = SHARE
    token: str = field(default="")

    def __post_init__(self) -> None:
        page = self.client.get(self.address)
        assert page.status_code == 200, page.text
        self.token = value_of(page.text, "form_token")

    def send(self, *, file: tuple[str, bytes, str] | None = None, **values: str) -> httpx.Response:
        """Send it; what is not given is a good answer."""
        plain = {
            "form_token": self.token,
            "text": "Safety is a door that I can close.",
            "language": "en",
            "name": "Amal",
            "adult": "yes",
            "consent_campaign_pages": "yes",
            "consent_collage": "yes",
        }
        files = {"file": file} if file else {"file": ("", b"", "application/octet-stream")}
        return self.client.post(self.address, data=plain | values, files=files)


def value_of(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def photo(colour: str = "teal", *, name: str = "me.jpg", size: tuple[int, int] = (900, 700)) -> tuple[str, bytes, str]:
    """A drawn photo with a position in its metadata, as a form sends it."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse((100, 100, 500, 500), fill="gold")
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif)
    return name, written.getvalue(), "image/jpeg"


@pytest.fixture
def run_jobs(runtime: Runtime) -> Callable[[], None]:
    """Run the waiting jobs of submissions as the worker does; those of other rooms stay."""

    def run() -> None:
        registry = JobRegistry()
        for kind in tasks.KINDS:
            registry.register(kind)
        worker = Worker(runtime, registry)
        with runtime.database.reading() as session:
            ids = list(session.scalars(select(Job.id).where(Job.kind.startswith("submission.")).order_by(Job.id)))
        for job_id in ids:
            worker.run(job_id)

    return run


def only_submission(runtime: Runtime) -> Submission:
    """The one submission there is."""
    with runtime.database.reading() as session:
        return session.scalars(select(Submission)).one()


def count(runtime: Runtime, model: type) -> int:
    """How many rows of a table there are."""
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def files_in(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def decide(runtime: Runtime, submission: Submission, to: SubmissionState) -> None:
    """Move it as a moderator would."""
    from app.submissions import service  # noqa: PLC0415 - keeps the helper beside the others

    with runtime.database.writing() as session:
        row = session.get_one(Submission, submission.id)
        service.move(session, row, to, actor_id=None, now=runtime.now())
