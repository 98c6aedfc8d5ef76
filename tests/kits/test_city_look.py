"""A city gives its names, logo, colour and accounts on one page, and three pieces show them before they are kept."""

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from app.derivation import compare_rows_and_files
from app.enums import Accent, RoleName
from app.errors import Refused
from app.kits.city_looks import Look, look_of
from app.kits.dressing import dressed
from app.kits.handles import handle_of
from app.kits.toolkit import NEEDED_CONTRAST, contrast_ratio, list_toolkits, load_toolkit
from app.models import AuditRow, City
from app.words import Words
from tests import factories
from tests.conftest import Server

PAGE = "/desk/cities/bergen/look"
BAR = '<rect x="10" y="10" width="60" height="10" fill="#205080"/>'
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">{BAR}</svg>'
TYPED = {"name_nb": "Bergen", "name_en": "Bergen", "name_fr": "", "accent": "accent", "campaign": "our-home", "language": "nb"}


@dataclass
class Desk:
    """An officer of Bergen in front of the page."""

    officer: httpx.Client
    server: Server

    def post(self, act: str, logo: tuple[str, bytes] | None = None, **typed: str) -> httpx.Response:
        files = [("logo", (*logo, "application/octet-stream"))] if logo else [("logo", ("", b"", "application/octet-stream"))]
        return self.officer.post(PAGE, data=TYPED | typed | {"act": act}, files=files)

    def look(self) -> Look:
        with self.server.runtime.database.reading() as session:
            return look_of(session, session.scalars(select(City).where(City.slug == "bergen")).one())

    def names(self) -> Words:
        with self.server.runtime.database.reading() as session:
            return session.scalars(select(City).where(City.slug == "bergen")).one().names

    def stored_files(self) -> int:
        runtime = self.server.runtime
        with runtime.database.reading() as session:
            report = compare_rows_and_files(session, runtime.storage)
        assert (report.missing_files, report.stray_files) == ([], [])
        return len(list(runtime.storage.keys()))


@pytest.fixture
def desk(server: Server) -> Desk:
    with server.runtime.database.writing() as session:
        network = factories.network(session)
        bergen = factories.city(session, network, languages=("nb", "en"))
        factories.city(session, network, "oslo")
        factories.taking_part(session, factories.campaign(session, network), bergen)
        factories.person(session, network, city=bergen)
        factories.person(session, network, RoleName.MANAGER)
    return Desk(server.signed_in("officer@bergen.example"), server)


def value_of(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" type="[a-z]+" value="([^"]*)"|name="{name}" value="([^"]*)"', page.text)
    assert found is not None, name
    return found.group(1) or found.group(2) or ""


def addresses(page: httpx.Response) -> list[str]:
    return [address.replace("&amp;", "&") for address in re.findall(r'<img src="([^"]+\.webp[^"]*)"', page.text)]


def pictures(desk: Desk, page: httpx.Response) -> list[bytes]:
    answers = [desk.officer.get(address) for address in addresses(page)]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.content for answer in answers]


def png(size: tuple[int, int] = (800, 200)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (180, 20, 40)).save(out, "PNG")
    return out.getvalue()


def test_three_pieces_change_with_what_is_typed_and_nothing_is_kept_before_keep(desk: Desk) -> None:
    before = pictures(desk, desk.officer.get(f"{PAGE}?campaign=our-home"))
    shown = desk.post("show", ("crest.svg", SVG.encode()), name_nb="Bergen by", accent="second")
    assert shown.status_code == 200
    after = pictures(desk, shown)
    assert [len(before), len(after), len(set(before) & set(after))] == [3, 3, 0]
    assert (value_of(shown, "name_nb"), desk.look(), desk.stored_files()) == ("Bergen by", Look(), 0)
    assert desk.names().texts["nb"] == "Bergen"
    token = value_of(shown, "logo_token")
    kept = desk.post("keep", name_nb="Bergen by", name_fr="Bergen (Norvège)", accent="second", logo_token=token)
    assert (kept.status_code, kept.headers["location"]) == (303, f"{PAGE}?campaign=our-home&language=nb&kept=true")
    assert desk.names() == Words("nb", {"nb": "Bergen by", "en": "Bergen", "fr": "Bergen (Norvège)"})
    look = desk.look()
    assert (look.accent, look.logo_size_px, desk.stored_files()) == (Accent.SECOND, (1000, 169), 1)
    assert pictures(desk, desk.officer.get(kept.headers["location"])) == after


