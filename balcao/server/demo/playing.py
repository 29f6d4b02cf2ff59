"""Playing the stories: each step is the action that a page or a mail would have called."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from balcao.entitlements.models import Licence
from balcao.files import actions as files
from balcao.files.models import StoredFile
from balcao.people.models import User
from balcao.people.queries import actor_for
from balcao.policy.access import Actor
from balcao.policy.gate import Auth, Door, SenderFacts
from balcao.policy.lifecycle import Verb
from balcao.server.demo.cast import COMPANIES, CONTACTS, EVERYBODY
from balcao.server.demo.files import content_of
from balcao.server.demo.timeline import Opening, Step, stories
from balcao.server.demo.working import WORK, work
from balcao.tickets import actions as tickets
from balcao.tickets.models import Deadline, Ticket

# What a mail from the registered address of somebody on the ticket proves (S8).
_PROVED = SenderFacts(
    clear=True, registered=True, on_ticket=True, same_organisation=True, auth=Auth.ALIGNED
)
_REVIEW = timedelta(days=5)
_THEN = {"reply": None, "ask": Verb.WAIT_CUSTOMER, "solve": Verb.RESOLVE}


class Player:
    """Takes the steps in order, and lets deadlines pass and tickets close in between.

    ``taken``: the moments of steps that an interrupted run took already; they are left out.
    """

    def __init__(self, *, taken: frozenset[datetime]) -> None:
        self._taken = taken
        self._texts: dict[str, str] = stories()["files"]
        self._member = {member.key: member for member in EVERYBODY}
        self._actor: Callable[[str], Actor] = cache(self._find_actor)

    def take(self, step: Step) -> None:
        """Do what the step says, unless it was done before."""
        self.let_time_pass(step.at)
        if step.at in self._taken:
            return
        stored = [
            files.store(content_of(name, self._texts), name=name, now=step.at)
            for name in step.files
        ]
        if step.opening is not None:
            self._open(step, step.opening, stored)
        else:
            self._go_on(step, stored)

    def let_time_pass(self, until: datetime) -> None:
        """Do what the ticker would have done up to ``until``, each thing at its moment."""
        seen = None
        while (moment := _next_look()) is not None and moment <= until and moment != seen:
            tickets.raise_deadlines(moment)
            tickets.run_due(moment)
            seen = moment

    def _find_actor(self, key: str) -> Actor:
        return actor_for(User.objects.get(code=self._member[key].code))

    def _open(self, step: Step, opening: Opening, stored: list[StoredFile]) -> None:
        licence, organisation = self._rights(step.who, opening.licence)
        try:
            tickets.open_ticket(
                actor=self._actor(step.who),
                now=step.at,
                organisation_id=organisation,
                service=opening.service,
                licence_id=licence,
                subject=opening.subject,
                body=step.words,
                key=step.key,
                files=stored,
            )
        except tickets.Refused:
            if not opening.refused:
                raise

    def _rights(self, who: str, name: str | None) -> tuple[int | None, int]:
        """The licence a story names and its organisation, or the person's first organisation."""
        actor = self._actor(who)
        if name is None:
            return None, min(actor.organisations)
        key = next(
            right.key for company in COMPANIES for right in company.licences if right.name == name
        )
        licence = Licence.objects.get(key=key)
        return licence.pk, licence.organisation_id

    def _go_on(self, step: Step, stored: list[StoredFile]) -> None:
        actor = self._actor(step.who)
        ticket = self._ticket(step.story)
        if step.what in ("write", "mail"):
            by_mail = step.what == "mail"
            tickets.customer_message(
                actor=actor,
                now=step.at,
                ticket_id=ticket,
                body=step.words,
                key=step.key,
                files=stored,
                door=Door.EMAIL if by_mail else Door.PORTAL,
                sender=_PROVED if by_mail else None,
            )
        elif step.what in _THEN:
            tickets.staff_reply(
                actor=actor,
                now=step.at,
                ticket_id=ticket,
                body=step.words,
                key=step.key,
                files=stored,
                then=_THEN[step.what],
            )
        elif step.what == "note":
            tickets.note(actor=actor, now=step.at, ticket_id=ticket, body=step.words, key=step.key)
        elif step.what == "take":
            tickets.assign_to_me(actor=actor, now=step.at, ticket_id=ticket)
        elif step.what in WORK:
            work(step, actor, Ticket.objects.select_related("opener").get(pk=ticket))
        elif step.what == Verb.WAIT_THIRD.value:
            tickets.wait_third(
                actor=actor,
                now=step.at,
                ticket_id=ticket,
                who=step.words,
                protocol="",
                review_on=(step.at + _REVIEW).date(),
            )
        else:
            tickets.change_state(actor=actor, now=step.at, ticket_id=ticket, verb=Verb(step.what))

    def _ticket(self, story: str) -> int:
        return Ticket.objects.values_list("pk", flat=True).get(
            opening_key=f"demo:{story}", opener__code__in=[member.code for member in CONTACTS]
        )


def _next_look() -> datetime | None:
    """The earliest moment at which the ticker has something to look at."""
    moments = [
        Deadline.objects.filter(next_at__isnull=False)
        .order_by("next_at")
        .values_list("next_at", flat=True)
        .first(),
        Ticket.objects.filter(next_at__isnull=False)
        .order_by("next_at")
        .values_list("next_at", flat=True)
        .first(),
    ]
    return min((moment for moment in moments if moment is not None), default=None)
