"""The web application: every domain's pages and API around one runtime."""

from collections.abc import Callable, Collection
from functools import lru_cache

from fastapi import FastAPI
from sqlalchemy import select
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.accounts import mailbox_pages
from app.accounts import pages as account_pages
from app.assembly import booklet_pages, collage_pages, film_pages, highlights_pages, joint_pages, works_pages
from app.assembly import rehearsal_checks as assembly_checks
from app.assembly import steps as assembly_steps
from app.campaigns import actions as campaign_actions
from app.campaigns import api as campaign_api
from app.campaigns import pages as campaign_pages
from app.campaigns import rehearsal_checks as campaign_checks
from app.campaigns import rehearsal_pages
from app.campaigns.rehearsal import Stage
from app.campaigns.steps import StepRegistry
from app.kits import (
    card_pages,
    city_look_pages,
    kit_run_pages,
    quote_pages,
    toolkit_pages,
    variant_pages,
    version_pages,
)
from app.kits import pages as kit_pages
from app.kits import rehearsal_checks as kit_checks
from app.kits import steps as kit_steps
from app.kits.handed_out import HandedOut
from app.kits.sources import city_roots
from app.measure import pages as measure_pages
from app.measure import steps as measure_steps
from app.models import Network
from app.moderation import api as moderation_api
from app.moderation import pages as moderation_pages
from app.network import api as network_api
from app.network import pages as network_pages
from app.publishing import api as publishing_api
from app.publishing import pages as publishing_pages
from app.runtime import Runtime
from app.submissions import api as submission_api
from app.submissions import pages as submission_pages
from app.web.errors import install_error_handlers
from app.web.middleware import PageLanguage, SameOriginOnly, SecurityHeaders, SmallBodies
from app.web.templating import STATIC_DIR
from app.words import choose

ROUTERS = (
    account_pages.router,
    mailbox_pages.router,
    network_pages.router,
    network_api.router,
    campaign_pages.router,
    rehearsal_pages.router,
    campaign_api.router,
    kit_pages.router,
    city_look_pages.router,
    city_look_pages.from_campaign,
    quote_pages.router,
    variant_pages.router,  # before the next: its download is no language
    toolkit_pages.router,
    version_pages.router,
    card_pages.router,
    kit_run_pages.router,
    submission_pages.router,
    submission_api.router,
    moderation_pages.router,
    moderation_api.router,
    works_pages.router,
    film_pages.router,
    collage_pages.router,
    highlights_pages.router,
    booklet_pages.router,
    joint_pages.router,
    measure_pages.router,
    publishing_pages.router,
    publishing_api.router,
)
STAGE = Stage(
    actions=StepRegistry((*campaign_actions.ACTIONS, *kit_steps.ACTIONS, *assembly_steps.ACTIONS, *measure_steps.ACTIONS)),
    checks=(*campaign_checks.CHECKS, *kit_checks.CHECKS, *assembly_checks.CHECKS),
    toolkits=city_roots,
)


class VersionedFiles(StaticFiles):
    """Static files whose address carries their version, so that a browser may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file; kept for a year when asked for by its version."""
        response = await super().get_response(path, scope)
        if scope["query_string"].startswith(b"v="):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_app(runtime: Runtime) -> FastAPI:
    """The application on this runtime."""
    app = FastAPI(
        title="Polyphony",
        description="Joint campaigns of a network of cities: cities, campaigns and what people chose to show.",
        version="1",
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.runtime = runtime
    app.state.rehearsal_stage = STAGE
    app.state.network_name = _network_name(runtime)
    app.state.released_languages = released_languages(runtime)
    install_error_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", GZipMiddleware(VersionedFiles(directory=STATIC_DIR), compresslevel=6), name="static")
    app.add_middleware(SmallBodies)
    app.add_middleware(SameOriginOnly)
    app.add_middleware(PageLanguage)
    app.add_middleware(SecurityHeaders)
    return app


def released_languages(runtime: Runtime) -> Callable[[], Collection[str]]:
    """The drafts among the languages of residents that are released: those in which some kit is handed out, asked each time."""
    handed_out = HandedOut(runtime)

    def released() -> Collection[str]:
        with runtime.database.reading() as session:
            return handed_out.languages(session)

    return released


def _network_name(runtime: Runtime) -> Callable[[str], str]:
    """The network's name by page language; asked of the database until there is a network, then remembered."""

    @lru_cache(maxsize=64)
    def known(language: str) -> str:
        with runtime.database.reading() as session:
            network = session.scalars(select(Network).order_by(Network.id)).first()
        if network is None:
            raise LookupError
        return choose(network.names, [language]).text

    def name(language: str) -> str:
        try:
            return known(language)
        except LookupError:
            return "Polyphony"

    return name
