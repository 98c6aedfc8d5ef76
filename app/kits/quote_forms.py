"""What an officer typed about a quote."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from app.enums import QuoteRole
from app.kits.quotes import QuoteDraft
from app.kits.toolkit_files import MAX_QUOTE_CHARS
from app.web.forms import Fields
from app.web.uploads import ReceivedFile
from app.words import Words
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.limits import MIB
from media_pipeline.portraits import make_portrait
from media_pipeline.typeset import check_glyphs, clean

MAX_NAME_CHARS, MAX_OFFICE_CHARS, MAX_ALT_CHARS = 80, 100, 300
MAX_PORTRAIT_BYTES = 40 * MIB  # more than a phone makes
PORTRAIT_FIELD, AGREED = "portrait", "agreed"


def read_quote(fields: Fields, *, languages: Sequence[str], translated: Sequence[str], portrait: Path | None) -> QuoteDraft:
    """Read the form; what is wrong stands in the fields."""
    source = fields.raw("language")
    if source not in languages:
        fields.refuse("language", "form.not_a_choice")
        source = languages[0]
    role = fields.one_of("role", QuoteRole)
    name = _words(fields, "name", max_chars=MAX_NAME_CHARS, required=True)
    texts = {source: _words(fields, "text", max_chars=MAX_QUOTE_CHARS, required=True)}
    offices = {source: _words(fields, "office", max_chars=MAX_OFFICE_CHARS)}
    for tag in translated:
        if tag == source:
            continue
        if text := _words(fields, f"text_{tag}", max_chars=MAX_QUOTE_CHARS):
            texts[tag] = text
        if office := _words(fields, f"office_{tag}", max_chars=MAX_OFFICE_CHARS):
            offices[tag] = office
    if not fields.ticked(AGREED):
        fields.refuse(AGREED, "quote.not_agreed")
    return QuoteDraft(
        role=role,
        name=name,
        office=Words(source, offices),
        text=Words(source, texts),
        portrait=portrait,
        without_portrait=fields.ticked("without_portrait"),
        portrait_alt_text=fields.text("alt_text", required=False, max_chars=MAX_ALT_CHARS),
    )


def _words(fields: Fields, field: str, *, max_chars: int, required: bool = False) -> str:
    text = " ".join(clean(fields.text(field, required=required, max_chars=max_chars)).split())
    if missing := check_glyphs(text):
        fields.refuse(field, "look.no_letters", characters=" ".join(sorted(missing)))
    return text


def take_portrait(fields: Fields, file: ReceivedFile, workspace: Path) -> Path | None:
    """The portrait that was sent, upright and cropped, in the workspace; None, and the reason in the fields, if it is none."""
    if file.size_bytes > MAX_PORTRAIT_BYTES:
        fields.refuse(PORTRAIT_FIELD, "upload.too_large", limit_bytes=MAX_PORTRAIT_BYTES, actual_bytes=file.size_bytes)
        return None
    try:
        with TemporaryDirectory(dir=workspace) as folder:
            kept = workspace / f"{file.path.name}.jpg"
            make_portrait(file.path, Path(folder)).replace(kept)
            return kept
    except ToolFailed:
        raise
    except MediaError as refused:
        code = "quote.not_a_photo" if refused.code == "media.unknown_type" else refused.code
        fields.refuse(PORTRAIT_FIELD, code, **refused.params)
        return None
