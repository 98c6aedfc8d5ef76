"""The joint film at the desk: how it is planned, how fair it is, and having it made."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor
from app.accounts.desk import desk_nav
from app.assembly.joint_contexts import JointFilmPage
from app.assembly.joint_guests import Guest, guests_of
from app.assembly.joint_material import read_joint
from app.assembly.joint_plan import BUDGET_S, MOST_GUESTS, JointChoice, joint_choice, plan_joint_film
from app.assembly.joint_views import city_lines, guest_lines, reckoned, silent_cities
from app.assembly.queries import production_at
from app.assembly.works import have_made
from app.assembly.works_pages import looking_again
from app.assembly.works_views import WorkView, work_view
from app.campaigns.access import managed_campaign
from app.campaigns.queries import cities_in
from app.enums import Phase, ProductionKind
from app.errors import RefusedFields
from app.models import Campaign, Network
from app.runtime import Runtime
from app.web.deps import FieldsDep, Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.errors import field_errors
from app.web.forms import Fields
from app.web.i18n import Translator, _
from app.web.templating import render

router = APIRouter(prefix="/desk/campaigns/{slug}/joint-film", include_in_schema=False)
CUTS = {"whole": ProductionKind.JOINT_FILM, "short": ProductionKind.JOINT_FILM_SHORT}
Wait = Annotated[str, Query()]


@router.get("")
def show(
    request: Request,
    slug: str,
    actor: CurrentActor,
    session: ReadSession,
    speech: Speech,
    runtime: RuntimeDep,
    wait: Wait = "yes",
    told: str = "",
) -> Response:
    """Both cuts, how they would be made now, and what can be decided about them."""
    campaign = managed_campaign(session, actor, slug)
    page = _page(session, runtime, actor, campaign, speech, looks_again=wait != "no", told=told)
    return looking_again(request, render(request, "assembly/joint_film.html", page), page.whole, page.short)


@router.post("")
def plan(
    request: Request,
    slug: str,
    actor: CurrentActor,
    fields: FieldsDep,
    speech: Speech,
    now: Now,
    runtime: RuntimeDep,
) -> Response:
    """Keep what was decided."""
    with runtime.database.reading() as session:
        choice = _typed(fields, guests_of(session, managed_campaign(session, actor, slug).id))
    try:
        fields.refuse_if_wrong()
        with runtime.database.writing() as session:
            campaign = managed_campaign(session, actor, slug)
            session.refresh(campaign, with_for_update=True)
            joined = [city.id for _part, city in cities_in(session, campaign.id)]
            known = [guest.id for guest in guests_of(session, campaign.id)]
            is_new = plan_joint_film(session, campaign, choice, joined=joined, guests=known, actor=actor, now=now)
    except RefusedFields as refused:
        with runtime.database.reading() as session:
            campaign = managed_campaign(session, actor, slug)
            page = _page(session, runtime, actor, campaign, speech, typed=(choice, fields), refused=refused)
        return render(request, "assembly/joint_film.html", page, status=422)
    return RedirectResponse(f"{_url(campaign)}?told={'kept' if is_new else 'same'}", status_code=303)


@router.post("/{cut}/make")
def make(slug: str, cut: str, actor: CurrentActor, session: WriteSession, now: Now) -> Response:
    """Have a cut made now."""
    campaign = managed_campaign(session, actor, slug)
    kind = CUTS.get(cut, ProductionKind.JOINT_FILM)
    have_made(session, campaign, kind, actor_id=actor.person_id, now=now)
    return RedirectResponse(f"{_url(campaign)}#{cut if cut in CUTS else 'whole'}", status_code=303)


def _url(campaign: Campaign) -> str:
    return f"/desk/campaigns/{campaign.slug}/joint-film"


def _typed(fields: Fields, guests: Sequence[Guest]) -> JointChoice:
    """What was typed; guests by the places given to them."""
    at_least, at_most = BUDGET_S
    budget_s = fields.whole_number("budget_s", at_least=at_least, at_most=at_most)
    card_only = frozenset(int(each) for each in fields.many("card_only") if each.isdecimal())
    places = []
    for guest in guests:
        if typed := fields.raw(f"guest_{guest.id}").strip():
            if typed.isdecimal():
                places.append((int(typed), guest.id))
            else:
                fields.refuse("guests", "form.not_a_number")
    return JointChoice(
        budget_s=budget_s,
        card_only=card_only,
        quotes=tuple(quote_id for _place, quote_id in sorted(places)),
        captions_language=fields.raw("captions_language") or None,
        with_music=fields.ticked("with_music"),
    )


def _page(
    session: Session,
    runtime: Runtime,
    actor: Actor,
    campaign: Campaign,
    speech: Translator,
    *,
    looks_again: bool = True,
    told: str = "",
    typed: tuple[JointChoice, Fields] | None = None,
    refused: RefusedFields | None = None,
) -> JointFilmPage:
    joint = read_joint(session, runtime, campaign.id, ProductionKind.JOINT_FILM, by_hand=True)
    choice, fields = typed or (joint_choice(session, campaign.id), None)
    found, url = reckoned(joint, speech), _url(campaign)
    at_least, at_most = BUDGET_S
    cuts = {name: _work(session, runtime, campaign, name, speech, looks_again=looks_again) for name in CUTS}
    is_seen = campaign.status.is_public and campaign.phase in {Phase.DAY, Phase.POST_DAY}
    stands = any(cut.standing for cut in cuts.values())
    return JointFilmPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        title=speech.choose(campaign.title),
        back_href=f"/desk/campaigns/{campaign.slug}",
        url=url,
        public_href=f"/c/{campaign.slug}#joint-film" if is_seen and stands else None,
        whole=cuts["whole"],
        short=cuts["short"],
        whole_reckoned=found.whole,
        short_reckoned=found.short,
        each_city=found.each_city,
        too_many=found.too_many,
        fairness=found.fairness,
        cities=city_lines(joint, found, choice.card_only, speech),
        silent=silent_cities(joint, speech),
        guests=guest_lines(guests_of(session, campaign.id), choice.quotes, fields, speech),
        most_guests=MOST_GUESTS,
        budget_s=fields.raw("budget_s") if fields else str(choice.budget_s),
        budget_least_s=at_least,
        budget_most_s=at_most,
        captions_language=choice.captions_language or "",
        caption_languages=[
            ("", speech.gettext(_("None: the original words alone"))),
            *((tag, speech.language_name(tag)) for tag in campaign.languages),
        ],
        has_music=joint.look.toolkit.music is not None,
        with_music=choice.with_music,
        errors=field_errors(refused, speech) if refused else [],
        told=_told(told, speech),
    )


def _told(told: str, speech: Translator) -> str | None:
    if told == "kept":
        return speech.gettext(_("Kept. The films that stand stay as they are until they are made anew."))
    return speech.gettext(_("Nothing was changed.")) if told == "same" else None


def _work(
    session: Session, runtime: Runtime, campaign: Campaign, name: str, speech: Translator, *, looks_again: bool
) -> WorkView:
    return work_view(
        session,
        production_at(session, campaign.id, None, CUTS[name]),
        address=_url(campaign),
        zone=session.get_one(Network, campaign.network_id).time_zone,
        speech=speech,
        now=runtime.now(),
        looks_again=looks_again,
        make_action=f"{_url(campaign)}/{name}/make",
    )
