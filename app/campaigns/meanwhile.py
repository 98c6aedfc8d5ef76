"""What a manager had read of a campaign before writing it again, so that two who write it at once do not undo each other."""

import hashlib
import json
from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from app.campaigns.brief import content_of
from app.campaigns.brief_values import changes
from app.campaigns.change_contexts import ChangeView, Piece
from app.campaigns.draft import CampaignDraft
from app.models import Campaign, Chapter
from app.web.i18n import Translator, _

CHAPTER = "chapter"  # whose campaign it is, beside the fields of the brief


def fingerprint(campaign: Campaign) -> str:
    """A short sum of each field as it stands, for a hidden field of the form."""
    return " ".join(f"{name}:{_sum(value)}" for name, value in _facts(campaign, campaign.chapter_id).items())


def written_since(campaign: Campaign, draft: CampaignDraft, chapter: Chapter | None, *, read: str) -> list[str]:
    """The fields that somebody else has written since this fingerprint was taken, and that the draft would write over.

    What is the same in both is no loss, so a form that is sent twice finds nothing.
    """
    before = dict(part.partition(":")[::2] for part in read.split())
    now, new = _facts(campaign, campaign.chapter_id), _facts(draft, chapter.id if chapter else None)
    return [name for name, value in now.items() if value != new[name] and before.get(name) != _sum(value)]


def differences(
    session: Session,
    campaign: Campaign,
    draft: CampaignDraft,
    chapter: Chapter | None,
    fields: Collection[str],
    speech: Translator,
) -> list[ChangeView]:
    """These fields as the draft has them, and as they stand."""
    now, new = content_of(campaign), content_of(draft)
    found = changes(now | {name: new[name] for name in fields if name != CHAPTER}, now, speech)
    if CHAPTER in fields:
        theirs = session.get_one(Chapter, campaign.chapter_id) if campaign.chapter_id is not None else None
        pieces = ([Piece(_named(each, speech), differs=True)] for each in (chapter, theirs))
        found.append(ChangeView(speech.gettext("Whose cities it is for"), None, None, *pieces))
    return found


def _facts(written: Campaign | CampaignDraft, chapter_id: int | None) -> dict[str, Any]:
    return content_of(written) | {CHAPTER: chapter_id}


def _sum(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def _named(chapter: Chapter | None, speech: Translator) -> str:
    return speech.choose(chapter.names, "en").text if chapter else speech.gettext(_("All cities of the network"))
