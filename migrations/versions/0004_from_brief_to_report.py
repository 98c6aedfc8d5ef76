"""From the brief to the report."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def _new_columns() -> dict[str, list[sa.Column[Any]]]:
    return {
        "network": [sa.Column("time_zone", sa.String(length=64), nullable=False, server_default="UTC")],
        "city": [sa.Column("is_elsewhere", sa.Boolean(), nullable=False, server_default=sa.false())],
        "international_day": [
            sa.Column("removed_at", INSTANT, nullable=True),
            sa.Column("form_sha256", sa.String(length=64), nullable=True),
        ],
        "calendar_event": [sa.Column("link", sa.String(length=500), nullable=True)],
        "campaign_city": [
            sa.Column("collection_opened_at", INSTANT, nullable=True),
            sa.Column("collection_closed_at", INSTANT, nullable=True),
            sa.Column("spotlit_at", INSTANT, nullable=True),
            sa.Column("thanked_at", INSTANT, nullable=True),
        ],
        "timeline_step": [
            sa.Column("on_date", sa.Date(), nullable=True),
            sa.Column("clock", sa.String(length=40), nullable=False, server_default="local"),
            sa.Column("spread_days", sa.Integer(), nullable=True),
            sa.Column("condition", sa.String(length=40), nullable=True),
            sa.Column("condition_count", sa.Integer(), nullable=True),
            sa.Column("form_sha256", sa.String(length=64), nullable=True),
        ],
    }


KNOWN_BEFORE = ("campaign_starts", "start_of_day", "build_collage", "build_city_film", "end_of_day", "campaign_ends")
SENT_ONCE = ("international_day", "timeline_step", "campaign")  # one form, one row
ONCE_BEFORE, ONCE_NOW = "campaign_city_id IS NULL", "campaign_city_id IS NULL AND chapter_id IS NULL"


def upgrade() -> None:
    """What a campaign needs from its first brief to its report."""
    for table, columns in _new_columns().items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.add_column(column)
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        for column in (
            sa.Column("chapter_id", sa.Integer(), nullable=True),
            sa.Column("calendar_event_id", sa.Integer(), nullable=True),
            sa.Column("audience", sa.JSON(), nullable=True),
            sa.Column("approach", sa.JSON(), nullable=True),
            sa.Column("sdgs", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("counts_to", sa.String(length=40), nullable=False, server_default="day"),
            sa.Column("collects_elsewhere", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("originals_until_on", sa.Date(), nullable=True),
            sa.Column("form_sha256", sa.String(length=64), nullable=True),
        ):
            batch_op.add_column(column)
    campaign = sa.table(
        "campaign", sa.column("id"), sa.column("title", sa.JSON), sa.column("audience", sa.JSON), sa.column("approach", sa.JSON)
    )
    for campaign_id, title in op.get_bind().execute(sa.select(campaign.c.id, campaign.c.title)).all():
        source = (json.loads(title) if isinstance(title, str) else title)["source"]
        empty = {"source": source, "texts": {source: ""}}
        op.execute(campaign.update().where(campaign.c.id == campaign_id).values(audience=empty, approach=empty))
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.alter_column("audience", existing_type=sa.JSON(), nullable=False)
        batch_op.alter_column("approach", existing_type=sa.JSON(), nullable=False)
        batch_op.alter_column("international_day_id", existing_type=sa.Integer(), nullable=True)
        for name in ("sdgs", "counts_to", "collects_elsewhere"):
            batch_op.alter_column(name, server_default=None)
        batch_op.create_foreign_key(op.f("fk_campaign_chapter_id_chapter"), "chapter", ["chapter_id"], ["id"])
        batch_op.create_foreign_key(
            op.f("fk_campaign_calendar_event_id_calendar_event"), "calendar_event", ["calendar_event_id"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_campaign_one_day"), "(international_day_id IS NULL) <> (calendar_event_id IS NULL)"
        )
    with op.batch_alter_table("step_run", schema=None) as batch_op:
        batch_op.drop_index("uq_step_run_network")
        batch_op.add_column(sa.Column("chapter_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_step_run_chapter_id_chapter"), "chapter", ["chapter_id"], ["id"])
        batch_op.create_unique_constraint(op.f("uq_step_run_step_id_chapter_id"), ["step_id", "chapter_id"])
    _create_once_for_the_network(ONCE_NOW)
    op.create_table(
        "brief_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_brief_version_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_brief_version_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_version")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_brief_version_campaign_id_number")),
    )
    op.create_table(
        "brief_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("form_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_brief_comment_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_brief_comment_city_id_city")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_brief_comment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_comment")),
    )
    op.create_index(op.f("ix_brief_comment_campaign_id"), "brief_comment", ["campaign_id"], unique=False)
    op.create_table(
        "brief_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_brief_reading_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_brief_reading_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_reading")),
        sa.UniqueConstraint("campaign_id", "person_id", "version", name=op.f("uq_brief_reading_campaign_id_person_id_version")),
    )
    op.create_table(
        "working_group_member",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_working_group_member_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_working_group_member_person_id_person")),
        sa.PrimaryKeyConstraint("campaign_id", "person_id", name=op.f("pk_working_group_member")),
    )
    op.create_index(op.f("ix_working_group_member_person_id"), "working_group_member", ["person_id"], unique=False)
    op.create_table(
        "audience_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_city_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(length=40), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("followers", sa.BigInteger(), nullable=True),
        sa.Column("reached", sa.BigInteger(), nullable=True),
        sa.Column("reactions", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_city_id"], ["campaign_city.id"], name=op.f("fk_audience_figures_campaign_city_id_campaign_city")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_figures")),
        sa.UniqueConstraint("campaign_city_id", "moment", name=op.f("uq_audience_figures_campaign_city_id_moment")),
    )
    op.create_table(
        "figures_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("figures_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["figures_id"], ["audience_figures.id"], name=op.f("fk_figures_link_figures_id_audience_figures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_figures_link_token_sha256")),
    )
    op.create_index(op.f("ix_figures_link_figures_id"), "figures_link", ["figures_id"], unique=False)
    for table in (*SENT_ONCE, "brief_comment"):
        op.create_index(op.f(f"ix_{table}_form_sha256"), table, ["form_sha256"], unique=True)
    _give_collections_their_steps(datetime.now(UTC))


def _create_once_for_the_network(where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        "uq_step_run_network", "step_run", ["step_id"], unique=True, sqlite_where=condition, postgresql_where=condition
    )


def _give_collections_their_steps(now: datetime) -> None:
    """Until now the clock opened and closed a collection; now three steps do it, and end the campaign."""
    bind = op.get_bind()
    campaign = sa.table(
        "campaign", *map(sa.column, ("id", "status", "pre_day_offset_days", "post_day_offset_days")), sa.column("day_on", sa.Date)
    )
    line = sa.table(
        "timeline_step",
        *map(sa.column, ("id", "campaign_id", "position", "action", "scope", "offset_days", "clock")),
        sa.column("local_time", sa.Time),
    )
    place = sa.table(
        "campaign_city",
        *map(sa.column, ("id", "campaign_id", "city_id", "joined_at", "collection_opened_at", "collection_closed_at")),
    )
    city = sa.table("city", sa.column("id"), sa.column("time_zone"))
    run = sa.table(
        "step_run",
        *map(sa.column, ("step_id", "campaign_city_id", "state", "attempts")),
        sa.column("due_at", INSTANT),
        sa.column("done_at", INSTANT),
    )
    stamped = sa.table(
        "campaign_city", sa.column("id"), sa.column("collection_opened_at", INSTANT), sa.column("collection_closed_at", INSTANT)
    )
    for each in bind.execute(sa.select(campaign).order_by(campaign.c.id)).all():
        highest = bind.scalar(sa.select(sa.func.max(line.c.position)).where(line.c.campaign_id == each.id))
        position = -1 if highest is None else int(highest)
        joined = bind.execute(
            sa.select(place.c.id, city.c.time_zone)
            .join(city, city.c.id == place.c.city_id)
            .where(place.c.campaign_id == each.id, place.c.joined_at.is_not(None))
        ).all()
        for action, column, offset_days in (
            ("open_collection", "collection_opened_at", each.pre_day_offset_days),
            ("close_collection", "collection_closed_at", each.post_day_offset_days + 1),
        ):
            position += 1
            bind.execute(
                line.insert().values(
                    campaign_id=each.id,
                    position=position,
                    action=action,
                    scope="each_city",
                    offset_days=offset_days,
                    local_time=datetime.min.time(),
                    clock="local",
                )
            )
            step_id = bind.scalar(sa.select(line.c.id).where(line.c.campaign_id == each.id, line.c.position == position))
            for place_id, due_at in _moments(joined, each.day_on, offset_days):
                is_past = due_at <= now or each.status == "closed"
                bind.execute(
                    run.insert().values(
                        step_id=step_id,
                        campaign_city_id=place_id,
                        due_at=due_at,
                        attempts=0,
                        state="done" if is_past else "planned",
                        done_at=now if is_past else None,
                    )
                )
                if is_past:
                    bind.execute(stamped.update().where(stamped.c.id == place_id).values({column: due_at}))
        bind.execute(
            line.insert().values(
                campaign_id=each.id,
                position=position + 1,
                action="close_campaign",
                scope="last_city",
                offset_days=each.post_day_offset_days + 1,
                local_time=datetime.min.time(),
                clock="local",
            )
        )
        if each.status == "open":
            where = (line.c.campaign_id == each.id, line.c.position == position + 1)
            zones = joined or [(0, "UTC")]
            over_at = max(at for _id, at in _moments(zones, each.day_on, each.post_day_offset_days + 1))
            step_id = bind.scalar(sa.select(line.c.id).where(*where))
            bind.execute(run.insert().values(step_id=step_id, due_at=over_at, attempts=0, state="planned"))


def _moments(joined: Iterable[Any], day_on: date, offset_days: int) -> Iterator[tuple[int, datetime]]:
    midnight = datetime.combine(day_on + timedelta(days=offset_days), datetime.min.time())
    for place_id, time_zone in joined:
        yield place_id, midnight.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def downgrade() -> None:
    """Back to campaign time; campaigns in preparation are drafts again, and lines that it does not know are left out.

    What it has no place for is not thrown away: with a campaign on a day of one's own, or another place, it refuses.
    """
    bind = op.get_bind()
    for what, where in (
        ("campaigns on days of their own", "campaign WHERE international_day_id IS NULL"),
        ("places for people from elsewhere", "city WHERE is_elsewhere"),
    ):
        if bind.scalar(sa.text(f"SELECT count(*) FROM {where}")):  # noqa: S608 - from the two lines above
            raise RuntimeError(what)
    for table in ("figures_link", "audience_figures", "working_group_member", "brief_reading", "brief_comment", "brief_version"):
        op.drop_table(table)
    for table in SENT_ONCE:
        op.drop_index(op.f(f"ix_{table}_form_sha256"), table_name=table)
    unknown = f"scope = 'each_chapter' OR action NOT IN ({', '.join(repr(action) for action in KNOWN_BEFORE)})"
    op.execute(f"DELETE FROM step_run WHERE step_id IN (SELECT id FROM timeline_step WHERE {unknown})")  # noqa: S608 - our own
    op.execute(f"DELETE FROM timeline_step WHERE {unknown}")  # noqa: S608
    op.execute("UPDATE campaign SET status = 'draft', phase = NULL WHERE status = 'preparing'")
    with op.batch_alter_table("step_run", schema=None) as batch_op:
        batch_op.drop_index("uq_step_run_network")
        batch_op.drop_constraint(op.f("uq_step_run_step_id_chapter_id"), type_="unique")
        batch_op.drop_constraint(op.f("fk_step_run_chapter_id_chapter"), type_="foreignkey")
        batch_op.drop_column("chapter_id")
    _create_once_for_the_network(ONCE_BEFORE)
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_campaign_one_day"), type_="check")
        batch_op.alter_column("international_day_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_constraint(op.f("fk_campaign_calendar_event_id_calendar_event"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_campaign_chapter_id_chapter"), type_="foreignkey")
        for name in (
            *("form_sha256", "originals_until_on", "collects_elsewhere", "counts_to", "sdgs"),
            *("approach", "audience", "calendar_event_id", "chapter_id"),
        ):
            batch_op.drop_column(name)
    for table, columns in reversed(_new_columns().items()):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column.name)
