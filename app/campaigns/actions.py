"""The step actions of campaigns, for the processes that register them."""

from app.campaigns.collection_steps import CloseCampaign, CloseCollection, OpenCollection, Spotlight
from app.campaigns.plan import StepName
from app.campaigns.preparation_steps import ClosePreparation, Invite, OpenPreparation
from app.campaigns.reminder_steps import Remind
from app.campaigns.steps import CampaignPhase, CityPhase, StepAction

ACTIONS: list[StepAction] = [
    OpenPreparation(),
    Invite(),
    ClosePreparation(),
    OpenCollection(),
    Remind(),
    CampaignPhase(StepName.CAMPAIGN_STARTS.value),
    CityPhase(StepName.START_OF_DAY.value),
    CityPhase(StepName.END_OF_DAY.value),
    CampaignPhase(StepName.CAMPAIGN_ENDS.value),
    Spotlight(),
    CloseCollection(),
    CloseCampaign(),
]
