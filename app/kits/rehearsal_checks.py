"""What a rehearsal looks for in a toolkit: whether it can be used, speaks the cities' languages and fits the networks."""

from collections.abc import Iterator, Sequence

from app.campaigns.plan import StepName
from app.campaigns.rehearsal import Act, Check, Finding, Script
from app.campaigns.rehearsal_checks import LANGUAGE, WRITING, speakers
from app.errors import Refused
from app.kits.embargo import card_group, days_left_at, embargoed_at
from app.kits.loading import toolkit_at
from app.kits.order import NETWORK_NAMES, form_link
from app.kits.posts import directed, filled_post, post_limits
from app.kits.releases import usable_languages
from app.kits.rules import shared_languages, text_languages
from app.kits.slots import slots_of
from app.kits.toolkit import Toolkit, fill
from app.models import City
from app.web.i18n import _

KITS = "/desk/campaigns/{slug}/toolkit"
KIT_STEPS = frozenset({StepName.SEND_TOOLKITS.value, StepName.COUNTDOWN_CARD.value})


def _unusable(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    for slug, root in sorted(set(script.toolkits.values())):
        try:
            toolkit_at(slug, root)
        except Refused as refused:
            yield Finding({"toolkit": slug, "reason": refused.code})


def _unwritten(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    for language, city, toolkit in _spoken(script):
        if not toolkit.texts.keys() & {language, language.split("-")[0]}:
            yield Finding({"language": language}, city)


def _too_long(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    for place in script.places:
        toolkit = _toolkit(script, place.city)
        if toolkit is None:
            continue
        link = form_link(script.base_url, script.campaign, place.city)
        shared = shared_languages(script.campaign.languages, place.city.languages)
        for language in text_languages(shared, toolkit.texts.keys(), toolkit.manifest.source_language):
            values = {**slots_of(script.campaign, place.city, language, toolkit), "link": link}
            for network, pattern in toolkit.texts[language].posts.model_dump().items():
                whole = directed(fill(pattern, values).strip(), language, network)
                if filled_post(network, pattern, values, language=language) != whole:
                    limit_chars = post_limits()[network]
                    yield Finding({"network": network, "language": language, "limit_chars": limit_chars}, place.city)


def _draft(script: Script, _acts: Sequence[Act]) -> Iterator[Finding]:
    """Languages whose texts are there, read by nobody who speaks them and released by nobody."""
    for language, city, toolkit in _spoken(script):
        written = {language, language.split("-")[0]} & toolkit.texts.keys()
        if written and not written & set(usable_languages(toolkit, script.released_texts)):
            yield Finding({"language": language}, city)


def _not_published(script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    """Steps that hand out a kit that nobody has published."""
    for act in acts:
        if act.line.action in KIT_STEPS and act.standing is None and script.kit_version is None:
            yield Finding({"action": act.line.action}, act=act)


def _leaking(script: Script, acts: Sequence[Act]) -> Iterator[Finding]:
    """Cards that would be put out while their pieces are under embargo there."""
    if script.kit_version is None:
        return
    day_on = script.campaign.day_on
    for act in acts:
        if act.line.action != StepName.COUNTDOWN_CARD or act.standing is not None or act.city is None:
            continue
        waits = embargoed_at(act.at, script.kit_version.embargoed, day_on=day_on, time_zone=act.city.time_zone)
        if card_group(days_left_at(act.at, day_on, act.city.time_zone)) in waits:
            yield Finding({"action": act.line.action}, act=act)


def _spoken(script: Script) -> Iterator[tuple[str, City, Toolkit]]:
    """Every language of every city with the toolkit that its kit is made from, where that can be used."""
    for language, cities in speakers(script).items():
        for city in cities:
            toolkit = _toolkit(script, city) if city is not None else None
            if city is not None and toolkit is not None:
                yield language, city, toolkit


def _toolkit(script: Script, city: City) -> Toolkit | None:
    try:
        return toolkit_at(*script.toolkits[city.id])
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
        "toolkit_text_draft",
        _draft,
        _("The texts in %(language)s are a draft that nobody has released"),
        _("Have somebody read them who speaks the language, or release them; until then kits leave them out."),
        "/desk/toolkits",
        LANGUAGE,
    ),
    Check(
        "kit_not_published",
        _not_published,
        _("No version of the kit is published: the step finds nothing to hand out"),
        _("Publish the toolkit to the campaign before that moment."),
        KITS,
    ),
    Check(
        "embargo_leaks",
        _leaking,
        _("It puts out a piece that is under embargo until the day begins there, so it is left out"),
        _("Lift the embargo on these pieces with a new version, or take the step out."),
        KITS,
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
