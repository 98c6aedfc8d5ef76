"""Reads a table somebody made in a spreadsheet: whatever its encoding and separator, each line with its number."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.errors import ErrorKind, Refused, RefusedFields

MAX_TABLE_BYTES = 2_000_000  # some thousand cities
SEPARATORS = ",;\t"


class TableKind(StrEnum):
    """What a table holds; its header says it."""

    CITIES = "cities"
    CHAPTERS = "chapters"
    OFFICERS = "officers"


REQUIRED = {
    TableKind.CITIES: ("slug", "names", "source_language", "country", "time_zone", "languages", "latitude", "longitude"),
    TableKind.CHAPTERS: ("slug", "names", "source_language"),
    TableKind.OFFICERS: ("email", "name", "language", "role"),
}
OPTIONAL: dict[TableKind, tuple[str, ...]] = {
    TableKind.CITIES: ("chapters",),
    TableKind.CHAPTERS: (),
    TableKind.OFFICERS: ("city", "chapter"),
}
ALL_COLUMNS = frozenset(name for kind in TableKind for name in (*REQUIRED[kind], *OPTIONAL[kind]))


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a file; a guess is worth a look at the names."""

    text: str
    is_guess: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row by column, and the line of the file on which it begins."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose columns are known."""

    kind: TableKind
    separator: str
    columns: tuple[str, ...]
    lines: list[Line]


def decode(data: bytes) -> Decoded:
    """The text of a file in UTF-8, in UTF-16 with its mark, or as old spreadsheets of Western Europe write it."""
    if len(data) > MAX_TABLE_BYTES:
        raise Refused(
            "import.too_large", kind=ErrorKind.TOO_LARGE, field="table", limit_bytes=MAX_TABLE_BYTES, actual_bytes=len(data)
        )
    encodings = ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return Decoded(text, is_guess=encoding == "cp1252")
    raise Refused("import.not_text", field="table")


def read_table(text: str) -> Table:
    """The table; refuses one without header, with unknown or missing columns, without a single row, or with torn lines."""
    text = text.removeprefix("\ufeff")
    separator, header_at = _separator(text)
    rows = _rows(text, separator)
    for number, header in rows:
        if number >= header_at:
            columns = tuple(cell.strip().lower().replace(" ", "_") for cell in header)
            kind = _kind(columns)
            lines = list(_lines(rows, columns))
            if not lines:
                raise Refused("import.no_rows", field="table")
            return Table(kind, separator, columns, lines)
    raise Refused("import.empty", field="table")


def _separator(text: str) -> tuple[str, int]:
    """The separator by which the first line holds the most known columns; spreadsheets may name it in a line of its own."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4], 2
    head = first if first.strip() else rest.lstrip().partition("\n")[0]
    known = {each: sum(cell.strip(' "\r').lower() in ALL_COLUMNS for cell in head.split(each)) for each in SEPARATORS}
    return max(SEPARATORS, key=known.__getitem__), 1


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, cells) of every row that holds anything."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused("import.torn_line", field="table", line=begins) from error
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _kind(columns: tuple[str, ...]) -> TableKind:
    named = [name for name in columns if name]
    if "email" in named:
        kind = TableKind.OFFICERS
    elif {"time_zone", "country", "latitude"} & set(named):
        kind = TableKind.CITIES
    elif {"slug", "names"} & set(named):
        kind = TableKind.CHAPTERS
    else:
        raise Refused("import.unknown_table", field="table", found=", ".join(named)[:200])
    known = (*REQUIRED[kind], *OPTIONAL[kind])
    refusals = [Refused("import.column_missing", field="table", column=name) for name in REQUIRED[kind] if name not in named]
    refusals += [
        Refused("import.column_unknown", field="table", column=name[:80], known=", ".join(known))
        for name in dict.fromkeys(named)
        if name not in known
    ]
    refusals += [
        Refused("import.column_twice", field="table", column=name) for name in dict.fromkeys(named) if named.count(name) > 1
    ]
    if refusals:
        raise RefusedFields(refusals)
    return kind


def _lines(rows: Iterator[tuple[int, list[str]]], columns: tuple[str, ...]) -> Iterator[Line]:
    refusals: list[Refused] = []
    for number, cells in rows:
        beyond = [cell for place, cell in enumerate(cells) if cell.strip() and (place >= len(columns) or not columns[place])]
        if beyond:
            refusals.append(Refused("import.too_many_cells", field="table", line=number, found=beyond[0].strip()[:80]))
        whole = cells + [""] * (len(columns) - len(cells))
        yield Line(number, {name: cell.strip() for name, cell in zip(columns, whole, strict=False) if name})
    if refusals:
        raise RefusedFields(refusals)
