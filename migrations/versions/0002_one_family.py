"""One family: when somebody speaks, what could not be read, and what stands for a picture until it is there."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Three new columns."""
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lost_s", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("speech_s", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("rendition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("placeholder", sa.String(length=1000), nullable=True))


def downgrade() -> None:
    """Back to the first house."""
    with op.batch_alter_table("rendition", schema=None) as batch_op:
        batch_op.drop_column("placeholder")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_column("speech_s")
        batch_op.drop_column("lost_s")
