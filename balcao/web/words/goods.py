"""The words for contracts and licences: how they stand, why they stopped, what was done to them.

Nothing here speaks of a debt, whatever the reason of a suspension was (CDC art. 42).
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from balcao.web import format
from balcao.web.format import Look
from balcao.web.words import tables
from balcao.web.words.badges import Badge

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CONTRACT_STATES: "dict[str, tuple[Look, _StrPromise]]" = {
    "active": (Look("ok", "shield-check"), pgettext_lazy("contract", "In force")),
    "future": (Look("brand", "calendar-clock"), pgettext_lazy("contract", "Not begun yet")),
    "suspended": (
        Look("warning", "circle-pause"),
        pgettext_lazy("contract", "Suspended at the moment"),
    ),
    "ended": (Look("paused", "archive"), pgettext_lazy("contract", "Ended")),
    "replaced": (Look("paused", "archive"), pgettext_lazy("contract", "Replaced")),
}
LICENCE_STATES: "dict[str, tuple[Look, _StrPromise]]" = {
    "valid": (Look("ok", "circle-check"), pgettext_lazy("licence", "Valid")),
    "future": (Look("brand", "calendar-clock"), pgettext_lazy("licence", "Not valid yet")),
    "lapsed": (Look("late", "circle-alert"), pgettext_lazy("licence", "Its contract ended")),
    "ended": (Look("late", "circle-alert"), pgettext_lazy("licence", "Expired")),
    "replaced": (Look("paused", "archive"), pgettext_lazy("licence", "Replaced")),
}
SUSPENSIONS: "dict[str, _StrPromise]" = {
    "requested": gettext_lazy("At the customer's request"),
    "renewal": gettext_lazy("Renewal being agreed"),
    "review": gettext_lazy("Register under review"),
    "other": gettext_lazy("Administrative reason"),
}
ENDINGS: "dict[str, _StrPromise]" = {
    "requested": gettext_lazy("At the customer's request"),
    "replaced": gettext_lazy("Replaced by another one"),
    "mistake": gettext_lazy("Registered by mistake"),
    "other": gettext_lazy("Another reason"),
}
CONFLICTS: "dict[str, _StrPromise]" = {
    "changed": gettext_lazy("Somebody changed this in the meantime. See how it stands now."),
    "reference_taken": gettext_lazy("The customer already has a contract with this number."),
    "key_taken": gettext_lazy("This licence key is already registered."),
    "slug_taken": gettext_lazy("There is one with this name or code already."),
    "ends_before_start": gettext_lazy("The end comes before the start."),
    "no_unit": gettext_lazy("Choose at least one unit, or all of them."),
    "foreign_unit": gettext_lazy("This unit belongs to another customer."),
    "foreign_contract": gettext_lazy("This contract or licence belongs to another customer."),
    "unit_not_covered": gettext_lazy("The contract does not cover this unit."),
    "replaced": gettext_lazy("It was replaced: change the one that follows it."),
    "not_later": gettext_lazy("A renewal ends later than what it renews."),
    "no_end": gettext_lazy("It has no end, so there is nothing to renew."),
    "not_earlier": gettext_lazy("This is not before its end: renew it instead."),
    "already_ended": gettext_lazy("It has ended already."),
    "already_suspended": gettext_lazy("It is suspended already, or will be."),
    "not_suspended": gettext_lazy("It is not suspended."),
}
_HAPPENED: "dict[str, _StrPromise]" = {
    "registered": gettext_lazy("Registered"),
    "renewed": gettext_lazy("Renewed"),
    "suspended": gettext_lazy("Suspended"),
    "resumed": gettext_lazy("In force again"),
    "ended": gettext_lazy("Ended early"),
    "replaced": gettext_lazy("Replaced by another one"),
    "key_shown": gettext_lazy("The whole key was shown"),
}
FIELDS: "dict[str, _StrPromise]" = {
    "name": gettext_lazy("Name"),
    "name_en": gettext_lazy("Name in English"),
    "active": gettext_lazy("Offered"),
    "place": gettext_lazy("Place in the list"),
    "product": gettext_lazy("Product"),
    "kind": gettext_lazy("Kind"),
    "reference": gettext_lazy("Number"),
    "starts": gettext_lazy("Start"),
    "ends": gettext_lazy("End"),
    "units": gettext_lazy("Units"),
    "contract": gettext_lazy("Contract"),
    "unit": gettext_lazy("Unit"),
    "key": gettext_lazy("Key"),
    "valid_from": gettext_lazy("Valid from"),
    "valid_until": gettext_lazy("Valid until"),
    "version": gettext_lazy("Version"),
    "extensions": gettext_lazy("Extensions"),
    "equipment": gettext_lazy("Equipment"),
    "technical_until": gettext_lazy("Technical validity of the version"),
}


def contract_badge(state: str, *, replaced: bool = False) -> Badge:
    """How a contract stands."""
    look, text = CONTRACT_STATES["replaced" if replaced else state]
    return Badge(tone=look.tone, icon=look.icon, text=str(text))


def licence_badge(state: str, *, replaced: bool = False) -> Badge:
    """How a licence stands."""
    look, text = LICENCE_STATES["replaced" if replaced else state]
    return Badge(tone=look.tone, icon=look.icon, text=str(text))


def period(first: date, last: date | None) -> str:
    """From a day to a day, or without an end."""
    names = {"first": format.day(first), "last": format.day(last) if last else ""}
    if last is None:
        return _("since %(first)s, no end date") % names
    return _("%(first)s to %(last)s") % names


def suspension(first: date, last: date | None) -> str:
    """From when to when a contract is suspended."""
    names = {"first": format.day(first), "last": format.day(last) if last else ""}
    if last is None:
        return _("Suspended since %(first)s") % names
    return _("Suspended from %(first)s to %(last)s") % names


def suspension_reason(code: str) -> str:
    """Why, for the staff."""
    return str(SUSPENSIONS[code])


def conflict(code: str) -> str:
    """Why something cannot be done to a contract or licence."""
    return str(CONFLICTS[code])


def ends_in(days: int) -> str:
    """How far the end is."""
    if days == 0:
        return _("ends today")
    return ngettext("ends in %(days)d day", "ends in %(days)d days", days) % {"days": days}


def happened(verb: str, data: Mapping[str, object]) -> str:
    """An event of a contract, licence, product or service in one line, for the staff."""
    what = verb.partition(".")[2]
    if what == "changed":
        return _changed(data)
    if what == "end_foretold":
        return _("Customer and sales told: %(left)s") % {"left": ends_in(_number(data["left"]))}
    text = str(_HAPPENED.get(what, what))
    more = _more(what, data)
    return f"{text}: {more}" if more else text


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _more(what: str, data: Mapping[str, object]) -> str:
    if what in ("renewed", "ended"):
        reason = ENDINGS.get(str(data.get("reason", "")))
        last = _("until %(date)s") % {"date": _value("ends", data.get("until"))}
        return f"{last} ({reason})" if reason else last
    if what == "suspended":
        names = {
            "first": _value("starts", data.get("first")),
            "last": _value("ends", data.get("last")),
        }
        text = _("%(first)s to %(last)s") % names
        return f"{text} ({SUSPENSIONS.get(str(data.get('reason')), '')})"
    if what == "registered" and "starts" in data:
        names = {
            "first": _value("starts", data["starts"]),
            "last": _value("ends", data.get("ends")),
        }
        return _("%(first)s to %(last)s") % names
    return ""


def _changed(data: Mapping[str, object]) -> str:
    fields, before, after = (data.get(key) for key in ("fields", "before", "after"))
    if not (isinstance(fields, list) and isinstance(before, list) and isinstance(after, list)):
        return ""
    parts = [_change(*one) for one in zip(fields, before, after, strict=False)]
    return _("Changed: %(what)s") % {"what": "; ".join(parts)}


def _change(field: str, before: object, after: object) -> str:
    label = str(FIELDS.get(field, field))
    if field in ("product", "contract", "unit", "units") or (before is None and after is None):
        return label
    return _("%(field)s from %(before)s to %(after)s") % {
        "field": label,
        "before": _value(field, before),
        "after": _value(field, after),
    }


def _value(field: str, value: object) -> str:
    if value is None:
        return _("no end") if field in ("ends", "valid_until") else _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "kind":
        return str(tables.KINDS.get(str(value), value))
    try:
        return format.day(date.fromisoformat(value)) if isinstance(value, str) else str(value)
    except ValueError:
        return str(value)
