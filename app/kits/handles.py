"""A city's accounts: what somebody types or pastes becomes the name as people write it on that network."""

import re
from collections.abc import Callable, Sequence
from urllib.parse import unquote, urlsplit

from app.errors import Refused

MAX_HANDLE_CHARS = 200  # a pasted address may be long; what is kept of it is not
EXAMPLES = {
    "facebook": "facebook.com/yourcity",
    "instagram": "@yourcity",
    "x": "@yourcity",
    "linkedin": "linkedin.com/company/yourcity",
    "mastodon": "@yourcity@mastodon.social",
    "bluesky": "@yourcity.bsky.social",
    "youtube": "@yourcity",
}
NETWORKS = {
    "facebook": "Facebook",
    "instagram": "Instagram",
    "x": "X",
    "linkedin": "LinkedIn",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "youtube": "YouTube",
}
_HOSTS = {
    "facebook": ("facebook.com", "fb.com"),
    "instagram": ("instagram.com",),
    "x": ("x.com", "twitter.com"),
    "linkedin": ("linkedin.com",),
    "bluesky": ("bsky.app",),
    "youtube": ("youtube.com",),
}
# the first part of addresses that are no account's
_NO_ACCOUNTS = {
    *("watch", "groups", "events", "sharer", "share", "photo", "photos", "story.php", "search", "explore", "reel", "reels", "p"),
    *(
        "stories",
        "home",
        "i",
        "intent",
        "hashtag",
        "settings",
        "playlist",
        "shorts",
        "embed",
        "feed",
        "results",
        "about",
        "login",
    ),
}
_DOMAIN = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}"


def handle_of(network: str, typed: str) -> str:
    """The account as people write it; empty for an empty field; refuses `look.handle {network, example}`."""
    text = typed.strip().strip("\u200e\u200f\u2066\u2067\u2068\u2069")
    if not text:
        return ""
    if len(text) <= MAX_HANDLE_CHARS:
        found = _SHAPES[network](_parts(network, text))
        if found:
            return found
    raise Refused("look.handle", field=f"handle_{network}", network=NETWORKS[network], example=EXAMPLES[network])


def _parts(network: str, text: str) -> Sequence[str]:
    """What names the account: the parts of the path of an address, or what was typed alone."""
    hosts = _HOSTS.get(network, ())
    looks_like_address = "://" in text or any(
        re.match(rf"(?:[\w-]+\.)?{re.escape(host)}(?:/|$)", text, re.IGNORECASE) for host in hosts
    )
    if not looks_like_address:
        return [text]
    address = urlsplit(text if "://" in text else f"https://{text}")
    host = (address.hostname or "").lower()
    if hosts and not any(host == known or host.endswith(f".{known}") for known in hosts):
        return []
    parts = [unquote(part) for part in address.path.split("/") if part]
    query = f"?{address.query}" if parts[:1] == ["profile.php"] else ""
    return [f"//{host}", *parts[:-1], *(part + query for part in parts[-1:])]


def _account(parts: Sequence[str]) -> tuple[str, ...]:
    """The parts without the host."""
    return tuple(part for part in parts if not part.startswith("//"))


def _plain(pattern: str) -> Callable[[Sequence[str]], str]:
    def shape(parts: Sequence[str]) -> str:
        account = _account(parts)
        name = account[0].removeprefix("@") if account else ""
        is_page = len(account) < len(parts) and name.lower() in _NO_ACCOUNTS
        return f"@{name}" if re.fullmatch(pattern, name) and not is_page else ""

    return shape


def _facebook(parts: Sequence[str]) -> str:
    account = _account(parts)
    if account and re.fullmatch(r"profile\.php\?id=\d{5,20}(&.*)?", account[0]):
        return f"facebook.com/{account[0].partition('&')[0]}"
    if account[:1] in {("p",), ("pages",)} and len(account) > 1:
        account = ("/".join(account[: 2 if account[0] == "p" else 3]),)
    name = account[0].removeprefix("@") if account else ""
    if len(account) < len(parts) and name.lower() in _NO_ACCOUNTS:
        return ""
    return f"facebook.com/{name}" if re.fullmatch(r"(?:p/|pages/)?[\w.\-]{2,80}(?:/\d+)?", name) else ""


def _linkedin(parts: Sequence[str]) -> str:
    account = _account(parts)
    if len(account) == 1:  # a name alone is that of an organisation
        account = ("company", account[0].removeprefix("@"))
    kind, name = account[:2] if len(account) > 1 else ("", "")
    is_one = kind in {"company", "school", "showcase", "in"} and re.fullmatch(r"[\w\-.&']{2,100}", name)
    return f"linkedin.com/{kind}/{name}" if is_one else ""


def _mastodon(parts: Sequence[str]) -> str:
    if parts and parts[0].startswith("//"):
        host, account = parts[0][2:], _account(parts)
        name = account[1] if account[:1] == ("users",) and len(account) > 1 else account[0] if account else ""
        if not name.startswith("@") and account[:1] != ("users",):
            return ""
    else:
        name, _, host = parts[0].removeprefix("@").partition("@") if parts else ("", "", "")
    name = name.removeprefix("@")
    fits = re.fullmatch(r"\w+(?:[\w.-]*\w)?", name, re.ASCII) and re.fullmatch(_DOMAIN, host)
    return f"@{name}@{host.lower()}" if fits and len(name) <= 64 else ""


def _bluesky(parts: Sequence[str]) -> str:
    account = _account(parts)
    name = account[1] if account[:1] == ("profile",) and len(account) > 1 else account[0] if len(account) == 1 else ""
    name = name.removeprefix("@").lower()
    name = name if "." in name else f"{name}.bsky.social"
    return f"@{name}" if re.fullmatch(_DOMAIN, name) else ""


def _youtube(parts: Sequence[str]) -> str:
    account = _account(parts)
    if account[:1] == ("channel",) and len(account) > 1 and re.fullmatch(r"UC[\w-]{22}", account[1], re.ASCII):
        return f"youtube.com/channel/{account[1]}"
    if account[:1] in {("c",), ("user",)} and len(account) > 1 and re.fullmatch(r"[\w-]{1,100}", account[1]):
        return f"youtube.com/{account[0]}/{account[1]}"
    return _plain(r"[\w.\-·]{3,30}")(parts)


_SHAPES: dict[str, Callable[[Sequence[str]], str]] = {
    "facebook": _facebook,
    "instagram": _plain(r"(?!\.)(?!.*\.\.)[A-Za-z0-9._]{1,30}(?<!\.)"),
    "x": _plain(r"[A-Za-z0-9_]{1,15}"),
    "linkedin": _linkedin,
    "mastodon": _mastodon,
    "bluesky": _bluesky,
    "youtube": _youtube,
}
