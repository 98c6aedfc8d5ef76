"""The toolkits that a campaign can be made from: those that ship, with what the network and its chapters have of their own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from app.campaigns.queries import toolkit_slugs
from app.campaigns.template import read_template
from app.campaigns.views import toolkit_name
from app.errors import Refused
from app.models import Chapter
from app.runtime import Runtime
from app.variants import Scope, toolkits_root
from app.web.i18n import Translator


def root_for(session: Session, runtime: Runtime, network_id: int, chapter: Chapter | None = None) -> Path:
    """Where the templates of a campaign of this chapter, or of the whole network, are read from."""
    return toolkits_root(session, runtime, Scope(network_id, chapter.id if chapter else None))


def roots_by_slug(session: Session, runtime: Runtime, network_id: int, chapters: Sequence[Chapter | None]) -> dict[str, Path]:
    """Every toolkit that one of these has, None being the network, by slug, with the root of the first that has it.

    One that cannot be read any more over what is beneath is left out, so that nobody is kept from the others.
    """
    found: dict[str, Path] = {}
    for chapter in chapters:
        root = root_for(session, runtime, network_id, chapter)
        found = {slug: root for slug in toolkit_slugs(root) if slug in found or _can_be_read(slug, root)} | found
    return dict(sorted(found.items()))


def named_toolkits(roots: Mapping[str, Path], speech: Translator, *, kept: str | None = None) -> list[tuple[str, str]]:
    """Each with the name of its day, as fields of forms take them, and the one that is `kept` although it is there no more.

    Where two are for one day, the folder tells them apart.
    """
    names = {slug: speech.choose(read_template(slug, root).names).text for slug, root in roots.items()}
    if kept is not None:
        names.setdefault(kept, toolkit_name(kept))
    shared = Counter(names.values())
    return [(slug, name if shared[name] == 1 else f"{name} ({slug})") for slug, name in names.items()]


def _can_be_read(slug: str, root: Path) -> bool:
    try:
        read_template(slug, root)
    except Refused:
        return False
    return True
