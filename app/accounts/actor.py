"""Who acts, and what they may do where."""

from dataclasses import dataclass

from app.accounts.rules import ROLE_PERMISSIONS
from app.enums import Permission, RoleName


@dataclass(frozen=True, slots=True)
class Grant:
    """One role: everywhere (manager), in a chapter's cities (coordinator), in one city (officer)."""

    role: RoleName
    chapter_id: int | None = None
    city_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person with their roles in one network."""

    person_id: int
    name: str
    email: str
    language: str
    network_id: int
    grants: tuple[Grant, ...]

    def may(self, permission: Permission) -> bool:
        """Whether any role allows it somewhere; where is asked of `cities_where`."""
        return any(permission in ROLE_PERMISSIONS[grant.role] for grant in self.grants)

    @property
    def is_manager(self) -> bool:
        """Whether the whole network is theirs."""
        return any(grant.role is RoleName.MANAGER for grant in self.grants)
