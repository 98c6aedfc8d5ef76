"""A resident is spoken to in their language, from the form to the withdrawal; every other page keeps to its own languages."""

from collections.abc import Callable, Iterator
from html import escape

import httpx
import pytest
from sqlalchemy import select

from app import main
from app.consent.wordings import wordings
from app.enums import Purpose, RejectionReason, SubmissionState, Verdict
from app.models import Campaign, Consent, ConsentWording, Decision, Person, Submission
from app.runtime import Runtime
from app.web import i18n
from app.web.i18n import Translator, text_direction
from app.web.residents import reviews
from app.words import Words
from tests.conftest import Server, serve
from tests.submissions.conftest import Form, Scene, decide, only_submission, photo, reader

LANGUAGES = list(reviews())
S = SubmissionState


class Unsaid:
    """Stands behind a catalogue and notes what it was asked for in vain."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def gettext(self, message: str) -> str:
        self.sentences.append(message)
        return message

    def ungettext(self, one: str, _many: str, _count: int) -> str:
        return self.gettext(one)

    def upgettext(self, _context: str, message: str) -> str:
        return self.gettext(message)

    ugettext = gettext
    ngettext = ungettext


@pytest.fixture
def unsaid(monkeypatch: pytest.MonkeyPatch) -> Unsaid:
    """What the pages of this test wanted to say in a language of residents and could not."""
    heard = Unsaid()
    for language in LANGUAGES:
        monkeypatch.setattr(i18n._catalogue(language), "_fallback", heard)
    return heard


@pytest.fixture
def released(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The service, with every language of residents released."""
    monkeypatch.setattr(main, "released_languages", lambda _runtime: lambda: LANGUAGES)
    yield from serve(runtime)


def head(language: str) -> str:
    return f'<html lang="{language}" dir="{text_direction(language)}">'


def said(language: str, sentence: str) -> str:
    """A sentence of the catalogue as it stands in a page."""
    return escape(Translator(language).gettext(sentence), quote=False)


def read_wordings(runtime: Runtime) -> set[tuple[Purpose, str, str, str]]:
    """What was agreed to, with the sentence that was read."""
    with runtime.database.reading() as session:
        rows = session.execute(
            select(Consent.purpose, ConsentWording.language, ConsentWording.text, ConsentWording.sha256).join(
                ConsentWording, ConsentWording.sha256 == Consent.wording_sha256
            )
        )
        return {(row.purpose, row.language, row.text, row.sha256) for row in rows}


def test_form_refusal_consent_receipt_and_withdrawal_speak_every_language(
    released: Server, runtime: Runtime, scene: Scene, unsaid: Unsaid
) -> None:
    for language in LANGUAGES:  # one after the other, since the same service speaks all of them
        client, speech = reader(released, language), Translator(language)
        page = client.get(scene.share).text
        assert head(language) in page
        assert all(f'<span lang="{language}">{each.text}</span>' in page for each in wordings(language))
        assert f'<button class="button button-primary">{said(language, "Send")}</button>' in page

        form = Form(client)
        refused = form.send(text="x" * 2000, consent_campaign_pages="no", adult="")
        assert (refused.status_code, head(language) in refused.text) == (422, True)
        assert escape(speech.sentence("submission.text_too_long", {"actual_chars": 2000, "limit_chars": 600})) in refused.text
        assert escape(speech.sentence("consent.pages_needed", {})) in refused.text
        summary = speech.ngettext("One thing needs another look", "%(num)s things need another look", 3)
        assert summary % {"num": 3} in refused.text

        sent = form.send(file=photo(), wording_language=language)
        assert sent.status_code == 303
        receipt = client.get(sent.headers["location"]).text
        assert head(language) in receipt
        assert said(language, "Thank you. Your story has arrived") in receipt
        agreed = {each for each in wordings(language) if each.purpose in {Purpose.CAMPAIGN_PAGES, Purpose.COLLAGE}}
        kept = {each for each in read_wordings(runtime) if each[1] == language}
        assert kept == {(each.purpose, language, each.text, each.sha256) for each in agreed}

        assert said(language, "This is what will happen:") in client.get(f"{sent.headers['location']}/withdraw").text
        assert client.post(f"{sent.headers['location']}/withdraw").status_code == 303
        assert said(language, "Your story is withdrawn") in client.get(sent.headers["location"]).text
    assert unsaid.sentences == []


def test_arabic_runs_from_the_right_and_tamil_and_chinese_are_what_they_are(released: Server, scene: Scene) -> None:
    arabic, tamil, chinese = (reader(released, language).get(scene.share).text for language in ("ar", "ta", "zh-CN"))
    assert '<html lang="ar" dir="rtl">' in arabic
    assert "يجوز عرض قصّتي على صفحات هذه الحملة." in arabic
    assert '<html lang="ta" dir="ltr">' in tamil
    assert '<option value="ta" selected>தமிழ்</option>' in tamil  # who reads it writes it, though Bergen speaks others
    assert "என் கதையை இந்தப் பிரச்சாரத்தின் பக்கங்களில் காட்டலாம்." in tamil
    assert '<html lang="zh" dir="ltr">' in chinese
    assert "我的故事可以在这次活动的页面上展示。" in chinese


