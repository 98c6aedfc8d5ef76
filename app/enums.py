"""The closed lists that rows, rules and pages share; a value is what stands in the database."""

from enum import StrEnum


class RoleName(StrEnum):
    """Whom somebody is for the network; an officer's role names a city, a coordinator's a chapter."""

    MANAGER = "manager"
    COORDINATOR = "coordinator"
    OFFICER = "officer"


class Permission(StrEnum):
    """What a role allows; asked by name wherever something is done at the desk."""

    MANAGE_NETWORK = "manage_network"  # import cities, chapters, officers
    MANAGE_CAMPAIGNS = "manage_campaigns"  # create, open, invite, close
    JOIN_CAMPAIGN = "join_campaign"
    UPLOAD_FOR_CITY = "upload_for_city"
    MODERATE = "moderate"
    DOWNLOAD = "download"  # renditions of approved contributions and the kit
    KEEP_CALENDAR = "keep_calendar"  # the days of one's own
    KEEP_CITY = "keep_city"  # a city's names, logo and accounts, and whom it quotes


class CampaignStatus(StrEnum):
    """Where a campaign stands for its manager."""

    DRAFT = "draft"
    PREPARING = "preparing"  # its time-line runs, its cities read the brief and comment; nothing of it is public yet
    OPEN = "open"  # its brief is fixed
    CLOSED = "closed"

    @property
    def is_running(self) -> bool:
        """Whether its time-line goes on."""
        return self in RUNNING

    @property
    def is_public(self) -> bool:
        """Whether anybody may know of it."""
        return self in PUBLIC


RUNNING = frozenset({CampaignStatus.PREPARING, CampaignStatus.OPEN})
PUBLIC = frozenset({CampaignStatus.OPEN, CampaignStatus.CLOSED})


class Phase(StrEnum):
    """Where a city, or a whole campaign, stands in time."""

    PRE_DAY = "pre_day"
    DAY = "day"
    POST_DAY = "post_day"


class StepScope(StrEnum):
    """For whom a step is done, and by whose local time."""

    EACH_CITY = "each_city"
    FIRST_CITY = "first_city"  # once for the network, when the moment comes in the first city that takes part
    LAST_CITY = "last_city"  # once for the network, when the moment has come in the last
    EACH_CHAPTER = "each_chapter"  # once for a chapter that takes part, when the moment comes in the first of its cities


class StepClock(StrEnum):
    """Whose time of day a step goes by."""

    LOCAL = "local"  # that of each city
    NETWORK = "network"  # one instant everywhere: that of the network's own time zone


class StepCondition(StrEnum):
    """Under what condition a step is done in a city when its moment has come; `condition_count` is the number."""

    FEWER_THAN = "fewer_than"  # contributions on their way or approved
    AT_LEAST = "at_least"


class StepState(StrEnum):
    """What became of a step in one place."""

    PLANNED = "planned"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"  # given up after several attempts


class CountsTo(StrEnum):
    """To which moment the public countdown of a campaign goes."""

    LAUNCH = "launch"  # the opening of the collection in each city
    DAY = "day"


class FiguresMoment(StrEnum):
    """For which part of a campaign a city is asked about its audience."""

    BEFORE = "before"
    ON = "on"
    AFTER = "after"


class PauseReason(StrEnum):
    """Why a city takes a rest from a campaign; never said in public."""

    ELECTIONS = "elections"
    MOURNING = "mourning"
    ATTACK = "attack"
    DISASTER = "disaster"
    OTHER = "other"


class SubmissionKind(StrEnum):
    """What somebody sent."""

    TEXT = "text"
    PHOTO = "photo"
    CLIP = "clip"
    SOUND = "sound"


class SubmissionOrigin(StrEnum):
    """Who sent it."""

    RESIDENT = "resident"
    CITY = "city"
    SAMPLE = "sample"


