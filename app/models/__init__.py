"""All tables, a file per noun; importing this package makes the metadata whole."""

from app.models.account import Person, Role, SignInLink, SignInSession
from app.models.artefact import Artefact, Derivation
from app.models.audit import AuditRow
from app.models.calendar import CalendarEvent
from app.models.campaign import Campaign, CampaignCity, InternationalDay
from app.models.job import Job
from app.models.mail import Mail
from app.models.network import Chapter, ChapterCity, City, Network
from app.models.production import Production
from app.models.submission import Consent, ConsentWording, Decision, Rendition, Submission
from app.models.timeline import StepRun, TimelineStep

__all__ = [
    "Artefact",
    "AuditRow",
    "CalendarEvent",
    "Campaign",
    "CampaignCity",
    "Chapter",
    "ChapterCity",
    "City",
    "Consent",
    "ConsentWording",
    "Decision",
    "Derivation",
    "InternationalDay",
    "Job",
    "Mail",
    "Network",
    "Person",
    "Production",
    "Rendition",
    "Role",
    "SignInLink",
    "SignInSession",
    "StepRun",
    "Submission",
    "TimelineStep",
]
