"""All kits of a campaign drawn ahead."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """A row for each campaign whose kits are drawn, and one for each of its cities."""
    op.create_table(
        "kit_run",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kit_version_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.Column("gave_up_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_kit_run_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["kit_version_id"], ["kit_version.id"], name=op.f("fk_kit_run_kit_version_id_kit_version")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_kit_run_asked_by_id_person")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_kit_run")),
    )
    op.create_table(
        "kit_run_city",
        sa.Column("campaign_city_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("piece_count", sa.Integer(), nullable=False),
        sa.Column("ready_count", sa.Integer(), nullable=False),
        sa.Column("failures", sa.JSON(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_city_id"], ["campaign_city.id"], name=op.f("fk_kit_run_city_campaign_city_id_campaign_city")
        ),
        sa.PrimaryKeyConstraint("campaign_city_id", name=op.f("pk_kit_run_city")),
    )


def downgrade() -> None:
    """Without them kits are drawn when they are asked for; nothing is lost, since the drawing can be asked for again."""
    op.drop_table("kit_run_city")
    op.drop_table("kit_run")
