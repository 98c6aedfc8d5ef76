"""The form on a small phone in three of the languages of residents: from right to left, with tall letters, with long words."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from app import main
from app.runtime import Runtime
from app.web.i18n import Translator, text_direction
from tests import factories
from tests.browser.test_resident import a_phone, is_as_wide_as_the_phone, violations
from tests.conftest import Server, serve

pytestmark = pytest.mark.browser


@pytest.fixture
def speaking(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A campaign that collects in Bergen, with three drafts released."""
    monkeypatch.setattr(main, "released_languages", lambda _runtime: lambda: ("ar", "de", "ta"))
    with runtime.database.writing() as session:
        network = factories.network(session)
        factories.taking_part(session, factories.campaign(session, network), factories.city(session, network))
    yield from serve(runtime)


@pytest.mark.parametrize(("language", "dark"), [("ar", False), ("ar", True), ("de", False), ("ta", True)])
def test_the_form_its_refusal_and_the_receipt_fit_a_phone_and_can_be_read_by_everyone(
    speaking: Server,
    chromium: Browser,
    language: str,
    dark: bool,  # noqa: FBT001 - pytest hands it in
) -> None:
    with a_phone(chromium, speaking, dark=dark) as phone:
        page, said = phone.new_page(), Translator(language).gettext
        page.goto(f"/c/our-home/bergen/share?lang={language}")
        html = page.locator("html")
        assert (html.get_attribute("lang"), html.get_attribute("dir")) == (language, text_direction(language))
        assert is_as_wide_as_the_phone(page)
        assert violations(page) == []

        page.locator("textarea[name=text]").fill("x" * 700)
        count = page.locator("#field-text-count").inner_text()
        assert count == said("Characters too many: {count}").replace("{count}", "100")
        page.get_by_role("button", name=said("Send"), exact=True).click()
        page.get_by_role("alert").first.wait_for()
        assert is_as_wide_as_the_phone(page)
        assert violations(page) == []

        page.locator("textarea[name=text]").fill("Two words: open doors.")
        for name in ("adult", "consent_campaign_pages"):
            page.locator(f"input[name={name}][value=yes]").check()
        page.get_by_role("button", name=said("Send"), exact=True).click()
        page.wait_for_url("**/r/*")
        page.goto(f"{page.url}?wait=no")
        assert page.get_by_role("heading", level=1).inner_text() == said("Thank you. Your story has arrived")
        assert is_as_wide_as_the_phone(page)
        assert violations(page) == []
