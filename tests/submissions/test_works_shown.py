"""In which works a receipt says that a contribution is shown: a line for each, for what its person agreed to."""

from pathlib import Path

from app.derivation import Made, keep
from app.enums import ArtefactKind, ProductionKind, Purpose
from app.models import Production
from app.submissions.queries import place_of
from app.submissions.works_shown import works_shown
from tests import factories
from tests.conftest import Server

RECEIPT = "a-receipt-that-nobody-guesses"


def test_a_line_for_each_work_however_many_files_it_is_made_as(server: Server) -> None:
    with server.runtime.database.writing() as session:
        network = factories.network(session)
        campaign, city = factories.campaign(session, network), factories.city(session, network)
        place = place_of(session, factories.submission(session, campaign, city))
    assert works_shown(set(ProductionKind), place) == [
        ("The collage", "/c/our-home/collage"),
        ("The city's film", "/c/our-home/bergen#film"),
        ("The joint film of all cities", "/c/our-home#joint-film"),
        ("The best moments", "/c/our-home/highlights"),
        ("The booklet", "/c/our-home#booklet"),
    ]
    assert works_shown({ProductionKind.POSTER, ProductionKind.JOINT_FILM_SHORT}, place) == [
        ("The collage", "/c/our-home#collage"),
        ("The joint film of all cities", "/c/our-home#joint-film"),
    ]


def test_a_receipt_names_only_works_that_its_person_agreed_to(server: Server, tmp_path: Path) -> None:
    runtime = server.runtime
    with runtime.database.writing() as session:
        network = factories.network(session)
        campaign, city = factories.campaign(session, network), factories.city(session, network)
        factories.taking_part(session, campaign, city)
        agreed = [Purpose.CAMPAIGN_PAGES, Purpose.COLLAGE, Purpose.JOINT_FILM]
        sent = factories.submission(session, campaign, city, token=RECEIPT, consents=agreed)
        for number, kind in enumerate(ProductionKind):
            path = tmp_path / f"{kind.value}.bin"
            path.write_text(kind.value)
            made = Made(path=path, kind=ArtefactKind.FILM, media_type="video/mp4", spec={"test": kind.value}, parts=[sent.id])
            artefact = keep(session, runtime.storage, made, now=runtime.now())
            of_city = kind is ProductionKind.CITY_FILM
            session.add(
                Production(
                    public_id=f"work-{number}",
                    campaign_id=campaign.id,
                    city_id=city.id if of_city else None,
                    kind=kind,
                    version=1,
                    artefact_id=artefact.id,
                    contributions=1,
                    built_at=runtime.now(),
                )
            )
    page = server.client().get(f"/r/{RECEIPT}").text
    assert [name in page for name in ("The collage<", "The joint film of all cities<", "The best moments<")] == [True] * 3
    assert [name in page for name in ("The city's film<", "The city&#39;s film<", "The booklet<")] == [False] * 3