def test_another_logo_takes_the_place_of_the_one_before_and_no_logo_leaves_no_file(desk: Desk, tmp_path: Path) -> None:
    for content, name in ((SVG.encode(), "a.svg"), (png(), "b.png")):
        assert desk.post("keep", (name, content)).status_code == 303
        assert desk.stored_files() == 1
    fetched = desk.look().pictures(desk.server.runtime.storage, tmp_path)
    with Image.open(fetched["logo"]) as logo:
        assert (list(fetched), logo.format, logo.size) == (["logo"], "PNG", (800, 200))
    assert desk.post("keep").status_code == 303
    assert desk.look().logo_key is not None
    assert desk.post("keep", without_logo="yes").status_code == 303
    assert (desk.look(), desk.stored_files()) == (Look(), 0)


def test_a_logo_that_could_do_something_is_refused_with_what_was_found_and_nothing_typed_is_lost(desk: Desk) -> None:
    bad = SVG.replace("<rect", "<script>alert(1)</script><rect")
    answer = desk.post("keep", ("bad.svg", bad.encode()), name_nb="Bergen by", handle_x="@bergen")
    assert answer.status_code == 422
    assert ("&lt;script&gt;" in answer.text or "logo.unsafe" in answer.text, value_of(answer, "name_nb")) == (True, "Bergen by")
    assert (value_of(answer, "handle_x"), desk.look()) == ("@bergen", Look())


def test_accounts_are_kept_as_people_write_them(desk: Desk) -> None:
    pasted = "https://mastodon.social/@bergen"
    assert desk.post("keep", handle_mastodon=pasted, handle_x="https://twitter.com/bergen?s=20").status_code == 303
    assert dict(desk.look().handles) == {"mastodon": "@bergen@mastodon.social", "x": "@bergen"}
    refused = desk.post("keep", handle_x="no spaces here")
    assert (refused.status_code, value_of(refused, "handle_x")) == (422, "no spaces here")


def test_a_name_that_no_font_has_letters_for_or_that_no_piece_holds_is_refused(desk: Desk) -> None:
    for name in ("Bergen \U0001f9ff\U00012000", "W" * 110):
        answer = desk.post("keep", name_nb=name)
        assert (answer.status_code, desk.names().texts["nb"]) == (422, "Bergen")
    assert desk.post("keep", name_nb="").status_code == 422


def test_a_change_is_in_the_audit_trail_without_words(desk: Desk) -> None:
    desk.post("keep", ("a.svg", SVG.encode()), name_en="Bergen in Norway", handle_x="@bergen")
    with desk.server.runtime.database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.act == "city_look_kept")).one()
        assert row.codes == {"renamed": True, "logo": True, "accent": "accent", "handles": 1}


@pytest.mark.parametrize("path", ["", "/post.webp"])
def test_a_city_that_is_not_theirs_looks_as_if_it_were_not_there(desk: Desk, path: str) -> None:
    assert desk.officer.get(f"/desk/cities/oslo/look{path}").status_code == 404
    assert desk.officer.post("/desk/cities/oslo/look", data=TYPED, files=[("logo", ("", b""))]).status_code == 404
    manager = desk.server.signed_in("manager@network.example")
    assert manager.get(f"/desk/cities/oslo/look{path}").status_code == 200
    assert desk.server.client().get(f"{PAGE}{path}").status_code in {303, 401}


