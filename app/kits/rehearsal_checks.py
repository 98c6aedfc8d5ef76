"""What a rehearsal looks for in a toolkit: whether it can be used, speaks the cities' languages and fits the networks."""

from collections.abc import Iterator, Sequence

from app.campaigns.rehearsal import Act, Check, Finding, Script
from app.campaigns.rehearsal_checks import LANGUAGE, WRITING, speakers
from app.errors import Refused
from app.kits.posts import filled_post, post_limits
from app.kits.rules import shared_languages, text_languages
from app.kits.service import NETWORK_NAMES, form_link
from app.kits.slots import slots_of
from app.kits.toolkit import Toolkit, fill, load_toolkit
from app.web.i18n import _


def _unusable(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    try:
        load_toolkit(script.campaign.toolkit_slug)
    except Refused as refused:
        yield Finding({"toolkit": script.campaign.toolkit_slug, "reason": refused.code})


def _unwritten(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    toolkit = _toolkit(script)
    if toolkit is None:
        return
    for language, cities in speakers(script).items():
        if not toolkit.texts.keys() & {language, language.split("-")[0]}:
            yield from (Finding({"language": language}, city) for city in cities if city is not None)


def _too_long(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    toolkit = _toolkit(script)
    if toolkit is None:
        return
    for place in script.places:
        link = form_link(script.base_url, script.campaign, place.city)
        shared = shared_languages(script.campaign.languages, place.city.languages)
        for language in text_languages(shared, toolkit.texts.keys(), toolkit.manifest.source_language):
            values = {**slots_of(script.campaign, place.city, language), "link": link}
            for network, pattern in toolkit.texts[language].posts.model_dump().items():
                if filled_post(network, pattern, values) != fill(pattern, values).strip():
                    limit_chars = post_limits()[network]
                    yield Finding({"network": network, "language": language, "limit_chars": limit_chars}, place.city)


def _toolkit(script: Script) -> Toolkit | None:
    try:
        return load_toolkit(script.campaign.toolkit_slug)
    except Refused:  # said by the check of the toolkit itself
        return None


CHECKS = (
    Check(
        "toolkit_unusable",
        _unusable,
        _("The toolkit “%(toolkit)s” cannot be used"),
        _("Choose another look for the campaign, or ask the toolkit's designer to mend it."),
        WRITING,
    ),
    Check(
        "toolkit_text_missing",
        _unwritten,
        _("The toolkit has no texts in %(language)s"),
        _("Ask the toolkit's designer for them; until then the cities' kits speak another language."),
        WRITING,
        LANGUAGE,
    ),
    Check(
        "post_too_long",
        _too_long,
        _("The post for %(network)s in %(language)s is cut: it takes %(limit_chars)s characters"),
        _("Make the message or the hashtag shorter."),
        WRITING,
        {
            **LANGUAGE,
            "network": lambda name, _speech: NETWORK_NAMES[name],
            "limit_chars": lambda count, speech: speech.number(count),
        },
    ),
)
