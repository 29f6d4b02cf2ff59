"""What the page shells need: the entries of a menu or of the desk's views."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu. `group` starts a titled group; `key` is its keyboard shortcut."""

    label: str
    href: str
    icon: str
    current: bool = False
    count: int | None = None
    unread: bool = False
    group: str = ""
    key: str = ""
