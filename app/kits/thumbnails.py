"""Small pictures of what we drew ourselves."""

from io import BytesIO

from PIL import Image

THUMBNAIL_PX = 480


def shrunk(picture: bytes) -> bytes:
    """A picture of our own as a small WebP, at most THUMBNAIL_PX wide and high."""
    out = BytesIO()
    with Image.open(BytesIO(picture)) as opened:
        opened.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), reducing_gap=2)
        opened.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()
