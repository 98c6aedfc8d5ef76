"""What a brief consists of: the fields that a version keeps, and the parts of it that people comment on."""

from app.web.i18n import _

CONTENT_FIELDS = (  # of a campaign, in the order in which they are read
    "title",
    "message",
    "objective",
    "audience",
    "approach",
    "question",
    "hashtag",
    "languages",
    "sdgs",
    "day_on",
    "pre_day_offset_days",
    "post_day_offset_days",
    "counts_to",
    "kinds",
    "max_clip_s",
    "max_text_chars",
    "formats",
    "collects_elsewhere",
    "toolkit_slug",
)
WORDS_FIELDS = CONTENT_FIELDS[:7]
THE_WHOLE = ""
PARTS = {  # what a comment can be about
    "title": _("Title"),
    "message": _("Message"),
    "objective": _("Objective"),
    "audience": _("Audience"),
    "approach": _("Approach"),
    "question": _("Question to residents"),
    "hashtag": _("Hashtag"),
    "languages": _("Languages"),
    "sdgs": _("Sustainable Development Goals"),
    "days": _("The days"),
    "sending": _("What people can send"),
    "look": _("The campaign's look"),
}
FIELD_LABELS = {
    **{name: PARTS[name] for name in (*WORDS_FIELDS, "languages", "sdgs")},
    "day_on": _("The day"),
    "pre_day_offset_days": _("People can send from"),
    "post_day_offset_days": _("The campaign goes on until"),
    "counts_to": _("The countdown goes to"),
    "kinds": PARTS["sending"],
    "max_clip_s": _("Longest film or sound"),
    "max_text_chars": _("Longest text"),
    "formats": _("Shapes"),
    "collects_elsewhere": _("People from another place"),
    "toolkit_slug": PARTS["look"],
}
