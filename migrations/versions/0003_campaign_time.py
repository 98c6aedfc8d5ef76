"""Campaign time."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """What campaigns need to know about their time."""
    # control: holding, moving and trying steps again; cities that pause
    with op.batch_alter_table("timeline_step", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("moved_offset_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("moved_local_time", sa.Time(), nullable=True))
    with op.batch_alter_table("step_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moved_from_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("failure_code", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("campaign_city", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("pause_reason", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("pause_note", sa.String(length=500), nullable=True))
    # end of control
    # mail
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("network_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("html", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("not_after", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("trouble", sa.String(length=40), nullable=True))
    op.execute(
        "UPDATE mail SET network_id = coalesce("
        "(SELECT min(role.network_id) FROM role WHERE role.person_id = mail.person_id), (SELECT min(id) FROM network))"
    )
    op.execute("UPDATE mail SET trouble = 'refused' WHERE state = 'failed' AND error_detail IS NOT NULL")
    op.execute("UPDATE mail SET state = 'queued' WHERE state = 'failed' AND body <> ''")  # it waited for its next attempt
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.alter_column("network_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("html", existing_type=sa.Text(), server_default=None)
        batch_op.create_foreign_key(op.f("fk_mail_network_id_network"), "network", ["network_id"], ["id"])
        batch_op.create_index("ix_mail_network_id_id", ["network_id", "id"], unique=False)
    # end of mail
    # calendar: days that move, and days of the network's, chapters' and cities' own
    with op.batch_alter_table("international_day", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rule", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("length_days", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default="2026-11-21 00:00:00.000000")
        )
    op.create_table(
        "calendar_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("chapter_id", sa.Integer(), nullable=True),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("chapter_id IS NULL OR city_id IS NULL", name=op.f("ck_calendar_event_one_place")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_calendar_event_in_order")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapter.id"], name=op.f("fk_calendar_event_chapter_id_chapter")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_calendar_event_city_id_city")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_calendar_event_network_id_network")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_event")),
        sa.UniqueConstraint("uid", name=op.f("uq_calendar_event_uid")),
    )
    op.create_index("ix_calendar_event_network_id_starts_on", "calendar_event", ["network_id", "starts_on"], unique=False)
    # end of calendar


def downgrade() -> None:
    """Back to one family."""
    # control
    for table, columns in (
        ("campaign_city", ("pause_note", "pause_reason", "paused_at")),
        ("step_run", ("retry_at", "failure_code", "attempts", "held_at", "moved_from_at")),
        ("timeline_step", ("moved_local_time", "moved_offset_days", "skipped_at", "held_at")),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column)
    # end of control
    # mail
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index("ix_mail_network_id_id")
        batch_op.drop_constraint(op.f("fk_mail_network_id_network"), type_="foreignkey")
        for name in ("trouble", "not_after", "html", "network_id"):
            batch_op.drop_column(name)
    # end of mail
    # calendar
    op.drop_index("ix_calendar_event_network_id_starts_on", table_name="calendar_event")
    op.drop_table("calendar_event")
    with op.batch_alter_table("international_day", schema=None) as batch_op:
        for name in ("changed_at", "sequence", "length_days", "rule"):
            batch_op.drop_column(name)
    # end of calendar
