"""What people are told while their address on file changes (A8)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from balcao.events.registry import task
from balcao.lib.text import mask_address
from balcao.notifications import queries
from balcao.notifications.queries import Reader
from balcao.notifications.tasks.accounts import letter_to, post_letter
from balcao.notifications.tasks.letters import Letter, page, reading
from balcao.people import queries as people
from balcao.people.actions import make_token
from balcao.people.queries import ChangeRow
from balcao.policy.access import SYSTEM
from balcao.policy.accounts import TokenKind
from balcao.policy.addresses import HOLD, ChangeKind
from balcao.policy.book import Policy
from balcao.rulebook import queries as rulebook
from balcao.web import format


@task("notifications.address_asked")
def address_asked(
    *, now: datetime, event: int, subject: int, change: int, kind: str, **_data: object
) -> None:
    """The owner's proof: a link to the new address. A recovery waits for the second person."""
    if kind == ChangeKind.OWN.value:
        _prove(people.change_of(SYSTEM, change), TokenKind.ADDRESS, event=event, now=now)


@task("notifications.address_held")
def address_held(
    *, now: datetime, event: int, subject: int, change: int, kind: str, **_data: object
) -> None:
    """The old address learns of it and can stop it; at a recovery the administrators can, too."""
    policy = rulebook.current()
    row = people.change_of(SYSTEM, change)
    recovery = kind == ChangeKind.RECOVERY.value
    for reader, link in _concerned(row, recovery=recovery):
        with reading(reader.language, policy):
            letter = _notice(row, reader, policy, link)
            post_letter("address-notice", letter, reader, event=event, now=now)
    if recovery:
        _prove(row, TokenKind.RECOVERY, event=event, now=now)


def _concerned(row: ChangeRow, *, recovery: bool) -> Iterator[tuple[Reader, str]]:
    """(reader, where they stop it): the old address, or the one that gets mail when none goes."""
    person = queries.person(row.person_id)
    old = row.old or (known.address if (known := queries.reader(row.person_id)) else "")
    if old:
        yield replace(person, address=old), page("address_stop", people.stop_link(row.id))
    if recovery:
        for admin in sorted(people.administrators_around(row.person_id)):
            if reader := queries.reader(admin):
                yield reader, page("colleagues")


def _notice(row: ChangeRow, reader: Reader, policy: Policy, link: str) -> Letter:
    assert row.held_at is not None
    phone = policy.company.support_phone
    begins = format.full(row.held_at + HOLD[ChangeKind(row.kind)], tz=format.zone(policy.timezone))
    names = {"name": row.person, "new": mask_address(row.new), "begins": begins, "phone": phone}
    own = reader.user_id == row.person_id
    if not row.old:
        return _one_more(row, reader, policy, names, link)
    heading = (
        _("The e-mail of your registration changed; was it not you? %(phone)s")
        if own
        else _("The e-mail of %(name)s's registration changes: is that right?")
    ) % names
    return replace(
        letter_to(
            reader,
            policy,
            heading,
            (
                _("From %(begins)s on we write to %(new)s. Until then nothing changes.")
                if own
                else _("From %(begins)s on we write to %(name)s at %(new)s.")
            )
            % names,
            _("If this is right, there is nothing to do.")
            if own
            else _("%(name)s lost the registered e-mail and asked us for help by telephone.")
            % names,
            _("If it is not, stop it with the button below or call us: %(phone)s.") % names,
        ),
        button=_("Stop the change"),
        link=link,
    )


def _one_more(
    row: ChangeRow, reader: Reader, policy: Policy, names: dict[str, str], link: str
) -> Letter:
    """The registered address stays; another one counts beside it."""
    own = reader.user_id == row.person_id
    heading = (
        _("One more e-mail joins your registration; was it not you? %(phone)s")
        if own
        else _("One more e-mail joins %(name)s's registration: is that right?")
    ) % names
    lines = (
        _("From %(begins)s on %(new)s counts as well. The registered e-mail keeps counting."),
        _("If this is right, there is nothing to do."),
        _("If it is not, stop it with the button below or call us: %(phone)s."),
    )
    letter = letter_to(reader, policy, heading, *(line % names for line in lines))
    return replace(letter, button=_("Stop the change"), link=link)


def _prove(row: ChangeRow, kind: TokenKind, *, event: int, now: datetime) -> None:
    policy = rulebook.current()
    reader = replace(queries.person(row.person_id), address=row.new)
    secret = make_token(now=now, kind=kind, user_id=row.person_id, payload={"change": row.id})
    with reading(reader.language, policy):
        letter = replace(
            letter_to(
                reader,
                policy,
                _("Confirm your new e-mail"),
                _("This address was given as the new e-mail of your registration."),
                _("The link below works once and is good for 24 hours.")
                if kind is TokenKind.ADDRESS
                else _("The link below works once and is good for 7 days."),
                _("If you did not ask for this, ignore this message: nothing changes."),
            ),
            button=_("Confirm this e-mail"),
            link=page("address_proof", secret),
        )
        post_letter("address-proof", letter, reader, event=event, now=now, secret=True)
