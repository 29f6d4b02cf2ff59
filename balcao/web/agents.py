"""What a browser calls itself, in words a person knows their devices by."""

from django.utils.translation import gettext as _

# The first that is found wins: most browsers also name the ones they descend from.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def describe(agent: str) -> str:
    """For example "Firefox on Windows"; an unknown one is called that."""
    names = {
        "browser": _first(agent, _BROWSERS) or _("Unknown browser"),
        "system": _first(agent, _SYSTEMS) or _("unknown device"),
    }
    return _("%(browser)s on %(system)s") % names


def _first(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in names if mark in agent), "")
