"""A browser, a campaign that speaks three languages, and a photo as a phone stores it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from app.words import Words
from tests import factories
from tests.browser.frame_page import BLUE, GREEN, RED, WHITE
from tests.conftest import Server

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if binary is None:
        pytest.skip("no Chromium is installed here (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def beirut(server: Server) -> Server:
    """A campaign with a message in three languages, in a city that speaks Arabic first."""
    with server.runtime.database.writing() as session:
        network = factories.network(session)
        campaign = factories.campaign(session, network, languages=("en", "fr", "ar"))
        campaign.message = Words("en", {"en": "Our home", "fr": "Chez nous", "ar": "المكان الآمن نصنعه معًا"})
        city = factories.city(session, network, "beirut", name="بيروت", time_zone="Asia/Beirut", languages=("ar", "fr"))
        factories.taking_part(session, campaign, city)
    return server


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    """A phone's photo, stored lying on its side with a note that says how it was held; upright it is red, green, blue, white."""
    photo = Image.new("RGB", (1200, 1600))
    for colour, left, top in ((RED, 0, 0), (GREEN, 600, 0), (BLUE, 0, 800), (WHITE, 600, 800)):
        photo.paste(colour, (left, top, left + 600, top + 800))
    note = Image.Exif()
    note[0x0112] = 6  # turn it by a quarter to the right when shown
    path = tmp_path / "IMG_0001.jpg"
    photo.transpose(Image.Transpose.ROTATE_90).save(path, "JPEG", quality=95, exif=note)
    return path
