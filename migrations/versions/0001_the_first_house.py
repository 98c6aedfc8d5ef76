"""The first house."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """The first house."""
    op.create_table(
        "artefact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("spec_sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artefact")),
        sa.UniqueConstraint("sha256", "spec_sha256", name=op.f("uq_artefact_sha256_spec_sha256")),
    )
    with op.batch_alter_table("artefact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_artefact_storage_key"), ["storage_key"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "consent_wording",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_consent_wording")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("unique_key", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(length=80), nullable=True),
        sa.Column("error_detail", sa.String(length=2000), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_due", ["state", "run_after"], unique=False)
        batch_op.create_index(
            "uq_job_queued",
            ["unique_key"],
            unique=True,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )

    op.create_table(
        "network",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("responsible", sa.JSON(), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network")),
        sa.UniqueConstraint("slug", name=op.f("uq_network_slug")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "chapter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_chapter_network_id_network")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chapter")),
        sa.UniqueConstraint("network_id", "slug", name=op.f("uq_chapter_network_id_slug")),
    )
    op.create_table(
        "city",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_city_network_id_network")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city")),
        sa.UniqueConstraint("network_id", "slug", name=op.f("uq_city_network_id_slug")),
    )
    op.create_table(
        "international_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("proclaimed_by", sa.String(length=120), nullable=True),
        sa.Column("since_year", sa.Integer(), nullable=True),
        sa.Column("toolkit_slug", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_international_day_network_id_network")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_international_day")),
        sa.UniqueConstraint("network_id", "slug", name=op.f("uq_international_day_network_id_slug")),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=160), nullable=False),
        sa.Column("message_id", sa.String(length=160), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_detail", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_mail_idempotency_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_link_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sign_in_link_token_sha256")),
    )
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sign_in_session_token_sha256")),
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("international_day_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.Column("objective", sa.JSON(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("hashtag", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("pre_day_offset_days", sa.Integer(), nullable=False),
        sa.Column("post_day_offset_days", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("phase", sa.String(length=40), nullable=True),
        sa.Column("toolkit_slug", sa.String(length=80), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("formats", sa.JSON(), nullable=False),
        sa.Column("max_clip_s", sa.Integer(), nullable=False),
        sa.Column("max_text_chars", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["international_day_id"], ["international_day.id"], name=op.f("fk_campaign_international_day_id_international_day")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_campaign_network_id_network")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("network_id", "slug", name=op.f("uq_campaign_network_id_slug")),
    )
    op.create_table(
        "chapter_city",
        sa.Column("chapter_id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapter.id"], name=op.f("fk_chapter_city_chapter_id_chapter")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_chapter_city_city_id_city")),
        sa.PrimaryKeyConstraint("chapter_id", "city_id", name=op.f("pk_chapter_city")),
    )
    with op.batch_alter_table("chapter_city", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chapter_city_city_id"), ["city_id"], unique=False)

    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("chapter_id", sa.Integer(), nullable=True),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapter.id"], name=op.f("fk_role_chapter_id_chapter")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_role_city_id_city")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_role_network_id_network")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint(
            "network_id",
            "person_id",
            "name",
            "chapter_id",
            "city_id",
            name=op.f("uq_role_network_id_person_id_name_chapter_id_city_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_person_id"), ["person_id"], unique=False)

    op.create_table(
        "campaign_city",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("phase", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_city_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_campaign_city_city_id_city")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_city")),
        sa.UniqueConstraint("campaign_id", "city_id", name=op.f("uq_campaign_city_campaign_id_city_id")),
    )
    with op.batch_alter_table("campaign_city", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_city_city_id"), ["city_id"], unique=False)

    op.create_table(
        "production",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("artefact_id", sa.Integer(), nullable=True),
        sa.Column("poster_artefact_id", sa.Integer(), nullable=True),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("contributions", sa.Integer(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefact.id"], name=op.f("fk_production_artefact_id_artefact")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_production_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_production_city_id_city")),
        sa.ForeignKeyConstraint(["poster_artefact_id"], ["artefact.id"], name=op.f("fk_production_poster_artefact_id_artefact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production")),
        sa.UniqueConstraint("public_id", name=op.f("uq_production_public_id")),
    )
    with op.batch_alter_table("production", schema=None) as batch_op:
        batch_op.create_index(
            "uq_production_campaign",
            ["campaign_id", "kind"],
            unique=True,
            sqlite_where=sa.text("city_id IS NULL"),
            postgresql_where=sa.text("city_id IS NULL"),
        )
        batch_op.create_index(
            "uq_production_city",
            ["campaign_id", "city_id", "kind"],
            unique=True,
            sqlite_where=sa.text("city_id IS NOT NULL"),
            postgresql_where=sa.text("city_id IS NOT NULL"),
        )

    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("spoken_words", sa.Text(), nullable=False),
        sa.Column("no_speech", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("alt_text", sa.Text(), nullable=False),
        sa.Column("credit", sa.String(length=200), nullable=True),
        sa.Column("consent_note", sa.Text(), nullable=True),
        sa.Column("receipt_token_sha256", sa.String(length=64), nullable=False),
        sa.Column("form_token_sha256", sa.String(length=64), nullable=True),
        sa.Column("page_language", sa.String(length=35), nullable=False),
        sa.Column("uploader_id", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("original_media_type", sa.String(length=80), nullable=True),
        sa.Column("original_size_bytes", sa.Integer(), nullable=True),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("trimmed", sa.Boolean(), nullable=False),
        sa.Column("failure_code", sa.String(length=60), nullable=True),
        sa.Column("failure_params", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_submission_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_submission_city_id_city")),
        sa.ForeignKeyConstraint(["uploader_id"], ["person.id"], name=op.f("fk_submission_uploader_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("form_token_sha256", name=op.f("uq_submission_form_token_sha256")),
        sa.UniqueConstraint("public_id", name=op.f("uq_submission_public_id")),
        sa.UniqueConstraint("receipt_token_sha256", name=op.f("uq_submission_receipt_token_sha256")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index("ix_submission_queue", ["city_id", "state"], unique=False)
        batch_op.create_index("ix_submission_wall", ["campaign_id", "state", "city_id"], unique=False)

    op.create_table(
        "timeline_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("offset_days", sa.Integer(), nullable=False),
        sa.Column("local_time", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_timeline_step_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_step")),
        sa.UniqueConstraint("campaign_id", "position", name=op.f("uq_timeline_step_campaign_id_position")),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("wording_sha256", sa.String(length=64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_consent_submission_id_submission")),
        sa.ForeignKeyConstraint(
            ["wording_sha256"], ["consent_wording.sha256"], name=op.f("fk_consent_wording_sha256_consent_wording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("submission_id", "purpose", name=op.f("uq_consent_submission_id_purpose")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_decision_person_id_person")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_decision_submission_id_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "derivation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("artefact_id", sa.Integer(), nullable=False),
        sa.Column("source_artefact_id", sa.Integer(), nullable=True),
        sa.Column("source_submission_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(source_artefact_id IS NULL) <> (source_submission_id IS NULL)", name=op.f("ck_derivation_one_source")
        ),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefact.id"], name=op.f("fk_derivation_artefact_id_artefact")),
        sa.ForeignKeyConstraint(["source_artefact_id"], ["artefact.id"], name=op.f("fk_derivation_source_artefact_id_artefact")),
        sa.ForeignKeyConstraint(
            ["source_submission_id"], ["submission.id"], name=op.f("fk_derivation_source_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derivation")),
        sa.UniqueConstraint("artefact_id", "source_artefact_id", name=op.f("uq_derivation_artefact_id_source_artefact_id")),
        sa.UniqueConstraint("artefact_id", "source_submission_id", name=op.f("uq_derivation_artefact_id_source_submission_id")),
    )
    with op.batch_alter_table("derivation", schema=None) as batch_op:
        batch_op.create_index("ix_derivation_source_artefact", ["source_artefact_id"], unique=False)
        batch_op.create_index("ix_derivation_source_submission", ["source_submission_id"], unique=False)

    op.create_table(
        "rendition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("artefact_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("loudness_lufs", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefact.id"], name=op.f("fk_rendition_artefact_id_artefact")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_rendition_submission_id_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendition")),
        sa.UniqueConstraint("submission_id", "format", "role", name=op.f("uq_rendition_submission_id_format_role")),
    )
    with op.batch_alter_table("rendition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rendition_artefact_id"), ["artefact_id"], unique=False)

    op.create_table(
        "step_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("campaign_city_id", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason_code", sa.String(length=60), nullable=True),
        sa.Column("outcome", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_city_id"], ["campaign_city.id"], name=op.f("fk_step_run_campaign_city_id_campaign_city")
        ),
        sa.ForeignKeyConstraint(["step_id"], ["timeline_step.id"], name=op.f("fk_step_run_step_id_timeline_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_run")),
        sa.UniqueConstraint("step_id", "campaign_city_id", name=op.f("uq_step_run_step_id_campaign_city_id")),
    )
    with op.batch_alter_table("step_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_run_campaign_city_id"), ["campaign_city_id"], unique=False)
        batch_op.create_index("ix_step_run_due", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "uq_step_run_network",
            ["step_id"],
            unique=True,
            sqlite_where=sa.text("campaign_city_id IS NULL"),
            postgresql_where=sa.text("campaign_city_id IS NULL"),
        )
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_keeps_{act.lower()} BEFORE {act} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION audit_keeps() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit rows are append-only'; END $$"
        )
        op.execute("CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_keeps()")


def downgrade() -> None:
    """Back to an empty database."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_keeps ON audit")
        op.execute("DROP FUNCTION audit_keeps()")
    else:
        op.execute("DROP TRIGGER audit_keeps_update")
        op.execute("DROP TRIGGER audit_keeps_delete")
    with op.batch_alter_table("step_run", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_step_run_network",
            sqlite_where=sa.text("campaign_city_id IS NULL"),
            postgresql_where=sa.text("campaign_city_id IS NULL"),
        )
        batch_op.drop_index("ix_step_run_due")
        batch_op.drop_index(batch_op.f("ix_step_run_campaign_city_id"))

    op.drop_table("step_run")
    with op.batch_alter_table("rendition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rendition_artefact_id"))

    op.drop_table("rendition")
    with op.batch_alter_table("derivation", schema=None) as batch_op:
        batch_op.drop_index("ix_derivation_source_submission")
        batch_op.drop_index("ix_derivation_source_artefact")

    op.drop_table("derivation")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_submission_id"))

    op.drop_table("decision")
    op.drop_table("consent")
    op.drop_table("timeline_step")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index("ix_submission_wall")
        batch_op.drop_index("ix_submission_queue")

    op.drop_table("submission")
    with op.batch_alter_table("production", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_production_city", sqlite_where=sa.text("city_id IS NOT NULL"), postgresql_where=sa.text("city_id IS NOT NULL")
        )
        batch_op.drop_index(
            "uq_production_campaign", sqlite_where=sa.text("city_id IS NULL"), postgresql_where=sa.text("city_id IS NULL")
        )

    op.drop_table("production")
    with op.batch_alter_table("campaign_city", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_city_city_id"))

    op.drop_table("campaign_city")
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_person_id"))

    op.drop_table("role")
    with op.batch_alter_table("chapter_city", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chapter_city_city_id"))

    op.drop_table("chapter_city")
    op.drop_table("campaign")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_person_id"))

    op.drop_table("sign_in_session")
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_link_person_id"))

    op.drop_table("sign_in_link")
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_person_id"))

    op.drop_table("mail")
    op.drop_table("international_day")
    op.drop_table("city")
    op.drop_table("chapter")
    op.drop_table("person")
    op.drop_table("network")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_job_queued", sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'")
        )
        batch_op.drop_index("ix_job_due")

    op.drop_table("job")
    op.drop_table("consent_wording")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_subject")

    op.drop_table("audit")
    with op.batch_alter_table("artefact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_artefact_storage_key"))

    op.drop_table("artefact")
