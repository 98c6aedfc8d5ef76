"""What each role may do: one table."""

from app.enums import Permission, RoleName

ROLE_PERMISSIONS: dict[RoleName, frozenset[Permission]] = {
    RoleName.MANAGER: frozenset(Permission),
    RoleName.COORDINATOR: frozenset(
        {
            Permission.MANAGE_CAMPAIGNS,  # those of the chapter
            Permission.MODERATE,
            Permission.DOWNLOAD,
            Permission.UPLOAD_FOR_CITY,
            Permission.KEEP_CALENDAR,
            Permission.KEEP_CITY,
        }
    ),
    RoleName.OFFICER: frozenset(
        {
            Permission.JOIN_CAMPAIGN,
            Permission.UPLOAD_FOR_CITY,
            Permission.MODERATE,
            Permission.DOWNLOAD,
            Permission.KEEP_CALENDAR,
            Permission.KEEP_CITY,
        }
    ),
}
