"""What can be set from outside, all of it by environment variables that begin with POLYPHONY_."""

from functools import lru_cache
from pathlib import Path
from zoneinfo import available_timezones

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MEGABYTE = 1_000_000


class Settings(BaseSettings):
    """Every setting has a default that works on one machine with nothing installed."""

    model_config = SettingsConfigDict(env_prefix="POLYPHONY_", env_file=None)

    data_dir: Path = Path("var")
    database_url: str = ""  # empty: SQLite in the data folder
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = ""  # how people reach the service; empty: http://host:port
    secure_cookies: bool | None = None  # None: as base_url says

    # of the network that the first import into an empty database founds
    network_name: str = "Our network"
    network_responsible: str = ""  # who answers for people's data, as the form names them; empty: the network's name
    network_contact_email: str = "privacy@localhost"
    network_time_zone: str = "UTC"  # IANA; by its clock go the steps done at one instant everywhere; later set at the desk

    smtp_url: str = ""  # smtp://user:password@host:587, smtps://...; empty: mails are files in the data folder
    mail_from: str = "polyphony@localhost"  # the address; mails carry the network's name with it, and bounces come back to it

    max_upload_bytes: int = 200 * MEGABYTE  # a 10 min phone clip at 720p is about 150 MB
    max_duration_s: int = 600  # beyond it a clip or a sound is refused, not cut

    keep_originals_days: int = 365  # what phones sent is erased so long after a campaign closed; what was made of it stays

    sign_in_link_minutes: int = 30
    session_days: int = 30
    tick_seconds: int = 10
    job_lease_seconds: int = 60

    @field_validator("network_time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if name not in _zones():
            reason = f"{name!r} is no time zone; write one of the IANA names, such as Europe/Rome or UTC"
            raise ValueError(reason)
        return name

    @property
    def resolved_database_url(self) -> str:
        """The database in use."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'polyphony.sqlite3').absolute()}"

    @property
    def resolved_base_url(self) -> str:
        """The address people use, without a slash at its end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def cookies_are_secure(self) -> bool:
        """Whether cookies travel over TLS only."""
        return self.resolved_base_url.startswith("https://") if self.secure_cookies is None else self.secure_cookies

    @property
    def files_dir(self) -> Path:
        """Where stored files live."""
        return self.data_dir / "files"

    @property
    def incoming_dir(self) -> Path:
        """Where an upload is written while it arrives; on the disk of `files_dir`, so that keeping it is a rename."""
        return self.data_dir / "incoming"

    @property
    def work_dir(self) -> Path:
        """Where a submission is worked on; each attempt has a folder of its own there."""
        return self.data_dir / "work"

    @property
    def kits_dir(self) -> Path:
        """Where drawn pieces of kits are kept; it can be emptied at any time."""
        return self.data_dir / "kits"

    @property
    def frozen_toolkits_dir(self) -> Path:
        """Where published toolkits are unpacked to be drawn from; it can be emptied at any time."""
        return self.data_dir / "toolkits"

    @property
    def pyramids_dir(self) -> Path:
        """Where the tiles of zoomable collages are made and served from; web and workers share it, as they share the files."""
        return self.data_dir / "pyramids"

    @property
    def mail_dir(self) -> Path:
        """Where mails are left when no SMTP server is set."""
        return self.data_dir / "mail"


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Every name of a zone; the files of this machine are looked through once."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
