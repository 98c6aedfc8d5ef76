"""Which languages a city's kit speaks: pure."""

from collections.abc import Collection, Sequence

FALLBACK = "en"


def shared_languages(campaign_languages: Sequence[str], city_languages: Sequence[str]) -> list[str]:
    """The campaign's languages that are spoken in the city, in the city's order; English where there is none."""
    found = [
        tag
        for spoken in city_languages
        for tag in campaign_languages
        if tag.split("-")[0].lower() == spoken.split("-")[0].lower()
    ]
    return list(dict.fromkeys(found)) or [FALLBACK]


def text_languages(shared: Sequence[str], usable: Collection[str], source_language: str) -> list[str]:
    """Those of a city's languages in which there are texts to hand out; else English, else the toolkit's own; else none."""
    found = [known for tag in shared for known in sorted(usable) if known in {tag, tag.split("-")[0]}]
    return list(dict.fromkeys(found)) or [tag for tag in (FALLBACK, source_language) if tag in usable][:1]
