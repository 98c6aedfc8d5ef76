"""What the form of a campaign is filled with in languages that were just ticked: the words of its template."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from app.campaigns.forms import CampaignForm
from app.campaigns.template import Template, read_template
from app.web.forms import Fields
from app.words import Words


def template_of(form: CampaignForm, roots: Mapping[str, Path]) -> Template | None:
    """That of the look which is chosen in the form; None where it is offered no more."""
    return read_template(form.toolkit_slug, roots[form.toolkit_slug]) if form.toolkit_slug in roots else None


def filled(form: CampaignForm, fields: Fields, template: Template | None, names: Words) -> CampaignForm:
    """The form with each text that is still the template's own, in every language whose fields were not there to be typed into.

    A title is one while the campaign is called like its day. The hashtag is one for all languages.
    """
    if template is None:
        return form
    known = {
        "title": (names, template.names),
        "message": (template.messages,),
        "objective": (template.words("objective"),),
        "audience": (template.words("audience"),),
        "approach": (template.words("approach"),),
        "question": (template.words("question"),),
    }
    texts = {name: dict(typed) for name, typed in form.texts.items()}
    for name, sources in known.items():
        for tag in form.languages:
            if f"{name}-{tag}" not in fields.values:
                own = (each.texts[tag] for each in sources if tag in each.texts and _is_own(texts[name], form.source, each))
                texts[name][tag] = next(own, "").strip()
    return replace(form, texts=texts)


def _is_own(typed: Mapping[str, str], source: str, words: Words) -> bool:
    said = typed.get(source, "").replace("\r\n", "\n").strip()
    return said == words.texts.get(source, "").strip() != ""
