"""The profile frame in words: what it says, in which languages it can be had, under which address."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from app.campaigns.rules import is_collecting
from app.kits.frames import address_of
from app.kits.sources import Source
from app.models import Campaign
from app.publishing import looks
from app.publishing.contexts import Preview
from app.publishing.frame_contexts import FrameLanguage, FramePage, FrameWords
from app.publishing.places import city_lines
from app.publishing.queries import MemberCity
from app.web.i18n import Translator, _, own_name
from app.words import Words, choose

IN_SHORT = _("Put the frame of “%(campaign)s” around your own picture. It is done in your browser; the picture stays with you.")


def frame_languages(campaign: Campaign, city: MemberCity | None) -> tuple[str, ...]:
    """The languages in which the campaign has its message: those of the city first, then its own."""
    wanted = (*(city.languages if city else ()), *campaign.languages)
    found = [tag for spoken in wanted for tag in campaign.message.texts if _primary(tag) == _primary(spoken)]
    return tuple(dict.fromkeys(found)) or (campaign.message.source,)


def frame_words(campaign: Campaign, city: MemberCity | None, asked: str | None, reader: str) -> FrameWords:
    """What the frame says: in the language asked for, else the city's first; the campaign's own in the reader's."""
    languages = frame_languages(campaign, city)
    wishes = [wish for wish in (asked, None if city else reader) if wish]
    near = [tag for wish in wishes for tag in languages if _primary(tag) == _primary(wish)]
    language = asked if asked in languages else next(iter(near), languages[0])
    return FrameWords(
        language=language,
        message=campaign.message.texts[language],
        hashtag=choose(campaign.hashtag, (language,)).text,
        city=choose(city.names, (language, *city.languages)).text if city else None,
    )


def version_of(source: Source, words: FrameWords) -> str:
    """Changes with every word of the frame and with all that it is drawn with, so that a picture may be kept for ever."""
    said = (address_of(source.toolkit, "profile_frame"), words.language, words.message, words.hashtag, words.city or "")
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:12]


def draw(source: Source, words: FrameWords) -> bytes:
    """The frame as a transparent picture."""
    return looks.profile_frame(source, words.language, words.message, words.hashtag, words.city)


def frame_page(
    campaign: Campaign,
    members: Sequence[MemberCity],
    city: MemberCity | None,
    asked: str | None,
    speech: Translator,
    *,
    source: Source,
    network: Words,
    base_url: str,
) -> FramePage:
    """The page of the campaign's frame or of one city's, with the way to those of all its cities."""
    words = frame_words(campaign, city, asked, speech.language)
    home = f"/c/{campaign.slug}"
    back = f"{home}/{city.slug}" if city else home
    title = speech.choose(campaign.title)
    said = speech.gettext(IN_SHORT) % {"campaign": title.text}
    return FramePage(
        network=speech.choose(network).text,
        title=title,
        back_href=back,
        back_name=choose(city.names, (speech.language, *city.languages)) if city else title,
        frame=words,
        image_url=f"{back}/frame.png?{urlencode({'lang': words.language, 'v': version_of(source, words)})}",
        file_name=f"{campaign.slug}-{city.slug}-{words.language}" if city else f"{campaign.slug}-{words.language}",
        languages=[
            FrameLanguage(tag, own_name(tag), f"{back}/frame?words={tag}", tag == words.language)
            for tag in frame_languages(campaign, city)
        ],
        cities=[
            (country, [replace(line, href=f"{line.href}/frame") for line in lines])
            for country, lines in city_lines(campaign, members, {}, speech)
        ],
        without_city_href=f"{home}/frame",
        share_href=f"{back}/share" if city and is_collecting(campaign, city) else None,
        preview=Preview(
            title=speech.gettext(_("Put the frame around your picture")),
            description=said,
            url=f"{base_url}{back}/frame",
            image_url=f"{base_url}{back}/card.png",
        ),
    )


def _primary(tag: str) -> str:
    return tag.split("-", maxsplit=1)[0].lower()
