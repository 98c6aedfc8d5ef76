"""A network's and a chapter's own variants of toolkits, what the gate found, and what waits to be published."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Four tables; nothing that stands changes: a campaign without a chapter's variant draws from its version as before."""
    op.create_table(
        "toolkit_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("toolkit_slug", sa.String(80), nullable=False),
        sa.Column("artefact_id", sa.Integer(), nullable=False),
        sa.Column("files_sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("drawing_count", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_toolkit_check_network_id_network")),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefact.id"], name=op.f("fk_toolkit_check_artefact_id_artefact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_toolkit_check")),
        sa.UniqueConstraint("key", name=op.f("uq_toolkit_check_key")),
    )
    op.create_index(op.f("ix_toolkit_check_network_id"), "toolkit_check", ["network_id"])
    op.create_table(
        "toolkit_variant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("chapter_id", sa.Integer(), nullable=True),
        sa.Column("toolkit_slug", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("language", sa.String(35), nullable=True),
        sa.Column("artefact_id", sa.Integer(), nullable=True),
        sa.Column("files_sha256", sa.String(64), nullable=True),
        sa.Column("check_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_toolkit_variant_network_id_network")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapter.id"], name=op.f("fk_toolkit_variant_chapter_id_chapter")),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefact.id"], name=op.f("fk_toolkit_variant_artefact_id_artefact")),
        sa.ForeignKeyConstraint(["check_id"], ["toolkit_check.id"], name=op.f("fk_toolkit_variant_check_id_toolkit_check")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_toolkit_variant_made_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_toolkit_variant")),
    )
    op.create_index(op.f("ix_toolkit_variant_check_id"), "toolkit_variant", ["check_id"])
    of_network, of_chapter = sa.text("chapter_id IS NULL"), sa.text("chapter_id IS NOT NULL")
    op.create_index(
        "uq_toolkit_variant_of_network",
        "toolkit_variant",
        ["network_id", "toolkit_slug", "number"],
        unique=True,
        sqlite_where=of_network,
        postgresql_where=of_network,
    )
    op.create_index(
        "uq_toolkit_variant_of_chapter",
        "toolkit_variant",
        ["chapter_id", "toolkit_slug", "number"],
        unique=True,
        sqlite_where=of_chapter,
        postgresql_where=of_chapter,
    )
    op.create_table(
        "kit_publication",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("chapter_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.Column("embargoed", sa.JSON(), nullable=False),
        sa.Column("check_ids", sa.JSON(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("refused_code", sa.String(80), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_kit_publication_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapter.id"], name=op.f("fk_kit_publication_chapter_id_chapter")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_kit_publication_asked_by_id_person")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_kit_publication")),
    )
    op.create_table(
        "kit_version_chapter",
        sa.Column("kit_version_id", sa.Integer(), nullable=False),
        sa.Column("chapter_id", sa.Integer(), nullable=False),
        sa.Column("artefact_id", sa.Integer(), nullable=False),
        sa.Column("files_sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["kit_version_id"], ["kit_version.id"], name=op.f("fk_kit_version_chapter_kit_version_id_kit_version")
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapter.id"], name=op.f("fk_kit_version_chapter_chapter_id_chapter")),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefact.id"], name=op.f("fk_kit_version_chapter_artefact_id_artefact")),
        sa.PrimaryKeyConstraint("kit_version_id", "chapter_id", name=op.f("pk_kit_version_chapter")),
    )


def downgrade() -> None:
    """What networks and chapters had of their own goes; the published versions of campaigns stay."""
    op.drop_table("kit_version_chapter")
    op.drop_table("kit_publication")
    op.drop_table("toolkit_variant")
    op.drop_table("toolkit_check")
