"""Writes the audit trail: ids and codes, never names or words."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import AuditRow


def record(
    session: Session,
    *,
    network_id: int,
    act: str,
    subject_kind: str,
    subject_id: int,
    at: datetime,
    actor_id: int | None = None,
    **codes: str | int | bool | list[int] | None,
) -> None:
    """Add one row in the transaction of the act itself."""
    session.add(
        AuditRow(
            network_id=network_id,
            at=at,
            actor_id=actor_id,
            act=act,
            subject_kind=subject_kind,
            subject_id=subject_id,
            codes={key: value for key, value in codes.items() if value is not None},
        )
    )
