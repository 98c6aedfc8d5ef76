"""What the sign-in pages and mails show."""

from dataclasses import dataclass, field

from app.web.errors import FieldError


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Asks for an address; `sent` once a link is on its way (or would be)."""

    email: str = ""
    sent: bool = False
    mails_are_files: bool = False
    errors: list[FieldError] = field(default_factory=list)
    desk_nav: list[tuple[str, str, bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SignInLinkPage:
    """One button that spends the link."""

    token: str
    desk_nav: list[tuple[str, str, bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SignInMail:
    """The mail that carries a link."""

    name: str
    link: str
    minutes: int
