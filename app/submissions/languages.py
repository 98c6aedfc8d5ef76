"""The languages that somebody may say their words are in: the place's own first, then the campaign's, then many others."""

from collections.abc import Sequence

from app.web.i18n import own_name, page_languages

UNDETERMINED = "und"  # BCP 47: a language that is not in the list
_MANY = (
    "am ar az be bg bn bs ca ckb cs da de el en es et eu fa fi fr ga gl gu ha he hi hr hu hy id ig is it ja ka kk "
    "km ko ku ky lo lt lv mk ml mn mr ms mt my nb ne nl nn om pa pl ps pt ro ru rw se si sk sl so sq sr sv sw ta te "
    "th ti tr uk ur uz vi wo xh yo zh zu"
)
OTHERS = tuple(_MANY.split())
Option = tuple[str, str] | tuple[str, list[tuple[str, str]]]  # (tag, name), or (name of a group, its options)


def nearest(city: Sequence[str], campaign: Sequence[str]) -> list[str]:
    """The languages offered first, each once."""
    return list(dict.fromkeys((*city, *campaign)))


def offered(city: Sequence[str], campaign: Sequence[str]) -> set[str]:
    """Every tag that may be chosen."""
    return {*city, *campaign, *OTHERS, UNDETERMINED}


def options(city: Sequence[str], campaign: Sequence[str], *, others_label: str, none_label: str) -> list[Option]:
    """The list of a select, every language by its own name: those of the place, then a group of all others."""
    first = nearest(city, campaign)
    others = sorted((own_name(tag), tag) for tag in OTHERS if tag not in first)
    group = [(tag, name) for name, tag in others] + [(UNDETERMINED, none_label)]
    return [*((tag, own_name(tag)) for tag in first), (others_label, group)]


def default(page: str, city: Sequence[str], campaign: Sequence[str]) -> str:
    """The page's language where it is one of the place's, or one that no reader gets unasked; else the city's first."""
    primary = page.partition("-")[0]
    own = [page] if page in OTHERS and page not in page_languages() else []
    return next((tag for tag in nearest(city, campaign) if tag.partition("-")[0] == primary), [*own, city[0]][0])
