"""The question to residents as pages ask it: the campaign's, or in a language that only its toolkit has, the toolkit's."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.kits.loading import questions_at
from app.kits.sources import Place, campaign_root
from app.models import Campaign
from app.runtime import Runtime
from app.words import Chosen, choose, completed


def question_in(
    session: Session, runtime: Runtime, campaign: Campaign, languages: Iterable[str], city: Place | None = None
) -> Chosen:
    """The question in the first of these languages that has it; the toolkit is opened only where the campaign lacks the first."""
    wanted = list(languages)
    found = choose(campaign.question, wanted)
    if not wanted or found.language.split("-")[0] == wanted[0].split("-")[0]:
        return found
    source = campaign_root(session, runtime, campaign, city)
    return choose(completed(campaign.question, questions_at(source.slug, source.root)), wanted)
