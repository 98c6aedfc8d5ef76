"""Random names that nobody guesses: a contribution's own, a form's, and the receipt's that follows from the form's."""

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode

_FORM_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_public_id() -> str:
    """The name of a contribution in addresses; it says nothing about who, when or how many."""
    return secrets.token_urlsafe(12)


def new_form_token() -> str:
    """The name of one form as it was handed out; sending it twice is sending it once."""
    return secrets.token_urlsafe(32)


def nth_form_token(form_token: str, number: int) -> str:
    """The name that the form would have if it held this one file only."""
    return _shown(f"file:{number}:{form_token}")


def is_form_token(text: str) -> bool:
    """Whether it looks like one of ours; a shorter one could be guessed by others."""
    return _FORM_TOKEN.fullmatch(text) is not None


def form_sha256(form_token: str, *, campaign_id: int, city_id: int) -> str:
    """What the row keeps of a form; the same token at another form is another form."""
    return sha256_hex(f"form:{campaign_id}:{city_id}:{form_token}")


def receipt_token(form_token: str, *, campaign_id: int, city_id: int) -> str:
    """The name of the receipt; it follows from the form's, so that both sendings of a double click land on one receipt."""
    return _shown(f"receipt:{campaign_id}:{city_id}:{form_token}")


def sha256_hex(text: str) -> str:
    """All that a row keeps of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


def _shown(text: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
