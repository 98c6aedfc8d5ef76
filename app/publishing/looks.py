"""How a campaign looks on the pages and where they are linked: its colours, its card."""

import tempfile
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from fastapi.responses import Response

from app.errors import NotFound
from app.kits.frames import PROFILE, render_card, render_frame
from app.kits.sources import Source
from app.publishing.colours import Brand, brand_of
from media_pipeline.errors import MediaError

CARD_FORMAT = "link_card"  # 1200x630, what networks show of a link (formats.md, checked 2026-11)


@lru_cache(maxsize=64)
def brand_for(source: Source) -> Brand:
    """The colours of a toolkit; like every picture here they are known by what it holds, so another version has its own."""
    return brand_of(source.toolkit.palette)


def brand_sheet(brand: Brand) -> str:
    """The style sheet of one campaign's own pages."""
    return (
        f":root {{ --poster: {brand.poster}; --poster-ink: {brand.poster_ink}; "
        f"--accent-light: {brand.accent_light}; --accent-light-ink: {brand.accent_light_ink}; "
        f"--accent-dark: {brand.accent_dark}; --accent-dark-ink: {brand.accent_dark_ink}; }}\n"
    )


def poster_rule(campaign_slug: str, brand: Brand) -> str:
    """The colours of one poster among others."""
    return f".brand-{campaign_slug} {{ --poster: {brand.poster}; --poster-ink: {brand.poster_ink}; }}\n"


@lru_cache(maxsize=128)
def link_card(source: Source, language: str, large: str, message: str, beneath: str) -> bytes:
    """The picture that networks show of a linked page; NotFound `media.missing` when its words do not fit."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            drawn = render_card(
                source.toolkit,
                template="title_card",
                format=CARD_FORMAT,
                slots={"city": large, "message": message, "day": beneath},
                language=language,
                target=Path(folder) / "card.png",
            )
        except MediaError as refused:
            raise NotFound("media.missing") from refused
        return drawn.read_bytes()


@lru_cache(maxsize=128)
def profile_frame(source: Source, language: str, message: str, hashtag: str, city: str | None) -> bytes:
    """The transparent frame of a profile picture; a city's name that does not fit is left out, as the template allows."""
    words = {"message": message, "hashtag": hashtag}
    with tempfile.TemporaryDirectory() as folder:
        for slots in ([words | {"city": city}] if city else []) + [words]:
            try:
                drawn = render_frame(
                    source.toolkit, format=PROFILE, slots=slots, language=language, target=Path(folder) / "frame.png"
                )
            except MediaError:
                continue
            return drawn.path.read_bytes()
    raise NotFound("media.missing")


def picture(content: bytes, kept: timedelta = timedelta(hours=1)) -> Response:
    """A picture of a link, which others show on their own pages; it holds the campaign's words and nobody's contribution."""
    headers = {
        "Cache-Control": f"public, max-age={int(kept.total_seconds())}",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Response(content, media_type="image/png", headers=headers)
