"""The desk's words for states, kinds, formats, purposes and reasons."""

from collections.abc import Mapping

from app.enums import Purpose, RejectionReason, SubmissionKind, SubmissionState
from app.web.i18n import Translator, _

STATES: Mapping[SubmissionState, str] = {
    SubmissionState.RECEIVED: _("Being prepared"),
    SubmissionState.PENDING: _("Waits for a person"),
    SubmissionState.APPROVED: _("Approved"),
    SubmissionState.FAILED: _("Could not be prepared"),
    SubmissionState.REJECTED: _("Not shown"),
    SubmissionState.WITHDRAWN: _("Taken back"),
}
KINDS: Mapping[SubmissionKind, str] = {
    SubmissionKind.TEXT: _("Words"),
    SubmissionKind.PHOTO: _("Photo"),
    SubmissionKind.CLIP: _("Film"),
    SubmissionKind.SOUND: _("Sound"),
}
FORMATS: Mapping[str, str] = {
    "square": _("Square"),
    "portrait": _("Portrait"),
    "story": _("Story and reel"),
    "landscape": _("Landscape"),
    "wide": _("Wide"),
    "link_card": _("Link card"),
    "profile": _("Profile picture"),
    "audio": _("Sound file"),
    "audiogram_square": _("Sound as a film, square"),
    "audiogram_story": _("Sound as a film, upright"),
}
PURPOSES: Mapping[Purpose, str] = {
    Purpose.CAMPAIGN_PAGES: _("campaign pages"),
    Purpose.CITY_FILM: _("city film"),
    Purpose.JOINT_FILM: _("joint film"),
    Purpose.COLLAGE: _("collage"),
    Purpose.PRINT: _("print"),
    Purpose.NETWORK_ACCOUNTS: _("social media"),
    Purpose.PRESS: _("press"),
}
REASONS: Mapping[RejectionReason, str] = {
    RejectionReason.NOT_ABOUT: _("It is about something else"),
    RejectionReason.SOMEONE_ELSE: _("It shows or names somebody who may not have agreed"),
    RejectionReason.HURTFUL: _("It hurts people"),
    RejectionReason.CHILD: _("It shows a child, and no guardian has confirmed"),
    RejectionReason.QUALITY: _("It cannot be seen or heard well enough"),
    RejectionReason.OTHER: _("Another reason (please write it)"),
}


def reason_options(speech: Translator) -> list[tuple[str, str]]:
    """The reasons as a form offers them."""
    return [(reason.value, speech.gettext(label)) for reason, label in REASONS.items()]


def reason_sentence(reason: RejectionReason, speech: Translator) -> str:
    """What the person who sent it reads."""
    return speech.sentence(f"rejection.{reason.value}", {})
