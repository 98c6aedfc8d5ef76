"""One way out for mails: a row, a job, then SMTP or a file; what became of one is never guessed and never repeated blindly."""

from app.mail.bounces import note_bounce
from app.mail.delivery import KINDS
from app.mail.outbox import Written, resend, send

__all__ = ["KINDS", "Written", "note_bounce", "resend", "send"]
