"""From the words in a city's film to what the page of their translations shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.desk import desk_nav
from app.assembly.arrangements import film_choice
from app.assembly.film_contexts import Nav, Option
from app.assembly.film_views import KINDS, caption_languages, film_url
from app.assembly.film_words import SaidWords, Typed, words_in_film
from app.assembly.translations import MAX_TRANSLATION_CHARS
from app.assembly.works import pictures_of
from app.errors import Refused
from app.kits.queries import DeskPlace
from app.submissions.languages import UNDETERMINED
from app.web.errors import FieldError, field_errors
from app.web.forms import Fields
from app.web.i18n import Translator, _
from app.words import Chosen

TEXT, MARK = "text-", "of-"  # before the public id, in the names of fields
MOST_TYPED = 100_000  # how long a translation may be is asked where it is written down


@dataclass(frozen=True, slots=True)
class WordsLine:
    """The words of one contribution with their translation."""

    public_id: str
    href: str
    who: str | None
    kind: str
    picture_url: str | None
    words: str
    language: str
    language_name: str | None  # None: nobody knows it
    mark: str
    value: str
    confirmed: str | None  # by whom and when
    is_outdated: bool
    error: str | None


@dataclass(frozen=True, slots=True)
class FilmWordsPage:
    """The context of film_words.html."""

    desk_nav: Nav
    url: str
    film_href: str
    city: Chosen
    language: str
    language_label: str
    languages: Sequence[Option]
    is_chosen: bool  # for the captions of the film
    lines: Sequence[WordsLine]
    missing: int  # without a translation that holds
    in_it_already: int  # contributions whose words are in this language
    max_chars: int
    saved: int | None
    errors: Sequence[FieldError] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


def language_for(session: Session, place: DeskPlace, wanted: str) -> str:
    """The language that is asked for, else that of the film's captions, else the first that is not the city's own first."""
    offered = caption_languages(place)
    chosen = film_choice(session, place.campaign.id, place.city.id).captions_language
    others = [tag for tag in offered if tag != place.city.languages[0]]
    return next(tag for tag in (wanted, chosen, *others, *offered) if tag in offered)


def read_words(fields: Fields) -> dict[str, Typed]:
    """What was typed, by public id."""
    ids = [name.removeprefix(TEXT) for name in fields.values if name.startswith(TEXT)]
    return {
        each: Typed(fields.text(f"{TEXT}{each}", required=False, max_chars=MOST_TYPED), fields.raw(f"{MARK}{each}"))
        for each in ids
    }


def film_words_page(
    session: Session,
    actor: Actor,
    place: DeskPlace,
    language: str,
    speech: Translator,
    *,
    saved: int | None = None,
    typed: Mapping[str, Typed] | None = None,
    refused: Refused | None = None,
) -> FilmWordsPage:
    """The whole page."""
    city, url = place.city, film_url(place)
    every = words_in_film(session, place, language)
    shown = [each for each in every if each.submission.language != language]
    pictures = pictures_of(session, [each.submission.id for each in shown])
    errors = [FieldError(f"{TEXT}{error.field}", error.sentence) for error in (field_errors(refused, speech) if refused else [])]
    wrong = {error.field: error.sentence for error in errors}
    lines = [_line(each, place, pictures, (typed or {}).get(each.submission.public_id), wrong, speech) for each in shown]
    return FilmWordsPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        url=f"{url}/words",
        film_href=url,
        city=speech.place(city.names, *city.languages),
        language=language,
        language_label=speech.language_name(language),
        languages=[(tag, speech.language_name(tag)) for tag in caption_languages(place)],
        is_chosen=film_choice(session, place.campaign.id, city.id).captions_language == language,
        lines=lines,
        missing=sum(each.translation is None or each.is_outdated for each in shown),
        in_it_already=len(every) - len(shown),
        max_chars=MAX_TRANSLATION_CHARS,
        saved=saved,
        errors=errors,
        labels={f"{TEXT}{line.public_id}": line.who or line.kind for line in lines},
    )


def _line(
    said: SaidWords,
    place: DeskPlace,
    pictures: Mapping[int, str],
    typed: Typed | None,
    wrong: Mapping[str, str],
    speech: Translator,
) -> WordsLine:
    submission, translation = said.submission, said.translation
    is_known = submission.language != UNDETERMINED
    return WordsLine(
        public_id=submission.public_id,
        href=f"/desk/contributions/{submission.public_id}",
        who=submission.name,
        kind=speech.gettext(KINDS[submission.kind]),
        picture_url=pictures.get(submission.id),
        words=said.words,
        language=submission.language if is_known else "",
        language_name=speech.language_name(submission.language) if is_known else None,
        mark=said.mark,
        value=typed.text if typed else translation.text if translation else "",
        confirmed=_confirmed(said, place, speech),
        is_outdated=said.is_outdated,
        error=wrong.get(f"{TEXT}{submission.public_id}"),
    )


def _confirmed(said: SaidWords, place: DeskPlace, speech: Translator) -> str | None:
    if said.translation is None:
        return None
    moment = speech.at_time(said.translation.confirmed_at, place.city.time_zone)
    return speech.gettext(_("Confirmed by %(name)s on %(moment)s")) % {"name": said.confirmed_by or "", "moment": moment}
