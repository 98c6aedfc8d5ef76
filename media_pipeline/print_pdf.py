"""A PDF of one page around a JPEG that is not encoded again, for printers: bleed and trim are told, colours are named.

The words that are drawn in the picture lie over it unseen, so that they can be searched, copied and read out.
"""

import shutil
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO
from unicodedata import bidirectional

from media_pipeline.colours import srgb_profile

_POINTS_PER_INCH, _MM_PER_INCH = 72, 25.4
_FIRST_LINE = 14  # the number of the object of the first line of words


def write(jpeg: Path, target: Path, sheet: Mapping[str, Any]) -> None:
    """Copy the JPEG into a page of its size in print; `sheet` says its measures, the title, what the picture shows and its words.

    Written here, and not by a library, because a library would hold the picture in memory; without a date, so that equal
    pictures have equal bytes.
    """
    width, height = (sheet[name] * _POINTS_PER_INCH / sheet["dots_per_inch"] for name in ("width_px", "height_px"))
    cut_width, cut_height = (sheet[name] * _POINTS_PER_INCH / _MM_PER_INCH for name in ("width_mm", "height_mm"))
    left, below = (width - cut_width) / 2, (height - cut_height) / 2
    page, cut = _box(0, 0, width, height), _box(left, below, left + cut_width, below + cut_height)
    alt, title = _text(sheet["alt"]), _text(sheet["title"])
    codes = _codes(sheet["words"])
    lines = _lines(sheet, codes, height)
    drawn = f"/Figure <</MCID 0>> BDC q {width:.4f} 0 0 {height:.4f} 0 0 cm /Poster Do Q EMC {lines}".encode()
    size = f"/Width {sheet['width_px']} /Height {sheet['height_px']}"
    with target.open("wb") as out, jpeg.open("rb") as picture:
        made = _Objects(out)
        catalog = "/Type /Catalog /Pages 2 0 R /MarkInfo <</Marked true>> /StructTreeRoot 7 0 R"
        made.add(f"<<{catalog} /Lang {_text(sheet['language'])} /ViewerPreferences <</DisplayDocTitle true>>>>")
        made.add("<</Type /Pages /Kids [3 0 R] /Count 1>>")
        boxes = f"/MediaBox {page} /CropBox {page} /BleedBox {page} /TrimBox {cut}"
        made.add(
            f"<</Type /Page /Parent 2 0 R {boxes} /Contents 4 0 R /StructParents 0 /Tabs /S"
            " /Resources <</XObject <</Poster 5 0 R>> /Font <</Words 11 0 R>>>>>>"
        )
        made.add("<<", drawn)
        colours = "/ColorSpace [/ICCBased 6 0 R] /BitsPerComponent 8 /Filter /DCTDecode"
        made.add(f"<</Type /XObject /Subtype /Image {size} {colours}", picture, jpeg.stat().st_size)
        made.add("<</N 3 /Alternate /DeviceRGB", srgb_profile())
        said = [f"{number} 0 R" for number in range(_FIRST_LINE, _FIRST_LINE + len(sheet["words"]))]
        parts = " ".join(["8 0 R", *said])
        made.add(f"<</Type /StructTreeRoot /K [{parts}] /ParentTree 9 0 R /ParentTreeNextKey 1>>")
        shown = f"/A <</O /Layout /Placement /Block /BBox {page}>>"
        spoken = f"/Lang {_text(sheet['alt_language'])}"
        made.add(f"<</Type /StructElem /S /Figure /P 7 0 R /Pg 3 0 R /K 0 /Alt {alt} {spoken} {shown}>>")
        made.add(f"<</Nums [0 [{parts}]]>>")
        made.add(f"<</Title {title}>>")
        _add_font(made, codes)
        for number in range(1, len(said) + 1):
            made.add(f"<</Type /StructElem /S /P /P 7 0 R /Pg 3 0 R /K {number}>>")
        made.end(root=1, info=10)


def _codes(lines: Sequence[str]) -> dict[str, int]:
    """A byte for each letter that there is, as far as bytes go."""
    letters = sorted({letter for line in lines for letter in line})
    return {letter: code for code, letter in enumerate(letters[:255], start=1)}


