"""Everything this process can do: the job kinds and step actions that the domains bring."""

from app import mail
from app.assembly import steps as assembly_steps
from app.assembly import tasks as assembly_tasks
from app.campaigns import actions as campaign_actions
from app.campaigns import tasks as campaign_tasks
from app.campaigns.steps import StepRegistry
from app.jobs import JobRegistry
from app.kits import steps as kit_steps
from app.kits import tasks as kit_tasks
from app.measure import steps as measure_steps
from app.submissions import tasks as submission_tasks


def job_registry() -> JobRegistry:
    """All kinds of jobs."""
    registry = JobRegistry()
    for kind in (*mail.KINDS, *campaign_tasks.KINDS, *kit_tasks.KINDS, *submission_tasks.KINDS, *assembly_tasks.KINDS):
        registry.register(kind)
    return registry


def step_registry() -> StepRegistry:
    """All actions of a time-line."""
    registry = StepRegistry()
    for action in (*campaign_actions.ACTIONS, *kit_steps.ACTIONS, *assembly_steps.ACTIONS, *measure_steps.ACTIONS):
        registry.register(action)
    return registry
