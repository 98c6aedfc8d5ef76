"""The pages of a booklet as one file: pypdf leaves behind what a screen reader needs, so that is brought along here."""

from collections.abc import Sequence
from pathlib import Path

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    RectangleObject,
    TextStringObject,
)

from media_pipeline.typeset.layout import POINTS_PER_MM
from media_pipeline.typeset.render import CROP_MARKS_MM

_P, _K, _LANG, _TREE, _TAGS = (NameObject(name) for name in ("/P", "/K", "/Lang", "/ParentTree", "/StructTreeRoot"))


def bind(pages: Sequence[Path], target: Path, *, title: str, language: str) -> None:
    """All pages in one file, each with its tags and in its language; nothing in it tells the moment at which it was made."""
    with PdfWriter() as book:
        parts, places = ArrayObject(), ArrayObject()
        root = DictionaryObject({NameObject("/Type"): NameObject("/StructTreeRoot"), _K: parts})
        root_at = book._add_object(root)  # noqa: SLF001 - pypdf has no other way to add an object
        for number, path in enumerate(pages):
            with PdfReader(path) as read:
                book.append(read)
                _tell_bleed(book.pages[-1])
                tags = _take_tags(book, read, book.pages[-1], number)
            if tags is None:
                continue
            part, owners = tags
            part[_P] = root_at
            parts.append(part.indirect_reference)
            places.extend([NumberObject(number), owners])
        root[_TREE] = DictionaryObject({NameObject("/Nums"): places})
        book.root_object[_TAGS] = root_at
        book.root_object[NameObject("/MarkInfo")] = DictionaryObject({NameObject("/Marked"): BooleanObject(value=True)})
        book.root_object[NameObject("/ViewerPreferences")] = DictionaryObject(
            {NameObject("/DisplayDocTitle"): BooleanObject(value=True)}
        )
        book.root_object[_LANG] = TextStringObject(language)
        book.metadata = {"/Title": title}
        book.write(target)


def _tell_bleed(page: PageObject) -> None:
    """Marks stand outside the bleed; the page came with one box for both."""
    trim, marks = page.trimbox, CROP_MARKS_MM * POINTS_PER_MM
    bleed = float(trim.left - page.mediabox.left) - marks
    if bleed > 0:
        sides = (float(trim.left) - bleed, float(trim.bottom) - bleed, float(trim.right) + bleed, float(trim.top) + bleed)
        page.bleedbox = RectangleObject(sides)


def _take_tags(book: PdfWriter, read: PdfReader, page: PageObject, number: int) -> tuple[DictionaryObject, PdfObject] | None:
    """What stands on a page and who owns each mark on it, as the book's own; None for a page with nothing on it."""
    tree = read.root_object.get(_TAGS, DictionaryObject()).get_object()
    if _TREE not in tree:
        return None
    part = tree[_K][0].get_object().clone(book, ignore_fields=[_P])
    part[_LANG] = TextStringObject(str(read.root_object[_LANG]))
    _adopt(part)
    page[NameObject("/StructParents")] = NumberObject(number)
    return part, tree[_TREE]["/Nums"][1].clone(book, ignore_fields=[_P])


def _adopt(parent: DictionaryObject) -> None:
    kids = parent[_K]
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        element = kid.get_object()
        if isinstance(element, DictionaryObject) and "/S" in element:
            element[_P] = parent.indirect_reference
            _adopt(element)
