"""Words in pictures: template data and slots become PNG, overlay or PDF, in every script."""

from media_pipeline.typeset.glyphs import check_glyphs
from media_pipeline.typeset.loading import TemplateError, load_template
from media_pipeline.typeset.pictures import artwork_colours
from media_pipeline.typeset.render import Rendered, SetPicture, SetWords, render
from media_pipeline.typeset.scripts import is_right_to_left
from media_pipeline.typeset.template import Template
from media_pipeline.typeset.words import clean, isolate, isolate_hashtags, isolate_sizes

__all__ = [
    "Rendered",
    "SetPicture",
    "SetWords",
    "Template",
    "TemplateError",
    "artwork_colours",
    "check_glyphs",
    "clean",
    "is_right_to_left",
    "isolate",
    "isolate_hashtags",
    "isolate_sizes",
    "load_template",
    "render",
]
