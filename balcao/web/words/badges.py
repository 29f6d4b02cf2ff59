"""What a state looks like, with its word."""

from dataclasses import dataclass

from balcao.web.format import Tone


@dataclass(frozen=True, slots=True)
class Badge:
    """A state ready to show: its tone and icon always come with its word."""

    tone: Tone
    icon: str
    text: str
