"""docs/roles.md from the one table of roles and verbs: `python -m tools.roles` writes it."""

import sys
from pathlib import Path
from typing import get_args

from balcao.policy.access import Actor, Area, Duty, Permission, Role, as_rows, can_enter, may

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "roles.md"

HEAD = """\
# Roles

Who may do what, from the one table in `balcao/policy/access/`. This page is written by
`python -m tools.roles`; a test fails when it differs from the table.

Roles add up: one person may wear several hats, and what any of them allows is allowed. Everything
the table does not say is denied. Whoever is not signed in wears no hat and sees no ticket.

| Reach | Which tickets |
|---|---|
| own | those the person opened or takes part in, and every ticket of an organisation whose \
administrator lets colleagues see each other's (whoever works at a unit: those of the unit and \
those of no unit); only while the person acts for that organisation |
| organisation | every ticket of the organisations the person administers |
| queue | every ticket of the person's queues |
| all | every ticket |

`reply` is the customer's message, `answer` the staff's public one. An administrator sees no ticket
unless also an agent; an auditor writes nothing; internal notes are for staff only.

A ticket is of the unit its opener worked at when opening it, and of no unit when they worked at
none. That never changes; where a person works does, and decides from the next request on.

## On a ticket
"""

AREAS = """
## Pages

Which pages a role may enter at all; what they show follows the table above.
"""

DUTIES_HEAD = """
## Duties

What a role may do where no ticket is in question. Whoever asked for an exception, a change of the
policy or a recovery is never the one who approves it, whatever their roles. A supervisor or an
administrator may name another member of staff as deputy for a period, who then approves in their
place (`approve_override`, `approve_policy`, `approve_recovery`) and does nothing else of that role.
"""


def page() -> str:
    """The whole page as it must stand in docs/roles.md."""
    return f"{HEAD}\n{_permissions()}{DUTIES_HEAD}\n{_duties()}{AREAS}\n{_areas()}"


def _permissions() -> str:
    reach = {(role, permission): far for role, permission, far in as_rows()}
    roles = [role.value for role in Role]
    rows = [
        [f"`{one.value}`", *(reach.get((role, one.value), "") for role in roles)]
        for one in Permission
    ]
    return _table(["", *roles], rows)


def _duties() -> str:
    rows = [
        [f"`{duty}`", *("yes" if may(_wearing(role), duty) else "" for role in Role)]
        for duty in Duty
    ]
    return _table(["", *(role.value for role in Role)], rows)


def _areas() -> str:
    rows = [
        [f"`{area}`", *("yes" if can_enter(_wearing(role), area) else "" for role in Role)]
        for area in get_args(Area)
    ]
    return _table(["", *(role.value for role in Role)], rows)


def _wearing(role: Role) -> Actor:
    return Actor(kind="user", id=1, label="", roles=frozenset({role}))


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
