"""What a campaign came to: a page for each city, an overview for who oversees many, and the same as a table to take away."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.deps import CurrentActor, require
from app.accounts.desk import desk_nav
from app.campaigns.queries import campaign_by_slug
from app.enums import CampaignStatus, FiguresMoment, Permission, Phase, ProductionKind
from app.errors import NotFound
from app.kits.downloads import attachment
from app.kits.queries import DeskPlace, joined_place
from app.measure import queries, service, views, wording
from app.measure.contexts import AskAgain, CityReportPage, MaterialLine, OverviewPage, OverviewRow
from app.measure.queries import CityRow, Work
from app.measure.table import csv_of
from app.models import Campaign
from app.moderation.queries import downloadable
from app.web.deps import Now, ReadSession, RuntimeDep, Speech, WriteSession
from app.web.i18n import Translator, _
from app.web.templating import render

router = APIRouter(include_in_schema=False)
DASH = "\N{EN DASH}"


@router.get("/desk/c/{campaign}/{city}/report")
def city_report(
    request: Request, campaign: str, city: str, actor: CurrentActor, session: ReadSession, speech: Speech
) -> Response:
    """What one city got."""
    place = joined_place(session, actor, campaign, city)
    return render(request, "measure/report.html", _city_page(session, actor, place, speech))


@router.post("/desk/c/{campaign}/{city}/report/figures/{moment}")
def open_figures(
    campaign: str, city: str, moment: FiguresMoment, actor: CurrentActor, session: WriteSession, now: Now, runtime: RuntimeDep
) -> Response:
    """To the three questions, from the desk: by a link of its own."""
    place = joined_place(session, actor, campaign, city)
    figures = queries.figures_at(session, place.part, moment)
    if figures is None:
        raise NotFound("figures.not_asked")
    link = service.fresh_link(session, figures, runtime.settings.resolved_base_url, now=now)
    return RedirectResponse(link.removeprefix(runtime.settings.resolved_base_url), status_code=303)


@router.get("/desk/campaigns/{slug}/report")
def overview(request: Request, slug: str, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """All cities for the network's manager, those of the chapter for its coordinator."""
    campaign, rows = _overseen(session, actor, slug)
    return render(request, "measure/overview.html", _overview_page(actor, campaign, rows, speech))


@router.get("/desk/campaigns/{slug}/report.csv")
def overview_table(slug: str, actor: CurrentActor, session: ReadSession, speech: Speech) -> Response:
    """The same cities, with every count and figure."""
    campaign, rows = _overseen(session, actor, slug)
    headers = {"Content-Disposition": attachment(f"{campaign.slug}-report.csv")}
    return Response(csv_of(rows, campaign, speech), media_type="text/csv; charset=utf-8", headers=headers)


def _overseen(session: Session, actor: Actor, slug: str) -> tuple[Campaign, list[CityRow]]:
    """The campaign with the cities in it that are this person's to oversee; without any it is not there."""
    require(actor, Permission.MANAGE_CAMPAIGNS)
    campaign = campaign_by_slug(session, actor.network_id, slug)
    rows = queries.overview_rows(session, actor, campaign)
    if not rows and not actor.is_manager:
        raise NotFound("campaign.unknown", campaign=slug)
    return campaign, rows


def _city_page(session: Session, actor: Actor, place: DeskPlace, speech: Translator) -> CityReportPage:
    campaign, city = place.campaign, place.city
    row = queries.city_row(session, campaign, place.part, city)
    columns, rows = views.kinds_table(row.tally, speech)
    url = f"/desk/c/{campaign.slug}/{city.slug}"
    missing = views.gaps_said(row.tally, speech)
    if not city.is_elsewhere:
        missing += views.figures_missing(row, speech)
    return CityReportPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        city=speech.place(city.names, *city.languages),
        campaign=speech.choose(campaign.title, *city.languages),
        campaign_href=f"/desk/campaigns/{campaign.slug}",
        city_href=url,
        message=speech.choose(campaign.message, *city.languages),
        day_on=campaign.day_on,
        day_has_begun=place.part.phase is not Phase.PRE_DAY,
        is_elsewhere=city.is_elsewhere,
        headline=views.counts_said(row.tally, speech),
        kinds_columns=columns,
        kinds_rows=rows if row.tally.came else [],
        languages=views.languages_said(row.tally, speech),
        missing=missing,
        figures=views.city_figures(row, campaign, speech) if row.figures else None,
        ask_again=_ask_again(row, campaign, url, speech),
        material=_material(session, actor, place, url, speech),
    )


