"""Kits in versions: what was published, what was taken, and which drafts of texts are handed out."""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)
ACTIVE = sa.text("withdrawn_at IS NULL")
HANDED_OUT_BEFORE = ("en", "fr")  # the texts that every toolkit had, and every kit could hold
EMBARGOED = ["day"]
STEPS = ("send_toolkits", "countdown_card")  # that an older service does not know


def upgrade() -> None:
    """Four tables; what was handed out before goes on being handed out."""
    op.create_table(
        "text_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("toolkit_slug", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_text_release_network_id_network")),
        sa.ForeignKeyConstraint(["released_by_id"], ["person.id"], name=op.f("fk_text_release_released_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_release")),
    )
    op.create_index(
        "uq_text_release_active",
        "text_release",
        ["network_id", "toolkit_slug", "language"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    op.create_table(
        "kit_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.Column("toolkit_slug", sa.String(length=80), nullable=False),
        sa.Column("toolkit_version", sa.Integer(), nullable=True),
        sa.Column("artefact_id", sa.Integer(), nullable=True),
        sa.Column("files_sha256", sa.String(length=64), nullable=True),
        sa.Column("embargoed", sa.JSON(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_kit_version_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefact.id"], name=op.f("fk_kit_version_artefact_id_artefact")),
        sa.ForeignKeyConstraint(["published_by_id"], ["person.id"], name=op.f("fk_kit_version_published_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_version")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_kit_version_campaign_id_number")),
    )
    op.create_table(
        "kit_taking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_city_id", sa.Integer(), nullable=False),
        sa.Column("kit_version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_city_id"], ["campaign_city.id"], name=op.f("fk_kit_taking_campaign_city_id_campaign_city")
        ),
        sa.ForeignKeyConstraint(["kit_version_id"], ["kit_version.id"], name=op.f("fk_kit_taking_kit_version_id_kit_version")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kit_taking_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_taking")),
    )
    op.create_index(op.f("ix_kit_taking_campaign_city_id"), "kit_taking", ["campaign_city_id"], unique=False)
    op.create_table(
        "card_wish",
        sa.Column("campaign_city_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wished_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_city_id"], ["campaign_city.id"], name=op.f("fk_card_wish_campaign_city_id_campaign_city")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_card_wish_person_id_person")),
        sa.PrimaryKeyConstraint("campaign_city_id", "person_id", name=op.f("pk_card_wish")),
    )
    op.create_index(op.f("ix_card_wish_person_id"), "card_wish", ["person_id"], unique=False)
    _keep_handing_out()


def _keep_handing_out() -> None:
    """Texts that kits held are released, and campaigns whose kits could be taken have their first version, not yet frozen."""
    bind, now = op.get_bind(), datetime.now(UTC)
    campaigns = bind.execute(sa.text("SELECT id, network_id, toolkit_slug, status FROM campaign ORDER BY id")).all()
    release = sa.table(
        "text_release",
        sa.column("network_id", sa.Integer),
        sa.column("toolkit_slug", sa.String),
        sa.column("language", sa.String),
        sa.column("released_at", INSTANT),
    )
    for network_id, slug in dict.fromkeys((each.network_id, each.toolkit_slug) for each in campaigns):
        for language in HANDED_OUT_BEFORE:
            bind.execute(release.insert().values(network_id=network_id, toolkit_slug=slug, language=language, released_at=now))
    version = sa.table(
        "kit_version",
        sa.column("campaign_id", sa.Integer),
        sa.column("number", sa.Integer),
        sa.column("note", sa.JSON),
        sa.column("toolkit_slug", sa.String),
        sa.column("embargoed", sa.JSON),
        sa.column("published_at", INSTANT),
    )
    for each in campaigns:
        if each.status != "draft":
            first = {"campaign_id": each.id, "number": 1, "toolkit_slug": each.toolkit_slug, "published_at": now}
            bind.execute(version.insert().values(**first, note={"source": "en", "texts": {"en": ""}}, embargoed=EMBARGOED))


def downgrade() -> None:
    """Back to one kit without versions; what it has no place for is not thrown away: with something published it refuses."""
    bind = op.get_bind()
    for table in (
        "kit_version WHERE published_by_id IS NOT NULL",
        "kit_taking",
        "card_wish",
        "text_release WHERE released_by_id IS NOT NULL",
    ):
        if bind.scalar(sa.text(f"SELECT count(*) FROM {table}")):  # noqa: S608 - from the lines above
            raise RuntimeError(table)
    actions = ", ".join(repr(action) for action in STEPS)
    op.execute(f"DELETE FROM step_run WHERE step_id IN (SELECT id FROM timeline_step WHERE action IN ({actions}))")  # noqa: S608
    op.execute(f"DELETE FROM timeline_step WHERE action IN ({actions})")  # noqa: S608
    op.drop_table("card_wish")
    op.drop_table("kit_taking")
    op.drop_table("kit_version")
    op.drop_table("text_release")
