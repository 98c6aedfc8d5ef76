"""From what the queries found to what the templates show."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from app.campaigns.rules import day_begins_at, is_collecting
from app.enums import Phase, SubmissionKind, SubmissionOrigin
from app.models import Campaign
from app.publishing.contexts import Countdown, FilmView, Filters, Poster, TileLine, VoiceView, Wall
from app.publishing.places import CAMPAIGN_SENTENCES, city_name, name_of
from app.publishing.queries import InCollage, MemberCity, PublicVoice, Shown, VoiceCount
from app.submissions.languages import UNDETERMINED
from app.web.i18n import Translator, _

VOICES_ON_A_PAGE = 12
WORDS_OF_A_TILE = 160
TILE_SENTENCES = {
    SubmissionKind.PHOTO: _("Photo"),
    SubmissionKind.CLIP: _("Film"),
    SubmissionKind.SOUND: _("Sound"),
    SubmissionKind.TEXT: _("Words"),
}


def media_url(voice: PublicVoice, role: str) -> str | None:
    """The address of one of its files, or none when it has no such file."""
    file = voice.file(role)
    return f"/media/{voice.public_id}/{file.format}-{role}" if file else None


def voice_view(campaign: Campaign, voice: PublicVoice, speech: Translator) -> VoiceView | None:
    """A contribution as it hangs; none when there is neither a picture nor a word to show."""
    city = name_of(voice.city_names, voice.city_languages, speech)
    kind, shown = voice.kind, voice.file("preview") if voice.kind is SubmissionKind.PHOTO else voice.file("main")
    if kind is not SubmissionKind.TEXT and shown is None:
        kind = SubmissionKind.TEXT
    if kind is SubmissionKind.TEXT and not voice.text:
        return None
    moves = kind in {SubmissionKind.CLIP, SubmissionKind.SOUND}
    pictured = kind in {SubmissionKind.PHOTO, SubmissionKind.CLIP} and shown is not None
    return VoiceView(
        kind=kind.value,
        preview_url=media_url(voice, "preview"),
        width_px=shown.width_px if pictured and shown else None,
        height_px=shown.height_px if pictured and shown else None,
        media_url=media_url(voice, "main") if moves else None,
        poster_url=media_url(voice, "poster"),
        placeholder=shown.placeholder if shown else None,
        captions=f"/media/{voice.public_id}/captions.vtt" if kind is SubmissionKind.CLIP and voice.spoken_words else None,
        alt=voice.alt_text or (_alt(voice, city, speech) if pictured else None),
        alt_language=voice.language if voice.alt_text and voice.language != UNDETERMINED else "",
        words=voice.text or None,
        spoken_words=voice.spoken_words or None,
        name=voice.name or voice.credit,
        city_name=city,
        city_url=f"/c/{campaign.slug}/{voice.city_slug}",
        language="" if voice.language == UNDETERMINED else voice.language,
        is_sample=voice.origin is SubmissionOrigin.SAMPLE,
    )


def _alt(voice: PublicVoice, city: str, speech: Translator) -> str:
    if voice.is_from_elsewhere:
        return speech.gettext(_("Photo from another place"))
    return speech.gettext(_("Photo from %(city)s")) % {"city": city}


def wall(
    campaign: Campaign,
    found: Sequence[PublicVoice],
    *,
    total: int,
    page: int,
    address: str,
    filters: dict[str, str],
    speech: Translator,
) -> Wall:
    """One page of voices; `found` holds one more than is shown when there are older ones."""
    views = [voice_view(campaign, voice, speech) for voice in found[:VOICES_ON_A_PAGE]]

    def href(number: int) -> str:
        query = urlencode(filters | ({"page": str(number)} if number > 1 else {}))
        return f"{address}{'?' if query else ''}{query}#voices"

    return Wall(
        voices=[view for view in views if view is not None],
        total=total,
        newer_href=href(page - 1) if page > 1 else None,
        older_href=href(page + 1) if len(found) > VOICES_ON_A_PAGE else None,
    )


def filters_of(
    campaign: Campaign,
    cities: Sequence[MemberCity],
    counts: Sequence[VoiceCount],
    *,
    city: str | None,
    language: str | None,
    speech: Translator,
) -> Filters:
    """Only cities and languages that have a voice can be chosen."""
    with_voices = {count.city_id for count in counts}
    languages = {count.language for count in counts if count.language != UNDETERMINED}
    return Filters(
        action=f"/c/{campaign.slug}#voices",
        cities=[(each.slug, city_name(each, speech)) for each in cities if each.id in with_voices],
        languages=sorted(((tag, speech.language_name(tag)) for tag in languages), key=lambda pair: pair[1].casefold()),
        city=city,
        language=language,
    )


def poster_of(
    campaign: Campaign,
    cities: Sequence[MemberCity],
    countdown: Countdown,
    *,
    city: MemberCity | None,
    speech: Translator,
    elsewhere: MemberCity | None = None,
) -> Poster:
    """The campaign's poster; its one button leads to the form of the city, or to choosing a city or another place."""
    places = [city] if city else [*cities, *([elsewhere] if elsewhere else [])]
    collects = any(is_collecting(campaign, each) for each in places)
    address = f"/c/{campaign.slug}/{city.slug}/share" if city else f"/c/{campaign.slug}/share"
    return Poster(
        slug=campaign.slug,
        href=f"/c/{campaign.slug}",
        title=speech.choose(campaign.title),
        message=speech.choose(campaign.message),
        hashtag=speech.choose(campaign.hashtag).text,
        day_label=countdown.day_label,
        city_count=len(cities),
        countdown=countdown,
        share_href=address if collects else None,
        phase=speech.gettext(CAMPAIGN_SENTENCES[campaign_phase(campaign, collects=collects)]),
    )


