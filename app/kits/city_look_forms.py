"""What an officer typed on the page of a city's look."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.enums import Accent
from app.errors import Refused
from app.kits.handles import EXAMPLES, handle_of
from app.web.forms import Fields
from app.web.uploads import ReceivedFile
from app.words import Words
from media_pipeline.errors import MediaError, ToolFailed
from media_pipeline.logos import LogoFile, make_logo
from media_pipeline.typeset import check_glyphs, clean

MAX_NAME_CHARS = 120
LOGO_FIELD = "logo"


@dataclass(frozen=True, slots=True)
class TypedLook:
    """Names, accent and accounts as they can be kept; what is wrong with them stands in the fields."""

    names: Words
    accent: Accent
    handles: dict[str, str]
    without_logo: bool


def read_look(fields: Fields, *, languages: Sequence[str], source: str) -> TypedLook:
    """Read the form; the name in the city's source language is needed, the others may be empty."""
    texts = {}
    for tag in languages:
        field = f"name_{tag}"
        name = clean(fields.text(field, required=tag == source, max_chars=MAX_NAME_CHARS)).replace("\n", " ")
        if missing := check_glyphs(name):
            fields.refuse(field, "look.no_letters", characters=" ".join(sorted(missing)))
        if name:
            texts[tag] = name
    texts.setdefault(source, "")
    handles = {}
    for network in EXAMPLES:
        try:
            if handle := handle_of(network, fields.raw(f"handle_{network}")):
                handles[network] = handle
        except Refused as refused:
            fields.refusals.append(refused)
    accent = fields.one_of("accent", Accent)
    return TypedLook(Words(source, texts), accent, handles, fields.ticked("without_logo"))


def take_logo(fields: Fields, file: ReceivedFile, workspace: Path) -> LogoFile | None:
    """The logo that was sent, written again in the workspace; None, and the reason in the fields, when it cannot be used."""
    try:
        with TemporaryDirectory(dir=workspace) as folder:
            made = make_logo(file.path, Path(folder))
            kept = workspace / f"{file.path.name}{made.path.suffix}"
            made.path.replace(kept)
            return LogoFile(kept, made.media_type, made.width_px, made.height_px)
    except ToolFailed:
        raise
    except MediaError as refused:
        fields.refuse(LOGO_FIELD, refused.code, **refused.params)
        return None
