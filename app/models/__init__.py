"""All tables, a file per noun; importing this package makes the metadata whole."""

from app.models.account import Person, Role, SignInLink, SignInSession
from app.models.arrangement import CollagePlace, CollagePlan, FilmArrangement, Highlight, JointFilmPlan, Translation
from app.models.artefact import Artefact, Derivation
from app.models.audit import AuditRow
from app.models.brief import BriefComment, BriefReading, BriefVersion, WorkingGroupMember
from app.models.calendar import CalendarEvent
from app.models.campaign import Campaign, CampaignCity, InternationalDay
from app.models.city_look import CityLook, CityQuote
from app.models.figures import AudienceFigures, FiguresLink
from app.models.job import Job
from app.models.kit import CardWish, KitTaking, KitVersion, TextRelease
from app.models.kit_run import KitRun, KitRunCity
from app.models.mail import Mail
from app.models.network import Chapter, ChapterCity, City, Network
from app.models.production import Production, ProductionFile, ProductionVersion
from app.models.submission import Consent, ConsentWording, Decision, Rendition, Submission
from app.models.timeline import StepRun, TimelineStep
from app.models.toolkit import KitPublication, KitVersionChapter, ToolkitCheck, ToolkitVariant

__all__ = [
    "Artefact",
    "AudienceFigures",
    "AuditRow",
    "BriefComment",
    "BriefReading",
    "BriefVersion",
    "CalendarEvent",
    "Campaign",
    "CampaignCity",
    "CardWish",
    "Chapter",
    "ChapterCity",
    "City",
    "CityLook",
    "CityQuote",
    "CollagePlace",
    "CollagePlan",
    "Consent",
    "ConsentWording",
    "Decision",
    "Derivation",
    "FiguresLink",
    "FilmArrangement",
    "Highlight",
    "InternationalDay",
    "Job",
    "JointFilmPlan",
    "KitPublication",
    "KitRun",
    "KitRunCity",
    "KitTaking",
    "KitVersion",
    "KitVersionChapter",
    "Mail",
    "Network",
    "Person",
    "Production",
    "ProductionFile",
    "ProductionVersion",
    "Rendition",
    "Role",
    "SignInLink",
    "SignInSession",
    "StepRun",
    "Submission",
    "TextRelease",
    "TimelineStep",
    "ToolkitCheck",
    "ToolkitVariant",
    "Translation",
    "WorkingGroupMember",
]
