"""The posting plan: for each date the picture, the text and the networks, as a page, a table and a calendar."""

import csv
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from urllib.parse import urlencode

from babel.dates import format_date
from icalendar import Calendar, Event

from app.campaigns.rules import due_at
from app.kits.contexts import PlannedPost, PlanPage
from app.kits.order import NETWORK_NAMES, KitOrder
from app.kits.posts import city_posts
from app.kits.slots import days_in_words
from app.kits.toolkit import fill
from app.web.i18n import calendar_locale, page_languages
from app.web.templating import render_text

POST_AT = time(10, 0)  # on the city's clocks: when offices are open and somebody can answer
COUNTDOWN_DAYS = (21, 14, 7, 3, 1)
AFTER_DAYS = 1
BEFORE_ANY_VERSION = datetime(1970, 1, 1, tzinfo=UTC)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t")


@dataclass(frozen=True, slots=True)
class Post:
    """What goes out on a date: a picture of the kit with a text, on these networks."""

    on: date
    networks: tuple[str, ...]
    path: str  # of the picture in the kit
    text: str


def planned_posts(order: KitOrder, language: str) -> list[Post]:
    """Every post in the order of its date, in one language of the texts; of a campaign that runs, what is still to come.

    Once nothing is, it is the whole plan again, as what was planned.
    """
    campaign, texts = order.campaign, order.toolkit.texts[language]
    slots, every = order.words(language), tuple(NETWORK_NAMES)
    spoken = language if language in order.picture_languages else order.picture_languages[0]
    opens_on = campaign.day_on + timedelta(days=campaign.pre_day_offset_days)
    message = f"pictures/message-square.{spoken}.png"
    posts = [Post(opens_on, (network,), message, text) for network, text in city_posts(order.toolkit, language, slots).items()]
    for days in COUNTDOWN_DAYS:
        on = campaign.day_on - timedelta(days=days)
        if on > opens_on:
            text = fill(texts.plan.countdown, {**slots, "days_left": days_in_words(days, campaign.day_on, language)})
            posts.append(Post(on, every, f"countdown/days-{days:02}.{spoken}.png", text))
    posts.append(Post(campaign.day_on, every, f"day/today.{spoken}.png", fill(texts.plan.day, slots)))
    if campaign.post_day_offset_days >= AFTER_DAYS:
        after_on = campaign.day_on + timedelta(days=AFTER_DAYS)
        posts.append(Post(after_on, every, message, fill(texts.plan.after, slots)))
    return [post for post in posts if order.made_on is None or post.on >= order.made_on] or posts


def as_csv(order: KitOrder, posts: list[Post]) -> str:
    """A table that planning tools take; no cell can be read as a formula."""
    out = StringIO()
    rows = csv.writer(out)
    rows.writerow(["date", "time", "time_zone", "network", "picture", "text"])
    for post in posts:
        for network in post.networks:
            cells = [post.on.isoformat(), f"{POST_AT:%H:%M}", order.city.time_zone, NETWORK_NAMES[network], post.path, post.text]
            rows.writerow([f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in cells])
    return out.getvalue()


def as_calendar(order: KitOrder, posts: list[Post]) -> bytes:
    """An entry for each post at its local moment; the same plan gives the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Polyphony//posting plan//")
    calendar.add("version", "2.0")
    for post in posts:
        begins_at = due_at(post.on, 0, POST_AT, order.city.time_zone)
        entry = Event()
        names = ", ".join(NETWORK_NAMES[network] for network in post.networks)
        key = post.networks[0] if len(post.networks) == 1 else "all"
        entry.add("uid", f"post-{post.on:%Y%m%d}-{key}@{order.campaign.slug}.{order.city.slug}")
        entry.add("dtstamp", order.published_at or BEFORE_ANY_VERSION)  # never now: equal plans are equal bytes
        entry.add("dtstart", begins_at)
        entry.add("dtend", begins_at + timedelta(minutes=15))
        entry.add("summary", f"{names}: {post.path}")
        entry.add("description", post.text)
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def as_page(order: KitOrder, posts: list[Post], language: str) -> bytes:
    """A page to open from the unpacked kit, with the pictures beside their texts, and to print.

    For a picture under embargo stands from when it can be had: the rest of its post can be prepared.
    """
    labels = order.toolkit.labels[language]
    waits = (labels.waits or "{day}").replace("{day}", days_in_words(0, order.campaign.day_on, language))
    shown = PlanPage(
        title=labels.posting_plan,
        city=order.slots(language)["city"],
        tag=language,
        picture_label=labels.picture,
        posts=[
            PlannedPost(
                moment=f"{_in_words(post.on, language)}, {POST_AT:%H:%M}",
                networks=", ".join(NETWORK_NAMES[network] for network in post.networks),
                path=post.path,
                text=post.text,
                waits=waits if post.path.split("/")[0] in order.embargoed else "",
            )
            for post in posts
        ],
    )
    speaking = language if language in page_languages() else page_languages()[0]
    return render_text("kits/posting-plan.html", speaking, shown).encode()


def with_pictures_in(page: bytes, languages: Sequence[str]) -> bytes:
    """The page as it stands at the desk: its pictures are asked for in the languages that it was asked for."""
    if not languages:
        return page
    asked = html.escape(urlencode([("in", tag) for tag in languages])).encode()
    return re.sub(rb'(<img src="[^"]+)"', rb"\1?" + asked + b'"', page)


def _in_words(on: date, language: str) -> str:
    return str(format_date(on, "full", locale=calendar_locale(language)))
