"""Few have taken a yes back: an index of these alone tells at once whether anybody beneath a tile of a collage has."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ENDED = sa.text("ended_at IS NOT NULL")


def upgrade() -> None:
    """Rows stay as they are."""
    op.create_index("ix_consent_ended", "consent", ["purpose", "submission_id"], sqlite_where=ENDED, postgresql_where=ENDED)


def downgrade() -> None:
    """Rows stay as they are."""
    op.drop_index("ix_consent_ended", table_name="consent")