def _ask_again(row: CityRow, campaign: Campaign, url: str, speech: Translator) -> list[AskAgain]:
    if not service.may_answer(campaign):
        return []
    found = []
    for moment in FiguresMoment:
        if moment in row.figures:
            is_missing = row.figures[moment].answered_at is None
            label = (wording.GIVE if is_missing else wording.CHANGE)[moment]
            found.append(AskAgain(f"{url}/report/figures/{moment.value}", speech.gettext(label), is_missing))
    return found


def _material(session: Session, actor: Actor, place: DeskPlace, url: str, speech: Translator) -> list[MaterialLine]:
    """What was made of it and can be taken away."""
    campaign, city = place.campaign, place.city
    found = []
    if campaign.status is not CampaignStatus.DRAFT:
        film = queries.work_at(session, campaign.id, city.id, ProductionKind.CITY_FILM)
        collage = queries.work_at(session, campaign.id, None, ProductionKind.COLLAGE)
        found += [_work(film, _("The city's film"), speech)] if film else []
        found += [_work(collage, _("The collage of all cities"), speech)] if collage else []
    takeaways = len(downloadable(session, actor, campaign_id=campaign.id, city_id=city.id))
    if takeaways:
        said = speech.ngettext(
            "%(num)s contribution whose person agrees to social media, in every format, with its texts",
            "%(num)s contributions whose people agree to social media, in every format, with their texts",
            takeaways,
        )
        detail = wording.counted(said, takeaways, speech)
        found.append(MaterialLine(speech.gettext(_("All of it as one ZIP")), f"{url}/all.zip", detail, is_download=True))
    if not city.is_elsewhere:
        detail = speech.gettext(_("Picture frames, post texts, the note and the code"))
        found.append(MaterialLine(speech.gettext(_("The city's kit")), f"{url}/kit.zip", detail, is_download=True))
    detail = speech.gettext(_("Where everybody sees what is shown"))
    found.append(MaterialLine(speech.gettext(_("The city's page")), f"/c/{campaign.slug}/{city.slug}", detail))
    return found


def _work(work: Work, label: str, speech: Translator) -> MaterialLine:
    address = f"/media/productions/{work.public_id}"
    said = speech.ngettext("made of %(num)s contribution", "made of %(num)s contributions", work.contributions)
    poster = f"{address}/poster?v={work.version}" if work.has_poster else None
    return MaterialLine(
        speech.gettext(label), f"{address}?v={work.version}", wording.counted(said, work.contributions, speech), poster
    )


def _overview_page(actor: Actor, campaign: Campaign, rows: list[CityRow], speech: Translator) -> OverviewPage:
    cities = [row for row in rows if not row.city.is_elsewhere]
    answered = sum(views.has_answered(row) for row in cities)
    said = speech.ngettext("Figures of %(num)s of %(of)s city.", "Figures of %(num)s of %(of)s cities.", len(cities))
    numbers = [_cells(row, campaign, speech) for row in rows]
    whole = _sum(rows, speech)
    silent = sum(not row.tally.came for row in cities)
    missing = []
    if silent:
        sentence = speech.ngettext("From %(num)s city nothing came.", "From %(num)s cities nothing came.", silent)
        missing.append(wording.counted(sentence, silent, speech))
    waiting = sum(sum(row.tally.by_state.get(state, 0) for state in views.WAITING) for row in rows)
    if waiting:
        sentence = speech.ngettext("%(num)s still waits for a person.", "%(num)s still wait for a person.", waiting)
        missing.append(wording.counted(sentence, waiting, speech))
    samples = sum(row.tally.samples for row in rows)
    if samples:
        sentence = speech.ngettext("%(num)s of them is a sample.", "%(num)s of them are samples.", samples)
        missing.append(wording.counted(sentence, samples, speech))
    return OverviewPage(
        desk_nav=desk_nav(actor, speech, "campaigns"),
        campaign=speech.choose(campaign.title),
        campaign_href=f"/desk/campaigns/{campaign.slug}",
        day_on=campaign.day_on,
        day_has_begun=campaign.phase not in {None, Phase.PRE_DAY},
        scope=speech.gettext(_("All cities") if actor.is_manager else _("The cities of your chapter")),
        headline=_headline(rows, cities, speech),
        answered=said % {"num": speech.number(answered), "of": speech.number(len(cities))},
        csv_href=f"/desk/campaigns/{campaign.slug}/report.csv",
        totals=views.together(rows, campaign, speech),
        columns=[
            (speech.gettext(label), kind)
            for label, kind in (
                (_("City"), "word"),
                (_("Sent"), "number"),
                (_("Approved"), "number"),
                (_("Shown"), "number"),
                (_("Taken back"), "number"),
                (_("Answers"), "number"),
                (_("Followers"), "number"),
                (_("Change since before"), "number"),
                (_("Reached on the day"), "number"),
                (_("Reactions on the day"), "number"),
            )
        ],
        rows=[
            OverviewRow(
                city=speech.place(row.city.names, *row.city.languages),
                href=f"/desk/c/{campaign.slug}/{row.city.slug}/report",
                cells=cells,
                is_elsewhere=row.city.is_elsewhere,
            )
            for row, cells in zip(rows, numbers, strict=True)
        ],
        sums=whole,
        missing=missing,
    )


