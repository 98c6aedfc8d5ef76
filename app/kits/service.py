"""One city's kit: what is in it, drawn and written when its turn comes, in one ZIP."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from app.errors import Refused
from app.kits import qr
from app.kits.archive import Entry, text_entry, write_archive
from app.kits.contexts import ReadmeText
from app.kits.frames import PROFILE, render_card, render_frame
from app.kits.posts import city_posts
from app.kits.rules import shared_languages, text_languages
from app.kits.slots import slots_of
from app.kits.toolkit import Toolkit, fill, load_toolkit
from app.models import Campaign, City
from app.web.i18n import own_name
from app.web.templating import render_text
from app.words import choose
from media_pipeline.errors import MediaError

CARD_FORMATS = ("square", "story", "landscape")
NOTE_FORMAT = "a4"
NETWORK_NAMES = {
    "facebook": "Facebook",
    "instagram": "Instagram",
    "x": "X",
    "linkedin": "LinkedIn",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
}


@dataclass(frozen=True)
class KitOrder:
    """What a kit is made for: a city in a campaign, the address of its form, and whom to ask."""

    campaign: Campaign
    city: City
    link: str
    contact: str

    @cached_property
    def toolkit(self) -> Toolkit:
        """The campaign's look and texts."""
        return load_toolkit(self.campaign.toolkit_slug)

    @cached_property
    def picture_languages(self) -> list[str]:
        """The languages in which its pictures speak."""
        return shared_languages(self.campaign.languages, self.city.languages)

    @cached_property
    def text_languages(self) -> list[str]:
        """The languages in which its texts are written."""
        return text_languages(self.picture_languages, self.toolkit.texts.keys(), self.toolkit.manifest.source_language)

    def slots(self, language: str) -> dict[str, str]:
        """The words that stand in its pictures and texts."""
        return {**slots_of(self.campaign, self.city, language), "link": self.link}


def form_link(base_url: str, campaign: Campaign, city: City) -> str:
    """The address of a city's form, for its residents."""
    return f"{base_url}/c/{campaign.slug}/{city.slug}/share"


def build_kit(order: KitOrder, *, folder: Path) -> IO[bytes]:
    """The kit as an open ZIP; refuses `kit.words_do_not_fit` when a city's words cannot be set in the campaign's pictures."""
    with TemporaryDirectory(dir=folder) as workspace, refusing_unset_words():
        return write_archive(kit_entries(order, Path(workspace)), folder=folder)


def kit_entries(order: KitOrder, workspace: Path) -> list[Entry]:
    """Every file of the kit in its order; a picture is drawn when its bytes are asked for."""
    return [
        text_entry("README.txt", _readme(order)),
        *_frames(order, workspace),
        *_cards(order, workspace),
        *_texts(order),
        *_notes(order, workspace),
        Entry("qr/form.png", [qr.qr_png(order.link)]),
        Entry("qr/form.svg", [qr.qr_svg(order.link)]),
        text_entry("LICENCES.md", (order.toolkit.folder / "LICENCES.md").read_text("utf-8")),
    ]


def draw_frame(order: KitOrder, format_name: str, *, folder: Path) -> bytes:
    """One frame in the city's first language."""
    language = order.picture_languages[0]
    with TemporaryDirectory(dir=folder) as workspace, refusing_unset_words():
        target = Path(workspace) / "frame.png"
        render_frame(order.toolkit, format=format_name, slots=order.slots(language), language=language, target=target)
        return target.read_bytes()


def draw_note(order: KitOrder, *, folder: Path) -> bytes:
    """The one-page note to print, in the city's first language that the toolkit writes."""
    with TemporaryDirectory(dir=folder) as workspace, refusing_unset_words():
        return _note_pdf(order, order.text_languages[0], target=Path(workspace) / "note.pdf").read_bytes()


class refusing_unset_words:  # noqa: N801 - read as the clause of a `with`
    """Turns what the typesetter cannot set into a refusal that an officer understands."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, MediaError) and error.code.startswith("typeset."):
            slot = str(error.params.get("slot", ""))
            raise Refused("kit.words_do_not_fit", slot=slot, characters=str(error.params.get("characters", ""))) from error


def _frames(order: KitOrder, workspace: Path) -> Iterable[Entry]:
    for language in order.picture_languages:
        for name in order.toolkit.manifest.formats:
            if name in order.toolkit.template("profile_frame" if name == PROFILE else "frame").formats:
                draw = partial(render_frame, order.toolkit, format=name, slots=order.slots(language), language=language)
                yield _drawn(f"frames/{name}.{language}.png", workspace, draw)


def _cards(order: KitOrder, workspace: Path) -> Iterable[Entry]:
    for language in order.picture_languages:
        question = choose(order.campaign.question, [language, *order.city.languages])
        slots = {**order.slots(language), "quote": question.text}
        for name in CARD_FORMATS:
            draw = partial(render_card, order.toolkit, format=name, slots=slots, language=question.language)
            yield _drawn(f"cards/question-{name}.{language}.png", workspace, draw)


def _drawn(path: str, workspace: Path, draw: Callable[..., object]) -> Entry:
    def chunks() -> Iterator[bytes]:
        target = workspace / f"drawn{Path(path).suffix}"
        draw(target=target)
        yield target.read_bytes()

    return Entry(path, chunks())


def _texts(order: KitOrder) -> Iterable[Entry]:
    for language in order.text_languages:
        for network, text in city_posts(order.toolkit, language, order.slots(language)).items():
            yield text_entry(f"texts/{network}.{language}.txt", text)


def _notes(order: KitOrder, workspace: Path) -> Iterable[Entry]:
    for language in order.text_languages:
        slots, note = order.slots(language), order.toolkit.texts[language].note
        parts = (slots["city"], slots["message"], slots["day"], fill(note.title, slots), fill(note.body, slots))
        yield _drawn(f"note.{language}.pdf", workspace, partial(_note_pdf, order, language))
        yield text_entry(f"note.{language}.txt", "\n\n".join([*parts, slots["hashtag"], order.link, order.contact]))


def _note_pdf(order: KitOrder, language: str, *, target: Path) -> Path:
    slots, note = order.slots(language), order.toolkit.texts[language].note
    words = {"title": fill(note.title, slots), "body": fill(note.body, slots), "contact": order.contact, "qr": order.link}
    return render_card(
        order.toolkit, template="note", format=NOTE_FORMAT, slots={**slots, **words}, language=language, target=target
    )


def _readme(order: KitOrder) -> str:
    """In every language of the texts, one after the other."""
    return ("\n\n" + "-" * 72 + "\n\n").join(
        render_text("kits/readme.txt", language, _readme_words(order, language)).strip() for language in order.text_languages
    )


def _readme_words(order: KitOrder, language: str) -> ReadmeText:
    slots = order.slots(language)
    return ReadmeText(
        city=slots["city"],
        message=slots["message"],
        day=slots["day"],
        hashtag=slots["hashtag"],
        link=order.link,
        contact=order.contact,
        networks=list(NETWORK_NAMES.values()),
        language_names=[own_name(tag) for tag in dict.fromkeys([*order.picture_languages, *order.text_languages])],
    )
