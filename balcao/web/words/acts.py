"""The words for what the team does besides answering: remote access, time, links of tickets."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.policy import acts
from balcao.web import format

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CONSENT: "dict[str, _StrPromise]" = {
    "phone": gettext_lazy("by telephone"),
    "portal": gettext_lazy("in the request"),
    "email": gettext_lazy("by e-mail"),
    "whatsapp": gettext_lazy("by WhatsApp"),
    "chat": gettext_lazy("in the chat"),
}
"""By which way somebody agreed to a remote access, in the order of a form's list."""


class Remote(Protocol):
    """A remote access as it was read."""

    @property
    def tool(self) -> str: ...
    @property
    def consent(self) -> str: ...
    @property
    def consent_door(self) -> str: ...
    @property
    def began_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Banner:
    """What goes on now; late: it was probably left open."""

    tone: Literal["now", "late"]
    title: str
    text: str


def remote(found: Remote, agent: str) -> str:
    """A remote access as the conversation tells it, while it goes on and afterwards."""
    tz = timezone.get_current_timezone()
    began, ended = found.began_at.astimezone(tz), found.ended_at
    names = {
        "name": agent,
        "tool": found.tool,
        "from": format.time(began, tz=tz),
        "consent": consent(found),
    }
    if ended is None:
        said = _(
            "Remote access with %(name)s by %(tool)s since %(from)s, with the consent of"
            " %(consent)s."
        )
        return said % names
    ended = ended.astimezone(tz)
    if ended.date() == began.date():
        said = _(
            "Remote access with %(name)s by %(tool)s, from %(from)s to %(to)s, with the consent"
            " of %(consent)s."
        )
        return said % {**names, "to": format.time(ended, tz=tz)}
    said = _(
        "Remote access with %(name)s by %(tool)s, begun on %(from)s and ended on %(to)s, with the"
        " consent of %(consent)s."
    )
    days = {"from": format.full(began, tz=tz), "to": format.full(ended, tz=tz)}
    return said % {**names, **days}


def consent(found: Remote) -> str:
    """Who agreed, and by which way."""
    way = CONSENT.get(found.consent_door)
    return f"{found.consent} ({way})" if way else found.consent


def banner(found: Remote | None, agent: str, *, now: datetime, staff: bool) -> Banner | None:
    """What stands over the ticket while a remote access goes on; only the staff forget one."""
    if found is None:
        return None
    forgotten = staff and acts.is_forgotten(began_at=found.began_at, now=now)
    return Banner(
        tone="late" if forgotten else "now",
        title=_("Remote access for %(span)s: was it forgotten?")
        % {"span": format.span(now - found.began_at)}
        if forgotten
        else _("Remote access is going on"),
        text=remote(found, agent),
    )


def minutes(count: int) -> str:
    """A number of minutes as a length."""
    return format.span(timedelta(minutes=count)) if count else _("nothing yet")


TAKEN_BACK: "dict[str, _StrPromise]" = {
    "away": gettext_lazy("whom it was reserved for is not there"),
    "deadline": gettext_lazy("the deadline does not wait"),
    "other_person": gettext_lazy("somebody else has to serve it"),
    "settled": gettext_lazy("it is settled already"),
}


def taken_back(code: str) -> str:
    """Why a supervisor gave a reserved ticket back."""
    return str(TAKEN_BACK[code])