def test_every_page_on_the_way_says_all_of_it(
    released: Server, runtime: Runtime, scene: Scene, unsaid: Unsaid, run_jobs: Callable[[], None]
) -> None:
    client = reader(released, "fa")
    assert said("fa", "Where do you live?") in client.get("/c/our-home/share").text
    assert said("fa", "Choose a city that takes part.") in client.get("/c/our-home/share?city=atlantis").text
    assert said("fa", "When your city joins, you can tell your story here.") in client.get("/c/our-home/oslo/share").text
    assert said("fa", "Tell your story") in client.get(scene.share).text
    under_18 = Form(client).send(adult="no")
    assert said("fa", "Thank you for wanting to tell your story") in under_18.text
    receipt = Form(client).send(file=photo()).headers["location"]
    run_jobs()
    assert said("fa", "This is how it looks") in client.get(receipt).text
    submission = only_submission(runtime)
    decide(runtime, submission, S.APPROVED)
    assert said("fa", "Your story is there for everyone") in client.get(receipt).text
    decide(runtime, submission, S.REJECTED)
    with runtime.database.writing() as session:
        officer = session.scalars(select(Person.id).order_by(Person.id)).first()
        why = {"verdict": Verdict.REJECT, "reason": RejectionReason.QUALITY, "decided_at": runtime.now()}
        session.add(Decision(submission_id=submission.id, person_id=officer, **why))
    assert Translator("fa").sentence("rejection.quality", {}) in client.get(receipt).text
    with runtime.database.writing() as session:
        row = session.get_one(Submission, submission.id)
        row.state, row.failure_code, row.failure_params = S.FAILED, "media.too_long", {"found_s": 700, "allowed_s": 600}
    failed = client.get(receipt).text
    assert Translator("fa").sentence("media.too_long", {"found_s": 700, "allowed_s": 600}) in failed
    assert "11:40" in failed
    for address in ("/r/nothing", "/c/nothing/bergen/share", "/c/our-home/nowhere/share"):
        lost = client.get(address)
        assert (lost.status_code, head("fa") in lost.text) == (404, True)
    assert unsaid.sentences == []


def test_a_draft_that_is_not_released_is_not_offered(server: Server, scene: Scene) -> None:
    page = reader(server, "ar, fr;q=0.5").get(scene.share)
    assert head("fr") in page.text
    assert 'hreflang="ar"' not in page.text
    asked = reader(server).get(f"{scene.share}?lang=ar")
    assert head("en") in asked.text
    assert "language" not in asked.cookies


def test_other_pages_keep_to_their_languages_and_offer_no_others(released: Server, scene: Scene) -> None:
    client = reader(released, "ar, fr;q=0.5")
    for address in ("/c/our-home", "/c/our-home/bergen", "/privacy", "/desk/sign-in"):
        page = client.get(address)
        assert head("fr") in page.text, address
        assert 'hreflang="ar"' not in page.text, address
        asked = client.get(f"{address}?lang=ar")
        assert head("fr") in asked.text, address
        assert "language" not in asked.cookies, address
    form = client.get(scene.share).text
    assert all(f'hreflang="{language}"' in form for language in ("en", "fr", *LANGUAGES) if language != "ar")


def test_the_toolkits_question_is_asked_in_its_languages_until_the_campaign_asks_its_own(
    released: Server, runtime: Runtime, scene: Scene
) -> None:
    client = reader(released, "ar")
    assert '<h1 lang="ar" dir="rtl">ماذا يعني لكم الأمان؟</h1>' in client.get(scene.share).text
    with runtime.database.writing() as session:
        session.get_one(Campaign, scene.campaign.id).question = Words("en", {"en": "Where do you feel safe?"})
    assert '<h1 lang="en" dir="ltr">Where do you feel safe?</h1>' in client.get(scene.share).text


def test_a_language_chosen_on_the_form_is_remembered_where_it_is_spoken(released: Server, scene: Scene) -> None:
    client = reader(released, "en")
    assert client.get(f"{scene.share}?lang=uk").cookies["language"] == "uk"
    sent = Form(client).send()
    assert head("uk") in client.get(sent.headers["location"]).text
    assert head("en") in client.get("/c/our-home").text


def test_a_consent_keeps_the_sentence_that_was_read_though_its_reader_has_changed_language(
    released: Server, runtime: Runtime, scene: Scene
) -> None:
    client = reader(released, "ta")
    form, page = Form(client), client.get(scene.share).text
    assert 'name="wording_language" value="ta"' in page
    client.get(f"{scene.share}?lang=fr")  # in another window
    sent = form.send(wording_language="ta")
    assert {language for _, language, _, _ in read_wordings(runtime)} == {"ta"}
    url = sent.headers["location"]
    assert 'name="wording_language" value="fr"' in client.get(url).text
    _choose(client, url, wording_language="de", consent_network_accounts="yes")
    _choose(client, url, wording_language="tlh", consent_city_film="yes")
    assert {(purpose, language) for purpose, language, _, _ in read_wordings(runtime)} == {
        (Purpose.CAMPAIGN_PAGES, "ta"),
        (Purpose.COLLAGE, "ta"),
        (Purpose.NETWORK_ACCOUNTS, "de"),
        (Purpose.CITY_FILM, "fr"),
    }


def _choose(client: httpx.Client, url: str, **values: str) -> None:
    assert client.post(f"{url}/purposes", data=values).status_code == 303
