"""What the gate reads without drawing: languages that lack words, posts and alternative texts, licences."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from app.kits.lengths import length_on
from app.kits.lint_findings import Finding
from app.kits.lint_samples import languages_of
from app.kits.order import KitOrder
from app.kits.pieces import Piece
from app.kits.posting_plan import planned_posts
from app.kits.posts import MAX_ALT_CHARS, directed
from app.kits.toolkit import BASE, Toolkit, fill, patterns_of
from app.kits.toolkit_files import Networks

LICENSED_FOLDERS = ("artwork", "templates", "texts")
# Read and found fit for what a city does with a kit: change it, print it, post it beside its own logo.
PARTNER_LICENCE = "LicenseRef-partner"  # SPDX's way to name one's own: the partner agreed that kits show its logo as it is
TESTED_LICENCES = frozenset({"CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "EUPL-1.2", "MIT", "OFL-1.1", "PDDL-1.0"})


def read_networks(root: Path) -> Networks:
    """What networks take, as the toolkits below this root have it."""
    return Networks.model_validate(tomllib.loads((root / BASE / "networks.toml").read_text("utf-8")))


def check_texts(toolkit: Toolkit, place: Finding) -> Iterator[Finding]:
    """A language in which the toolkit says something says all of it."""
    for language in languages_of(toolkit):
        here = replace(place, code="toolkit.text_missing", language=language)
        if language not in toolkit.texts:
            yield replace(here, file=f"texts/{language}.toml", params={"key": "texts", "language": language})
        for key, known in (("names", toolkit.names), ("messages", toolkit.messages)):
            if not known.get(language, "").strip():
                yield replace(here, file="toolkit.toml", params={"key": f"{key}.{language}", "language": language})
    for language, texts in toolkit.texts.items():
        for key, pattern in patterns_of(texts):
            if not pattern.strip():
                code = "toolkit.alt_missing" if key.startswith("alt.") else "toolkit.text_missing"
                where = replace(place, file=f"texts/{language}.toml", language=language)
                yield replace(where, code=code, params={"key": key, "language": language})


def check_licences(toolkit: Toolkit, place: Finding) -> Iterator[Finding]:
    """Each file of the folder is under a licence that somebody has looked at."""
    manifest = replace(place, file="toolkit.toml")
    licences = toolkit.manifest.licences
    logos = {f"artwork/{partner.logo}" for partner in toolkit.manifest.partners}
    for licence in dict.fromkeys(each.licence for each in licences if each.licence != PARTNER_LICENCE or each.files not in logos):
        if licence not in TESTED_LICENCES:
            params = {"licence": licence, "known": ", ".join(sorted(TESTED_LICENCES))}
            yield replace(manifest, code="toolkit.licence_untested", params=params)
    for folder in LICENSED_FOLDERS:
        for path in sorted((toolkit.folder / folder).rglob("*")):
            name = path.relative_to(toolkit.folder).as_posix()
            # a pattern says whose the campaign's own files are; a partner's logo is the partner's
            covers = str.__eq__ if name in logos else fnmatch
            if path.is_file() and not any(covers(name, each.files) for each in licences):
                yield replace(place, code="toolkit.licence_missing", file=name, params={"path": name})


def check_pieces(
    toolkit: Toolkit, networks: Networks, order: KitOrder, pieces: Sequence[Piece], place: Finding
) -> Iterator[Finding]:
    """Posts within the limits with this city's name, and something said of every picture."""
    language = place.language
    written = toolkit.texts.get(language)
    if written is None:  # said already; what stands in for it is another language's
        return
    here = replace(place, file=f"texts/{language}.toml")
    slots = order.words(language)
    posts = [(f"posts.{network}", network, fill(text, slots)) for network, text in written.posts.model_dump().items()]
    for post in planned_posts(order, language):
        if len(post.networks) > 1:
            posts += [("plan", network, post.text) for network in post.networks]
    for key, network, text in posts:
        found, allowed = (
            length_on(network, directed(text, language, network), link=slots["link"]),
            getattr(networks, network).post_characters,
        )
        if found > allowed:
            params = {"file": here.file, "key": key, "found": found, "allowed": allowed}
            yield replace(here, code="toolkit.post_too_long", params=params)
    longest = max((piece for piece in pieces if piece.is_picture), key=lambda piece: len(piece.alt), default=None)
    if longest is not None and len(longest.alt) > MAX_ALT_CHARS:
        params = {"path": longest.path, "found": len(longest.alt), "allowed": MAX_ALT_CHARS}
        yield replace(here, code="toolkit.alt_too_long", params=params)