def _lines(sheet: Mapping[str, Any], codes: Mapping[str, int], height: float) -> str:
    """One under the other where the first field stands, each as wide as that, in letters without ink."""
    points = _POINTS_PER_INCH / sheet["dots_per_inch"]
    left, top, wide, high = (length * points for length in (sheet["fields"] or [["", [0, 0, 1, 1]]])[0][1])
    size = high / max(len(sheet["words"]), 1)
    drawn = []
    for number, line in enumerate(sheet["words"], start=1):
        letters = bytes(codes[letter] for letter in _as_seen(line) if letter in codes)
        stretched = 100 * wide / (max(len(letters), 1) * size)  # percent: a letter is as wide as high
        at = f"{left:.2f} {height - top - number * size:.2f}"
        said = f"/P <</MCID {number} /ActualText {_text(line)}>> BDC"
        drawn.append(f"{said} BT 3 Tr /Words {size:.2f} Tf {stretched:.2f} Tz {at} Td <{letters.hex()}> Tj ET EMC")
    return " ".join(drawn)


def _as_seen(line: str) -> str:
    """From left to right, as readers of a PDF expect letters to stand; numbers and Latin words in Arabic stay as they are."""
    if not any(bidirectional(letter) in {"R", "AL"} for letter in line):
        return line
    runs = groupby(reversed(line), key=lambda letter: bidirectional(letter) in {"L", "EN", "AN"})
    return "".join("".join([*run][::-1] if is_from_left else run) for is_from_left, run in runs)


def _add_font(made: "_Objects", codes: Mapping[str, int]) -> None:
    """Objects 11 to 13: letters of any script that draw nothing and say which they are."""
    names = " ".join(f"/l{code}" for code in codes.values())
    pairs = [f"<{code:02x}> <{letter.encode('utf-16-be').hex()}>" for letter, code in codes.items()]
    drawn_by = " ".join(f"/l{code} 12 0 R" for code in codes.values())
    made.add(
        "<</Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /Resources <<>>"
        f" /CharProcs <<{drawn_by}>> /Encoding <</Type /Encoding /Differences [1 {names}]>> /FirstChar 1"
        f" /LastChar {max(len(codes), 1)} /Widths [{' '.join('1' for _ in codes) or '1'}] /ToUnicode 13 0 R>>"
    )
    made.add("<<", b"1 0 d0")
    # in parts of a hundred, more than which no reader has to take
    parts = [pairs[begun : begun + 100] for begun in range(0, len(pairs), 100)]
    mapped = "\n".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts)
    made.add(
        "<<",
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Words def /CMapType 2 def\n"
            f"1 begincodespacerange <00> <ff> endcodespacerange\n{mapped}\n"
            "endcmap CMapName currentdict /CMap defineresource pop end end"
        ).encode(),
    )


class _Objects:
    """The numbered objects of a PDF and where they stand."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._starts = out, list[int]()
        out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, said: str, content: bytes | BinaryIO | None = None, size_bytes: int | None = None) -> None:
        """Write the next object; with content its dictionary is left open for the length."""
        self._starts.append(self._out.tell())
        self._out.write(f"{len(self._starts)} 0 obj\n{said}".encode())
        if content is not None:
            length = len(content) if isinstance(content, bytes) else size_bytes
            self._out.write(f" /Length {length}>>\nstream\n".encode())
            if isinstance(content, bytes):
                self._out.write(content)
            else:
                shutil.copyfileobj(content, self._out, 1 << 20)
            self._out.write(b"\nendstream")
        self._out.write(b"\nendobj\n")

    def end(self, *, root: int, info: int) -> None:
        """Write the table of where they stand."""
        at = self._out.tell()
        table = "".join(f"{start:010} 00000 n \n" for start in self._starts)
        count = len(self._starts) + 1
        self._out.write(f"xref\n0 {count}\n0000000000 65535 f \n{table}".encode())
        self._out.write(f"trailer\n<</Size {count} /Root {root} 0 R /Info {info} 0 R>>\nstartxref\n{at}\n%%EOF\n".encode())


def _box(left: float, below: float, right: float, above: float) -> str:
    return f"[{left:.4f} {below:.4f} {right:.4f} {above:.4f}]"


def _text(words: str) -> str:
    """A string of any script."""
    return f"<FEFF{words.encode('utf-16-be').hex()}>"
