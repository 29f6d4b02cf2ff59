"""The versions of the policy that a page may try beside the one in force."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from balcao.policy.access import Actor
from balcao.policy.book import Policy, PolicyError
from balcao.policy.book.changes import Topic
from balcao.rulebook import queries
from balcao.rulebook.forms import TITLES
from balcao.web import format
from balcao.web.guards import PageRequest

_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to try: ``policy``, what it is called, and its value in the address.

    ``trouble``: it was asked for and cannot be tried.
    """

    value: str = ""
    name: str = ""
    policy: Policy | None = None
    trouble: str = ""


def choices(request: PageRequest) -> list[tuple[str, str]]:
    """(value, name) of what this person may try: changes that wait, then earlier versions."""
    zone = format.zone(request.policy.timezone)
    waiting = [
        (
            f"m{row.pk}",
            _("Change that waits: %(topic)s, by %(author)s")
            % {"topic": TITLES[Topic(row.topic)], "author": row.author_label},
        )
        for row in queries.waiting_for(request.actor)
    ]
    versions = [
        (
            f"v{row.number}",
            _("Version %(number)d, of %(day)s")
            % {
                "number": row.number,
                "day": format.day(row.created_at.astimezone(zone).date()),
            },
        )
        for row in queries.versions_for(request.actor, limit=_VERSIONS)
        if row.number != request.policy.version
    ]
    return [*waiting, *versions]


def chosen(actor: Actor, value: str) -> Chosen:
    """What the address names: ``v3`` a version, ``m5`` a change; nothing else, and nothing that
    this person may not read.
    """
    kind, number = value[:1], value[1:]
    if not value:
        return Chosen()
    try:
        if kind == "v" and number.isdecimal():
            row = queries.version_for(actor, int(number))
            name = _("Version %(number)d") % {"number": row.number}
            return Chosen(value, name, queries.version(row.number))
        if kind == "m" and number.isdecimal():
            change = queries.proposal_for(actor, int(number))
            name = _("Change: %(topic)s") % {"topic": TITLES[Topic(change.topic)]}
            return Chosen(value, name, queries.effect_of(change).policy)
    except (queries.PolicyVersion.DoesNotExist, queries.Proposal.DoesNotExist):
        pass
    except (PolicyError, ValueError):
        return Chosen(value, trouble=_("This change cannot be enforced any more."))
    return Chosen(value, trouble=_("There is no such version, or it is not yours to read."))


def side_by_side(request: PageRequest, other: Chosen) -> list[tuple[Policy, str]]:
    """The policy in force, and what is tried beside it."""
    in_force = _("Version %(number)d, in force") % {"number": request.policy.version}
    found = [(request.policy, in_force)]
    if other.policy is not None:
        found.append((other.policy, other.name))
    return found