def _headline(rows: list[CityRow], cities: list[CityRow], speech: Translator) -> str:
    came, shown = sum(row.tally.came for row in rows), sum(row.tally.shown for row in rows)
    first = speech.ngettext("%(num)s city took part.", "%(num)s cities took part.", len(cities))
    second = speech.ngettext("%(num)s contribution was sent.", "%(num)s contributions were sent.", came)
    third = speech.ngettext("%(num)s is shown to everyone.", "%(num)s are shown to everyone.", shown)
    parts = ((first, len(cities)), (second, came), (third, shown))
    return " ".join(wording.counted(sentence, count, speech) for sentence, count in parts)


def _cells(row: CityRow, campaign: Campaign, speech: Translator) -> list[str]:
    tally = row.tally
    counts = [tally.came, tally.by_state.get(views.S.APPROVED, 0), tally.shown, tally.by_state.get(views.S.WITHDRAWN, 0)]
    cells = [speech.number(count) for count in counts]
    if row.city.is_elsewhere:
        return [*cells, DASH, DASH, DASH, DASH, DASH]
    return [*cells, _answers(row, speech), *_audience(row, campaign, speech)]


def _answers(row: CityRow, speech: Translator) -> str:
    if not row.figures:
        return speech.gettext(wording.NOT_ASKED)
    given = sum(figures.answered_at is not None for figures in row.figures.values())
    said = {"num": speech.number(given), "of": speech.number(len(row.figures))}
    return speech.gettext(_("%(num)s of %(of)s")) % said


def _audience(row: CityRow, campaign: Campaign, speech: Translator) -> list[str]:
    """The latest number of followers, what changed until then, and what the day itself did."""
    followers, reached, reactions = wording.FIGURES
    known = [(moment, followers.of(row.figures[moment])) for moment in FiguresMoment if moment in row.figures]
    latest = next(((moment, value) for moment, value in reversed(known) if value is not None), None)
    gained = views.change_of(row, campaign, followers, latest[0]) if latest and latest[0] is not FiguresMoment.BEFORE else None
    day = row.figures.get(FiguresMoment.ON)
    on_day = [each.of(day) if day else None for each in (reached, reactions)]
    return [
        DASH if latest is None else speech.number(latest[1] or 0),
        DASH if gained is None else wording.with_sign(gained, speech),
        *(DASH if value is None else speech.number(value) for value in on_day),
    ]


def _sum(rows: list[CityRow], speech: Translator) -> list[str]:
    """The last line: contributions add up; what cities say of their audience stands above, with how many said it."""
    states = (views.S.APPROVED, views.S.WITHDRAWN)
    approved, taken_back = (sum(row.tally.by_state.get(state, 0) for row in rows) for state in states)
    counts = [sum(row.tally.came for row in rows), approved, sum(row.tally.shown for row in rows), taken_back]
    return [speech.number(count) for count in counts]