class SubmissionState(StrEnum):
    """Where a submission is on its way; "being worked on" is the state of its job."""

    RECEIVED = "received"
    PENDING = "pending"
    APPROVED = "approved"
    FAILED = "failed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Purpose(StrEnum):
    """What a person can agree to, each for itself."""

    CAMPAIGN_PAGES = "campaign_pages"
    CITY_FILM = "city_film"
    JOINT_FILM = "joint_film"
    COLLAGE = "collage"
    PRINT = "print"
    NETWORK_ACCOUNTS = "network_accounts"
    PRESS = "press"


class Verdict(StrEnum):
    """What a moderator decided."""

    APPROVE = "approve"
    REJECT = "reject"


class RejectionReason(StrEnum):
    """Why a contribution cannot be shown; each has a sentence for the person who sent it."""

    NOT_ABOUT = "not_about"
    SOMEONE_ELSE = "someone_else"
    HURTFUL = "hurtful"
    CHILD = "child"
    QUALITY = "quality"
    OTHER = "other"


class ArtefactKind(StrEnum):
    """What a stored file is; only the kinds in `PUBLIC_ARTEFACTS` can ever be served to the public."""

    ORIGINAL = "original"
    RENDITION = "rendition"
    TILE = "tile"
    SEGMENT = "segment"
    COLLAGE = "collage"
    FILM = "film"
    BOOKLET = "booklet"
    LOGO = "logo"  # a city's, re-encoded
    PORTRAIT = "portrait"  # of somebody a city quotes, cropped
    TOOLKIT = "toolkit"  # as it was checked and published, or what a variant has of its own


PUBLIC_ARTEFACTS = frozenset({ArtefactKind.RENDITION, ArtefactKind.COLLAGE, ArtefactKind.FILM, ArtefactKind.BOOKLET})


class CheckState(StrEnum):
    """How far the check of a toolkit is."""

    WAITING = "waiting"
    CLEAN = "clean"
    FAULTY = "faulty"  # something was found
    FAILED = "failed"  # it could not be checked


class Accent(StrEnum):
    """Which of a campaign's two colours speaks first in a city's kit."""

    FIRST = "accent"
    SECOND = "second"


class QuoteRole(StrEnum):
    """Who is quoted for a city; the format and the length are the same for all."""

    MAYOR = "mayor"
    VIP = "vip"
    RESIDENT = "resident"


class EdgeRole(StrEnum):
    """How an artefact hangs on its source: any one owner keeps it, every part is needed."""

    OWNER = "owner"
    PART = "part"


class ProductionKind(StrEnum):
    """What is assembled from many contributions."""

    COLLAGE = "collage"  # for screens
    POSTER = "poster"  # the same for print
    ZOOMABLE_COLLAGE = "zoomable_collage"
    CITY_FILM = "city_film"
    JOINT_FILM = "joint_film"  # the whole: equal time for each city
    JOINT_FILM_SHORT = "joint_film_short"  # every city seen within a minute
    HIGHLIGHTS = "highlights"  # the best moments, chosen by hand, as a film
    BOOKLET = "booklet"


HELD_IN_THIS_ORDER = (  # the rows of a campaign's works, and before any bytes: two who hold several never wait for each other
    ProductionKind.COLLAGE,
    ProductionKind.ZOOMABLE_COLLAGE,
    ProductionKind.POSTER,
    ProductionKind.CITY_FILM,
    ProductionKind.JOINT_FILM_SHORT,
    ProductionKind.JOINT_FILM,
    ProductionKind.HIGHLIGHTS,
    ProductionKind.BOOKLET,
)


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class MailState(StrEnum):
    """Where a mail stands; `unknown` is never sent again by itself."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class MailTrouble(StrEnum):
    """Why a mail has not surely arrived; what the server said stands beside it."""

    REFUSED = "refused"  # the server said no to this mail, or not now
    UNREACHABLE = "unreachable"  # no server was reached
    BROKEN_OFF = "broken_off"  # after the data had begun
    TOO_LATE = "too_late"  # by now it is of no use
    BOUNCED = "bounced"  # a server had taken it, and a report came back
