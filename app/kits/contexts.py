"""What the kit's own templates show."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadmeText:
    """The context of README.txt, in one language."""

    city: str
    message: str
    day: str
    hashtag: str
    link: str
    contact: str
    networks: list[str]
    language_names: list[str]
