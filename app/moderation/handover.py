"""What a city takes away to its own accounts: files in every format, post texts, alt texts; one by one or in one ZIP."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import IO

from sqlalchemy.orm import Session

from app.errors import ErrorKind, Refused
from app.kits.archive import Entry, text_entry, write_archive
from app.kits.order import NETWORK_NAMES, KitOrder
from app.kits.posts import alt_text, contribution_posts
from app.kits.releases import released_for
from app.kits.sources import campaign_root
from app.models import Network, Submission
from app.moderation.queries import DOWNLOAD_ROLES, Contribution
from app.runtime import Runtime
from app.storage import Storage
from app.submissions.captions import CAPTIONS_FILE, webvtt_of
from app.submissions.queries import PreparedFile, renditions_of

_FORMULA_STARTS = frozenset("=+-@\t\r")  # a spreadsheet would run them


@dataclass(frozen=True)
class Handover:
    """One contribution as it is handed over, in one language of its city's texts."""

    contribution: Contribution
    files: Sequence[PreparedFile]
    order: KitOrder
    language: str | None  # None: all its texts are drafts that are not handed out
    captions: str | None  # WebVTT

    @property
    def submission(self) -> Submission:
        """The row."""
        return self.contribution.submission

    @cached_property
    def _values(self) -> dict[str, str]:
        words = self.submission.text or self.submission.spoken_words
        return {**self.order.slots(self.spoken), "name": self.submission.name or "", "words": words}

    @property
    def spoken(self) -> str:
        """The language in which city and message are named."""
        return self.language or self.order.picture_languages[0]

    @cached_property
    def posts(self) -> dict[str, str]:
        """A ready post text for each network; none where no text may be handed out."""
        if self.language is None:
            return {}
        kind = self.submission.kind.value
        return contribution_posts(self.order.toolkit, self.language, self._values, kind=kind)

    @cached_property
    def alt(self) -> str:
        """Its author's alt text, else one that says what it is; empty where no text may be handed out."""
        if self.submission.alt_text or self.language is None:
            return self.submission.alt_text
        return alt_text(self.order.toolkit, self.language, self._values, kind=self.submission.kind.value)

    @property
    def folder(self) -> str:
        """Its folder in a ZIP, the same each time."""
        return f"{self.submission.received_at:%Y-%m-%d}-{self.submission.kind.value}-{self.submission.public_id}"

    def file_name(self, file: PreparedFile) -> str:
        """The name under which a file is kept."""
        role = "" if file.rendition.role == "main" else f"-{file.rendition.role}"
        return f"{file.rendition.format}{role}{PurePosixPath(file.artefact.storage_key).suffix}"


def handover_of(session: Session, runtime: Runtime, contribution: Contribution, *, language: str | None = None) -> Handover:
    """A contribution with its files; its link leads to the city's page. `language` is taken where the texts have it."""
    campaign, city = contribution.campaign, contribution.city
    network = session.get_one(Network, campaign.network_id)
    slug, root = campaign_root(session, runtime, campaign, city)
    order = KitOrder(
        campaign,
        city,
        f"{runtime.settings.resolved_base_url}/c/{campaign.slug}/{city.slug}",
        network.contact_email,
        toolkits_dir=root,
        toolkit_slug=slug,
        released=released_for(session, campaign.network_id, slug),
    )
    files = [file for file in renditions_of(session, contribution.submission.id) if file.rendition.role in DOWNLOAD_ROLES]
    spoken = language if language in order.text_languages else next(iter(order.text_languages), None)
    return Handover(contribution, files, order, spoken, webvtt_of(session, Submission.id == contribution.submission.id))


def handover_archive(handovers: Sequence[Handover], storage: Storage, *, folder: Path) -> IO[bytes]:
    """One ZIP of these contributions with a table of their texts.

    Refuses `moderation.changed_meanwhile` when one of them was taken back while it was being written.
    """
    entries: list[Entry] = [Entry("contributions.csv", [_table(handovers)])]
    for each in handovers:
        entries += _entries(each, storage)
    try:
        return write_archive(entries, folder=folder)
    except FileNotFoundError as error:
        raise Refused("moderation.changed_meanwhile", kind=ErrorKind.CONFLICT) from error


def _entries(handover: Handover, storage: Storage) -> Iterable[Entry]:
    for file in handover.files:
        yield Entry(f"{handover.folder}/{handover.file_name(file)}", _stored(storage, file.artefact.storage_key))
    for network, text in handover.posts.items():
        yield text_entry(f"{handover.folder}/post-{network}.txt", text)
    if handover.captions is not None:
        yield text_entry(f"{handover.folder}/{CAPTIONS_FILE}", handover.captions)
    if handover.alt:
        yield text_entry(f"{handover.folder}/alt-text.txt", handover.alt)
    words = [handover.submission.text, handover.submission.spoken_words]
    if any(words):
        yield text_entry(f"{handover.folder}/words.txt", "\n\n".join(text for text in words if text))


def _stored(storage: Storage, key: str) -> Iterator[bytes]:
    yield from storage.open_range(key)


def _table(handovers: Sequence[Handover]) -> bytes:
    """With a byte order mark, without which the most common spreadsheet reads UTF-8 wrongly."""
    out = StringIO()
    writer = csv.DictWriter(out, [*_row_head(), *(f"post_{network}" for network in NETWORK_NAMES)])
    writer.writeheader()
    for each in handovers:
        posts = {f"post_{network}": text for network, text in each.posts.items()}
        writer.writerow({name: _harmless(text) for name, text in (_row(each) | posts).items()})
    return out.getvalue().encode("utf-8-sig")


def _row_head() -> Sequence[str]:
    return ("folder", "kind", "name", "city", "language", "words", "spoken_words", "alt_text", "credit", "files")


def _row(handover: Handover) -> dict[str, str]:
    row = handover.submission
    return {
        "folder": handover.folder,
        "kind": row.kind.value,
        "name": row.name or "",
        "city": handover.order.slots(handover.spoken)["city"],
        "language": row.language,
        "words": row.text,
        "spoken_words": row.spoken_words,
        "alt_text": handover.alt,
        "credit": row.credit or "",
        "files": " ".join(handover.file_name(file) for file in handover.files),
    }


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in _FORMULA_STARTS else text
