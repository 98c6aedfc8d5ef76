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
class MailLine:
    """A mail in the mailbox: to whom, about what, what became of it."""

    name: str
    email: str
    subject: str
    language: str
    reason: str
    written: str
    state: str
    mark: str
    details: list[str]
    resend_href: str | None


@dataclass(frozen=True, slots=True)
class MailboxPage:
    """The mails of a network, the newest first."""

    desk_nav: list[tuple[str, str, bool]]
    lines: list[MailLine]
    states: list[tuple[str, str]]
    reasons: list[tuple[str, str]]
    state: str
    reason: str
    was_resent: bool
    bounces_to: str | None  # None: mails are files
    later_href: str | None
    earlier_href: str | None


@dataclass(frozen=True, slots=True)
class ResendPage:
    """Asks once before a mail is sent again."""

    desk_nav: list[tuple[str, str, bool]]
    line: MailLine
