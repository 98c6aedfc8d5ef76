"""What a city gives for its kit: its look, and what its people say."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "city_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("logo_artefact_id", sa.Integer(), nullable=True),
        sa.Column("logo_width_px", sa.Integer(), nullable=True),
        sa.Column("logo_height_px", sa.Integer(), nullable=True),
        sa.Column("accent", sa.String(length=40), nullable=True),
        sa.Column("handles", sa.JSON(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_city_look_city_id_city")),
        sa.ForeignKeyConstraint(["logo_artefact_id"], ["artefact.id"], name=op.f("fk_city_look_logo_artefact_id_artefact")),
        sa.ForeignKeyConstraint(["updated_by_id"], ["person.id"], name=op.f("fk_city_look_updated_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_look")),
        sa.UniqueConstraint("city_id", name=op.f("uq_city_look_city_id")),
    )
    op.create_table(
        "city_quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_city_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("office", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("portrait_artefact_id", sa.Integer(), nullable=True),
        sa.Column("portrait_alt_text", sa.String(length=300), nullable=False),
        sa.Column("agreed_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("form_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_city_id"], ["campaign_city.id"], name=op.f("fk_city_quote_campaign_city_id_campaign_city")
        ),
        sa.ForeignKeyConstraint(
            ["portrait_artefact_id"], ["artefact.id"], name=op.f("fk_city_quote_portrait_artefact_id_artefact")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_city_quote_created_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_quote")),
    )
    op.create_index(op.f("ix_city_quote_campaign_city_id"), "city_quote", ["campaign_city_id"], unique=False)
    op.create_index(op.f("ix_city_quote_form_sha256"), "city_quote", ["form_sha256"], unique=True)


def downgrade() -> None:
    """Back to the brief and the report; what it has no place for is not thrown away: with a look or a quote it refuses."""
    bind = op.get_bind()
    for table in ("city_look", "city_quote WHERE removed_at IS NULL"):
        if bind.scalar(sa.text(f"SELECT count(*) FROM {table}")):  # noqa: S608 - from the line above
            raise RuntimeError(table)
    op.drop_table("city_quote")
    op.drop_table("city_look")
