"""Films and collages are drawn with the published version, and a new one makes anew only what it touches."""

from pathlib import Path

import pytest

from app.assembly.collage import build_collage
from app.assembly.film import plan_of
from app.derivation import spec_sha256
from app.enums import SubmissionKind
from app.models import Campaign
from app.runtime import Runtime
from app.variants import Scope
from tests import factories
from tests.assembly.conftest import Scene
from tests.assembly.works import with_clip, with_picture
from tests.toolkits import OTHER_COLOURS, OTHER_WORDS, SLUG, freeze, lay_own

pytestmark = pytest.mark.media


def test_a_new_version_makes_anew_what_it_touches_and_nothing_else(
    runtime: Runtime, scene: Scene, tmp_path: Path, clip_master: Path
) -> None:
    with runtime.database.writing() as session:
        campaign = session.get_one(Campaign, scene.campaign.id)
        campaign.toolkit_slug = SLUG
        photo = factories.submission(session, campaign, scene.bergen, kind=SubmissionKind.PHOTO, text="")
        with_picture(session, runtime, photo, tmp_path, "red")
        clip = factories.submission(session, campaign, scene.bergen, kind=SubmissionKind.CLIP, text="", spoken_words="I sing.")
        with_clip(session, runtime, clip, tmp_path, clip_master)
        freeze(session, runtime, campaign)

    def segments() -> list[str]:
        return [spec_sha256(dict(segment.recipe)) for segment in plan_of(runtime, campaign.id, scene.bergen.id).reel.segments]

    def changed(files: dict[str, str], *, publish: bool) -> tuple[list[bool], bool]:
        with runtime.database.writing() as session:
            lay_own(session, runtime, Scope(campaign.network_id), files)
            if publish:
                freeze(session, runtime, campaign)
        return [now == then for now, then in zip(segments(), before, strict=True)], build_collage(runtime, campaign.id).anew

    before = segments()
    assert build_collage(runtime, campaign.id).anew is True
    assert changed(OTHER_COLOURS, publish=False) == ([True] * 4, False)
    assert changed(OTHER_WORDS, publish=True) == ([True] * 4, False)
    same, collage_is_new = changed(OTHER_COLOURS, publish=True)
    assert collage_is_new is True
    # its cards, the frame over the photo and what is said over the clip are drawn with the kit
    assert dict(zip(["opening", "photo", "clip", "closing"], same, strict=True)) == {
        "opening": False,
        "photo": False,
        "clip": False,
        "closing": False,
    }
