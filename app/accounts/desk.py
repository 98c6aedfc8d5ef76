"""The navigation of the desk, by what a person may do."""

from app.accounts.actor import Actor
from app.enums import Permission
from app.web.i18n import Translator, _

_PLACES = (
    ("today", _("Today"), "/desk", None),
    ("queue", _("Contributions"), "/desk/contributions", Permission.MODERATE),
    ("campaigns", _("Campaigns"), "/desk/campaigns", None),
    ("calendar", _("Calendar"), "/desk/calendar", Permission.KEEP_CALENDAR),
    ("network", _("Network"), "/desk/network", Permission.MANAGE_NETWORK),
    ("mails", _("Mails"), "/desk/mails", Permission.MANAGE_NETWORK),
)


def desk_nav(actor: Actor, speech: Translator, current: str) -> list[tuple[str, str, bool]]:
    """(label, address, whether it is the current one) of each place this person can go."""
    return [
        (speech.gettext(label), href, name == current)
        for name, label, href, permission in _PLACES
        if permission is None or actor.may(permission)
    ]
