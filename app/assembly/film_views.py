"""From the plan of a city's film to what its page at the desk shows."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.desk import desk_nav
from app.accounts.queries import city_for
from app.assembly.arrangements import EARLIER, LATER, LENGTHS_S, FilmChoice, FilmOffer, FilmOptions, film_choice, neighbour
from app.assembly.film import KIND, Plan, further_formats
from app.assembly.film_contexts import FilmPage, ShotView
from app.assembly.film_preview import is_awaited
from app.assembly.film_rules import AS_THEY_CAME, Shot
from app.assembly.queries import Piece, production_at
from app.assembly.works import pictures_of
from app.assembly.works_views import SHAPES, work_view
from app.derivation import spec_sha256
from app.enums import Permission, SubmissionKind
from app.errors import Refused
from app.kits.queries import DeskPlace, joined_place
from app.models import Artefact, Production
from app.submissions.languages import UNDETERMINED
from app.web.errors import field_errors
from app.web.forms import Fields
from app.web.i18n import Translator, _

KINDS: Mapping[SubmissionKind, str] = {
    SubmissionKind.PHOTO: _("Photo"),
    SubmissionKind.CLIP: _("Film"),
    SubmissionKind.SOUND: _("Sound"),
    SubmissionKind.TEXT: _("Words"),
}
FREE = "free"  # the value of a length that is as long as it takes
SHOWN_WORDS_CHARS = 120


def film_place(session: Session, actor: Actor, campaign: str, city: str) -> DeskPlace:
    """The city in the campaign, for whoever looks at its contributions."""
    city_for(session, actor, Permission.MODERATE, city)
    return joined_place(session, actor, campaign, city)


def film_url(place: DeskPlace) -> str:
    """The page of a city's film at the desk."""
    return f"/desk/c/{place.campaign.slug}/{place.city.slug}/film"


def film_offer(place: DeskPlace, plan: Plan) -> FilmOffer:
    """Between what this city can choose."""
    return FilmOffer(
        formats=further_formats(place.campaign.formats),
        languages=caption_languages(place),
        has_music=plan.look.toolkit.music is not None,
    )


def caption_languages(place: DeskPlace) -> list[str]:
    """The languages into which a city's captions can be translated: the campaign's, then its own."""
    return list(dict.fromkeys([*place.campaign.languages, *place.city.languages]))


def read_options(fields: Fields) -> FilmOptions:
    """What was chosen, as it was sent; what is on offer is asked where it is written down."""
    length = fields.raw("length")
    return FilmOptions(
        budget_s=None if length == FREE else int(length) if length.isascii() and length.isdigit() else -1,
        formats=tuple(fields.many("shapes")),
        captions_language=fields.raw("captions") or None,
        with_music=fields.ticked("music"),
    )


def film_page(
    session: Session,
    actor: Actor,
    place: DeskPlace,
    plan: Plan,
    speech: Translator,
    *,
    now: datetime,
    looks_again: bool = True,
    typed: Fields | None = None,
    refused: Refused | None = None,
    saved: bool = False,
) -> FilmPage:
    """The whole page."""
    campaign, city, url = place.campaign, place.city, film_url(place)
    production = production_at(session, campaign.id, city.id, KIND)
    choice, offer = film_choice(session, campaign.id, city.id), film_offer(place, plan)
    pictures = pictures_of(session, plan.pieces)
    errors = field_errors(refused, speech) if refused else []

    def unseen(submission_ids: Sequence[int]) -> list[ShotView]:
        return [_shot_view(plan.pieces[each], pictures, speech) for each in submission_ids]

    return FilmPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        url=url,
        city=speech.place(city.names, *city.languages),
        city_href=f"/desk/c/{campaign.slug}/{city.slug}",
        campaign=speech.choose(campaign.title, *city.languages),
        is_elsewhere=city.is_elsewhere,
        work=work_view(session, production, address=url, zone=city.time_zone, speech=speech, now=now, looks_again=looks_again),
        changed=_differs(session, production, plan),
        preview_awaited=is_awaited(session, campaign.id, city.id),
        length_s=plan.film.seconds,
        shots=_shots(plan, choice, pictures, speech),
        left_out=unseen(plan.film.left_out),
        dropped=unseen(plan.film.dropped),
        is_arranged=choice.arrangement != AS_THEY_CAME,
        lengths=[(_length_value(each), _length(each, speech)) for each in LENGTHS_S],
        shape=speech.gettext(SHAPES[plan.look.format_name]),
        shapes=[(name, speech.gettext(SHAPES[name])) for name in offer.formats],
        languages=[(tag, speech.language_name(tag)) for tag in offer.languages],
        has_music=offer.has_music,
        words_href=f"{url}/words",
        typed={
            "length": typed.raw("length") if typed else _length_value(choice.budget_s),
            "captions": typed.raw("captions") if typed else choice.captions_language or "",
        },
        chosen_shapes=typed.many("shapes") if typed else choice.formats,
        with_music=typed.ticked("music") if typed else choice.with_music,
        errors=errors,
        wrong={error.field: error.sentence for error in errors},
        saved=saved,
    )


def _differs(session: Session, production: Production | None, plan: Plan) -> bool:
    """Whether the film that stands is another one than would be made now."""
    if production is None or production.artefact_id is None:
        return False
    return session.get_one(Artefact, production.artefact_id).spec_sha256 != spec_sha256(plan.recipe)


def _shots(plan: Plan, choice: FilmChoice, pictures: Mapping[int, str], speech: Translator) -> list[ShotView]:
    shown = [shot.submission_id for shot in plan.film.shots]
    return [
        _shot_view(
            plan.pieces[shot.submission_id],
            pictures,
            speech,
            shot=shot,
            is_pinned=shot.submission_id in choice.arrangement.pinned,
            can_go_earlier=neighbour(choice.arrangement, shown, shot.submission_id, EARLIER) is not None,
            can_go_later=neighbour(choice.arrangement, shown, shot.submission_id, LATER) is not None,
        )
        for shot in plan.film.shots
    ]


def _shot_view(
    piece: Piece,
    pictures: Mapping[int, str],
    speech: Translator,
    *,
    shot: Shot | None = None,
    is_pinned: bool = False,
    can_go_earlier: bool = False,
    can_go_later: bool = False,
) -> ShotView:
    words = piece.text or piece.spoken_words or piece.alt_text
    return ShotView(
        public_id=piece.public_id,
        href=f"/desk/contributions/{piece.public_id}",
        who=piece.name,
        kind=speech.gettext(KINDS[piece.kind]),
        seconds=shot.seconds if shot else None,
        picture_url=pictures.get(piece.submission_id),
        words=shortened(words),
        language="" if piece.language == UNDETERMINED else piece.language,
        is_pinned=is_pinned,
        can_go_earlier=can_go_earlier,
        can_go_later=can_go_later,
    )


def shortened(words: str) -> str:
    """The first words, for a small place."""
    return words if len(words) <= SHOWN_WORDS_CHARS else words[: SHOWN_WORDS_CHARS - 1].rsplit(" ", 1)[0] + "…"


def _length_value(seconds: float | None) -> str:
    return FREE if seconds is None else str(round(seconds))


def _length(seconds: int | None, speech: Translator) -> str:
    if seconds is None:
        return speech.gettext(_("As long as it takes"))
    return speech.gettext(_("At most %(length)s")) % {"length": speech.duration(seconds)}
