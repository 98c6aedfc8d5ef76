"""A PDF of one page around a JPEG that is not encoded again, for printers: bleed and trim are told, colours are named."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from media_pipeline.colours import srgb_profile

_POINTS_PER_INCH, _MM_PER_INCH = 72, 25.4


def write(jpeg: Path, target: Path, sheet: Mapping[str, Any]) -> None:
    """Copy the JPEG into a page of its size in print; `sheet` says its measures, the title, and what the picture shows.

    Written here, and not by a library, because a library would hold the picture in memory; without a date, so that equal
    pictures have equal bytes.
    """
    width, height = (sheet[name] * _POINTS_PER_INCH / sheet["dots_per_inch"] for name in ("width_px", "height_px"))
    cut_width, cut_height = (sheet[name] * _POINTS_PER_INCH / _MM_PER_INCH for name in ("width_mm", "height_mm"))
    left, below = (width - cut_width) / 2, (height - cut_height) / 2
    page, cut = _box(0, 0, width, height), _box(left, below, left + cut_width, below + cut_height)
    alt, title = _text(sheet["alt"]), _text(sheet["title"])
    drawn = f"/Figure <</MCID 0>> BDC q {width:.4f} 0 0 {height:.4f} 0 0 cm /Poster Do Q EMC".encode()
    size = f"/Width {sheet['width_px']} /Height {sheet['height_px']}"
    with target.open("wb") as out, jpeg.open("rb") as picture:
        made = _Objects(out)
        catalog = "/Type /Catalog /Pages 2 0 R /MarkInfo <</Marked true>> /StructTreeRoot 7 0 R"
        made.add(f"<<{catalog} /Lang {_text(sheet['language'])} /ViewerPreferences <</DisplayDocTitle true>>>>")
        made.add("<</Type /Pages /Kids [3 0 R] /Count 1>>")
        boxes = f"/MediaBox {page} /CropBox {page} /BleedBox {page} /TrimBox {cut}"
        made.add(
            f"<</Type /Page /Parent 2 0 R {boxes} /Contents 4 0 R /StructParents 0 /Tabs /S"
            " /Resources <</XObject <</Poster 5 0 R>>>>>>"
        )
        made.add("<<", drawn)
        colours = "/ColorSpace [/ICCBased 6 0 R] /BitsPerComponent 8 /Filter /DCTDecode"
        made.add(f"<</Type /XObject /Subtype /Image {size} {colours}", picture, jpeg.stat().st_size)
        made.add("<</N 3 /Alternate /DeviceRGB", srgb_profile())
        made.add("<</Type /StructTreeRoot /K [8 0 R] /ParentTree 9 0 R /ParentTreeNextKey 1>>")
        shown = f"/A <</O /Layout /Placement /Block /BBox {page}>>"
        spoken = f"/Lang {_text(sheet['alt_language'])}"
        made.add(f"<</Type /StructElem /S /Figure /P 7 0 R /Pg 3 0 R /K 0 /Alt {alt} {spoken} {shown}>>")
        made.add("<</Nums [0 [8 0 R]]>>")
        made.add(f"<</Title {title}>>")
        made.end(root=1, info=10)


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
