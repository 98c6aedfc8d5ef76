"""How far works are, their files and versions; what people decide about films and collages."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    """What stands is kept: works that are there are made, and nothing of them is asked for."""
    with op.batch_alter_table("production") as production:
        production.add_column(sa.Column("asked_at", INSTANT, nullable=True))
        production.add_column(sa.Column("begun_at", INSTANT, nullable=True))
        production.add_column(sa.Column("share_done", sa.Double(), nullable=False, server_default="0"))
        production.add_column(sa.Column("cancelled_at", INSTANT, nullable=True))
        production.add_column(sa.Column("failed_at", INSTANT, nullable=True))
        production.add_column(sa.Column("failure_code", sa.String(60), nullable=True))
        production.add_column(sa.Column("failure_params", sa.JSON(), nullable=True))
    op.create_table(
        "production_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("production_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("artefact_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(35), nullable=True),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("duration_s", sa.Double(), nullable=True),
        _to("production_file", "production_id", "production"),
        _to("production_file", "artefact_id", "artefact"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_file")),
        sa.UniqueConstraint("production_id", "name", name=op.f("uq_production_file_production_id_name")),
    )
    op.create_index(op.f("ix_production_file_artefact_id"), "production_file", ["artefact_id"])
    op.create_table(
        "production_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("production_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("artefact_id", sa.Integer(), nullable=False),
        sa.Column("contributions", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("was_final", sa.Boolean(), nullable=False),
        sa.Column("built_at", INSTANT, nullable=False),
        _to("production_version", "production_id", "production"),
        _to("production_version", "artefact_id", "artefact"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_version")),
        sa.UniqueConstraint("production_id", "number", name=op.f("uq_production_version_production_id_number")),
    )
    op.create_index(op.f("ix_production_version_artefact_id"), "production_version", ["artefact_id"])
    op.create_table(
        "film_arrangement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("submission_order", sa.JSON(), nullable=False),
        sa.Column("pinned", sa.JSON(), nullable=False),
        sa.Column("dropped", sa.JSON(), nullable=False),
        sa.Column("budget_s", sa.Integer(), nullable=True),
        sa.Column("formats", sa.JSON(), nullable=False),
        sa.Column("captions_language", sa.String(35), nullable=True),
        sa.Column("with_music", sa.Boolean(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        _to("film_arrangement", "campaign_id", "campaign"),
        _to("film_arrangement", "city_id", "city"),
        _to("film_arrangement", "changed_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_film_arrangement")),
        sa.UniqueConstraint("campaign_id", "city_id", name=op.f("uq_film_arrangement_campaign_id_city_id")),
    )
    op.create_index(op.f("ix_film_arrangement_city_id"), "film_arrangement", ["city_id"])
    op.create_table(
        "joint_film_plan",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("budget_s", sa.Integer(), nullable=False),
        sa.Column("card_only", sa.JSON(), nullable=False),
        sa.Column("quotes", sa.JSON(), nullable=False),
        sa.Column("captions_language", sa.String(35), nullable=True),
        sa.Column("with_music", sa.Boolean(), nullable=False),
        sa.Column("opened_city_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        _to("joint_film_plan", "campaign_id", "campaign"),
        _to("joint_film_plan", "opened_city_id", "city"),
        _to("joint_film_plan", "changed_by_id", "person"),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_joint_film_plan")),
    )
    op.create_table(
        "translation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("original_sha256", sa.String(64), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=False),
        _to("translation", "submission_id", "submission"),
        _to("translation", "confirmed_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation")),
        sa.UniqueConstraint("submission_id", "language", name=op.f("uq_translation_submission_id_language")),
    )
    op.create_table(
        "highlight",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("chosen_at", INSTANT, nullable=False),
        sa.Column("chosen_by_id", sa.Integer(), nullable=True),
        _to("highlight", "campaign_id", "campaign"),
        _to("highlight", "submission_id", "submission"),
        _to("highlight", "chosen_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_highlight")),
        sa.UniqueConstraint("campaign_id", "submission_id", name=op.f("uq_highlight_campaign_id_submission_id")),
    )
    op.create_index(op.f("ix_highlight_submission_id"), "highlight", ["submission_id"])
    op.create_table(
        "collage_plan",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("layout", sa.String(40), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        _to("collage_plan", "campaign_id", "campaign"),
        _to("collage_plan", "changed_by_id", "person"),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_collage_plan")),
    )
    op.create_table(
        "collage_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        _to("collage_place", "campaign_id", "campaign"),
        _to("collage_place", "submission_id", "submission"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collage_place")),
        sa.UniqueConstraint("campaign_id", "place", name=op.f("uq_collage_place_campaign_id_place")),
        sa.UniqueConstraint("campaign_id", "submission_id", name=op.f("uq_collage_place_campaign_id_submission_id")),
    )
    op.create_index(op.f("ix_collage_place_submission_id"), "collage_place", ["submission_id"])


def downgrade() -> None:
    """Decisions about films go, earlier versions and further files are no longer known; what stands in its place stays."""
    for table in (
        "collage_place",
        "collage_plan",
        "highlight",
        "translation",
        "joint_film_plan",
        "film_arrangement",
        "production_version",
        "production_file",
    ):
        op.drop_table(table)
    op.execute("DELETE FROM production WHERE kind NOT IN ('collage', 'city_film')")
    with op.batch_alter_table("production") as production:
        for column in ("failure_params", "failure_code", "failed_at", "cancelled_at", "share_done", "begun_at", "asked_at"):
            production.drop_column(column)
