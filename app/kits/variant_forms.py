"""What somebody typed to correct a toolkit's texts, or chose to upload."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from app.kits.toolkit import Toolkit, patterns_of
from app.web.forms import Fields
from app.web.uploads import ReceivedForm
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.toolkit_zip import MAX_ZIP_BYTES, read_toolkit_zip

MAX_NOTE_CHARS = 500
MAX_TEXT_CHARS = 10_000
MAX_READER_CHARS = 200
FILE_FIELD = "file"
_ENDING = re.compile(r"[^.a-zA-Z0-9]")


@dataclass(frozen=True, slots=True)
class TypedTexts:
    """A form of texts as it was sent; what is wrong with it stands in the fields."""

    texts: Mapping[str, str]
    reviewed_by: str | None
    reviewed_on: date | None
    note: str
    read: int  # the number of the variant that the form was made from


@dataclass(frozen=True, slots=True)
class Sent:
    """A ZIP that was opened, and for whom it is."""

    slug: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Merged:
    """What somebody changed in a form, on top of what others wrote meanwhile."""

    texts: Mapping[str, str]  # all of them, as the form shows them next
    changed: Mapping[str, str]  # those that say something else than what stands
    clashes: Mapping[str, str]  # what stands where both changed the same text


def texts_of(toolkit: Toolkit, language: str) -> dict[str, str]:
    """The texts of a language by key, without the empty lines around them."""
    return {key: text.strip() for key, text in patterns_of(toolkit.texts[language])}


def read_texts(fields: Fields, keys: Sequence[str]) -> TypedTexts:
    """Read the form; every text is needed, and a reader has a name and a day."""
    texts = {key: fields.text(key, max_chars=MAX_TEXT_CHARS) for key in keys if key in fields.values}
    person = fields.text("reviewed_by", required=False, max_chars=MAX_READER_CHARS)
    day = fields.day("reviewed_on") if fields.raw("reviewed_on").strip() else None
    if bool(person) != bool(day):
        fields.refuse("reviewed_on" if person else "reviewed_by", "variant.reader_and_date")
    number = fields.raw("read").strip()
    return TypedTexts(
        texts=texts,
        reviewed_by=person or None,
        reviewed_on=day,
        note=fields.text("note", max_chars=MAX_NOTE_CHARS),
        read=int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0,
    )


def merge(typed: Mapping[str, str], *, made_from: Mapping[str, str], stands: Mapping[str, str]) -> Merged:
    """Keep what was typed where it is a change, and what others wrote everywhere else."""
    mine = {key: text for key, text in typed.items() if key in stands and text != made_from.get(key)}
    changed = {key: text for key, text in mine.items() if text != stands[key]}
    clashes = {key: stands[key] for key in changed if stands[key] != made_from.get(key)}
    return Merged({**stands, **mine}, changed, clashes)


def read_zip(fields: Fields, form: ReceivedForm, folder: Path, slug: str | None = None) -> Sent | None:
    """The toolkit in the ZIP that was sent, this one where it is named; None, and the reason in the fields, when it cannot be."""
    file = next((each for each in form.files if each.field_name == FILE_FIELD), None)
    if file is None:
        fields.refuse(FILE_FIELD, "variant.no_file")
        return None
    limit_bytes = min(file.max_bytes, MAX_ZIP_BYTES)
    if file.size_bytes > limit_bytes:
        fields.refuse(FILE_FIELD, "upload.too_large", actual_bytes=file.size_bytes, limit_bytes=limit_bytes)
        return None
    if file.size_bytes == 0:
        fields.refuse(FILE_FIELD, "variant.empty_file")
        return None
    try:
        with TemporaryDirectory(dir=folder) as workspace:
            # under an ending like its own, so that a refusal can say what it is
            source = Path(workspace) / f"sent{_ENDING.sub('', PurePosixPath(file.file_name).suffix) or '.?'}"
            source.hardlink_to(file.path)
            return Sent(*read_toolkit_zip(source, Path(workspace), slug))
    except ToolFailed:
        raise
    except MediaError as refused:
        fields.refuse(FILE_FIELD, refused.code, **refused.params)
        return None
