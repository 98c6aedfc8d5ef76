"""The QR code of a city's form, to print and to show."""

from io import BytesIO

import segno

QUIET_MODULES = 4  # the empty border that readers need


def qr_svg(link: str) -> bytes:
    """The code as a drawing, on white, so that it is read on dark pages too."""
    out = BytesIO()
    _code(link).save(out, kind="svg", border=QUIET_MODULES, scale=8, light="#ffffff", xmldecl=True, nl=False)
    return out.getvalue()


def qr_png(link: str) -> bytes:
    """The code as a picture large enough for a poster."""
    out = BytesIO()
    _code(link).save(out, kind="png", border=QUIET_MODULES, scale=24)
    return out.getvalue()


def _code(link: str) -> segno.QRCode:
    return segno.make(link, error="m", micro=False)  # still read when a tenth of it is spoilt