def test_a_logo_that_was_only_shown_is_nobody_elses(desk: Desk) -> None:
    token = value_of(desk.post("show", ("a.svg", SVG.encode())), "logo_token")
    manager = desk.server.signed_in("manager@network.example")
    plain = manager.get("/desk/cities/oslo/look/post.webp?name=Oslo").content
    assert manager.get(f"/desk/cities/oslo/look/post.webp?name=Oslo&logo={token}").content == plain


def test_the_pages_of_city_and_network_lead_there(desk: Desk) -> None:
    assert "/desk/c/our-home/bergen/look" in desk.officer.get("/desk/c/our-home/bergen").text
    answer = desk.officer.get("/desk/c/our-home/bergen/look")
    assert answer.headers["location"] == f"{PAGE}?campaign=our-home"
    assert PAGE in desk.server.signed_in("manager@network.example").get("/desk/network").text


@pytest.mark.parametrize("slug", list_toolkits())
def test_with_the_second_colour_every_word_can_still_be_read(slug: str) -> None:
    toolkit, changed = load_toolkit(slug), 0
    for template in toolkit.loaded.values():
        worn, palette = dressed(template, toolkit.palette, Accent.SECOND)
        changed += palette != toolkit.palette
        ratios = [contrast_ratio(palette[words], palette[ground]) for words, ground in worn.contrasts]
        assert min(ratios, default=21.0) >= NEEDED_CONTRAST
        assert dressed(template, toolkit.palette, Accent.FIRST) == (template, toolkit.palette)
    assert changed == len(toolkit.loaded)


@pytest.mark.parametrize(
    ("network", "typed", "kept"),
    [
        ("facebook", "https://www.facebook.com/cittaditorino/?ref=x", "facebook.com/cittaditorino"),
        ("facebook", "https://m.facebook.com/profile.php?id=100064", "facebook.com/profile.php?id=100064"),
        ("facebook", "VilleDeParis", "facebook.com/VilleDeParis"),
        ("instagram", "instagram.com/oslo.kommune/", "@oslo.kommune"),
        ("x", "@Oslo", "@Oslo"),
        ("linkedin", "https://no.linkedin.com/company/oslo-kommune/about/", "linkedin.com/company/oslo-kommune"),
        ("linkedin", "oslo-kommune", "linkedin.com/company/oslo-kommune"),
        ("mastodon", "oslo@mastodon.social", "@oslo@mastodon.social"),
        ("mastodon", "https://social.bund.de/users/berlin", "@berlin@social.bund.de"),
        ("bluesky", "https://bsky.app/profile/oslo.kommune.no", "@oslo.kommune.no"),
        ("bluesky", "@oslo", "@oslo.bsky.social"),
        ("youtube", "https://www.youtube.com/@oslokommune/videos", "@oslokommune"),
        (
            "youtube",
            "https://www.youtube.com/channel/UC1234567890123456789012",
            "youtube.com/channel/UC1234567890123456789012",
        ),
        ("youtube", "  ", ""),
    ],
)
def test_an_account_is_understood_however_it_is_given(network: str, typed: str, kept: str) -> None:
    assert handle_of(network, typed) == kept


@pytest.mark.parametrize(
    ("network", "typed"),
    [
        ("facebook", "https://elsewhere.example/oslo"),
        ("facebook", "<b>"),
        ("instagram", "oslo..kommune"),
        ("instagram", "a" * 31),
        ("x", "a_name_that_is_too_long"),
        ("linkedin", "https://www.linkedin.com/feed/update/1"),
        ("mastodon", "@oslo"),
        ("mastodon", "https://mastodon.social/about"),
        ("bluesky", "oslo kommune"),
        ("youtube", "https://www.youtube.com/watch?v=1"),
        ("youtube", "x" * 300),
    ],
)
def test_what_is_no_account_is_refused_with_an_example(network: str, typed: str) -> None:
    with pytest.raises(Refused) as refused:
        handle_of(network, typed)
    assert (refused.value.code, refused.value.field) == ("look.handle", f"handle_{network}")