def campaign_phase(campaign: Campaign, *, collects: bool) -> str:
    """Where the campaign stands, as a key of CAMPAIGN_SENTENCES; its phase is the column that its steps wrote."""
    if campaign.phase is Phase.DAY:
        return "day"
    if campaign.phase is Phase.POST_DAY:
        return "after" if collects else "over"
    return "collecting" if collects else "before"


def city_phase(campaign: Campaign, city: MemberCity, now: datetime) -> str:
    """Where the city stands, as a key of PHASE_SENTENCES; its phase is the column that its steps wrote."""
    collects = is_collecting(campaign, city)
    if city.phase is Phase.DAY:
        return "day"
    if city.phase is Phase.POST_DAY:
        return "after" if collects else "over"
    if collects:
        return "collecting"
    return "before" if now < day_begins_at(campaign.day_on, city.time_zone) else "over"


def tile_line(tile: InCollage, speech: Translator) -> TileLine:
    """A contribution in a work, in words."""
    what = speech.gettext(TILE_SENTENCES[tile.kind])
    words = tile.alt_text or tile.text
    short = words if len(words) <= WORDS_OF_A_TILE else words[:WORDS_OF_A_TILE].rsplit(" ", 1)[0] + "…"
    language = "" if tile.language == UNDETERMINED else tile.language
    return TileLine(what=f"{what}, {tile.name}" if tile.name else what, words=short, language=language)


def film_view(city: MemberCity, shown: Shown | None) -> FilmView | None:
    """The city's film from the start of its day."""
    if shown is None or city.phase in {None, Phase.PRE_DAY}:
        return None
    if not shown.whole and not shown.contributions:
        return None  # nothing was approved for it
    address = f"/media/productions/{shown.public_id}"
    return FilmView(
        url=f"{address}?v={shown.version}" if shown.whole else None,
        poster_url=f"{address}/poster?v={shown.version}",
        width_px=shown.width_px,
        height_px=shown.height_px,
        duration_s=shown.duration_s,
        is_final=shown.is_final,
        count=shown.contributions,
    )
