"""Who keeps the register of customers and their people, and what it may hold."""

from balcao.lib.tax_ids import same_root
from balcao.policy.access import Actor, Duty, may


def keeps_customers(actor: Actor) -> bool:
    """Whether ``actor`` registers and changes organisations. The system sets up and imports."""
    return actor.kind == "system" or may(actor, Duty.KEEP_CUSTOMERS)


def keeps_person(actor: Actor, *, staff: bool) -> bool:
    """Whether ``actor`` changes what is known of a person. Who wears a hat of the staff is kept by
    the administrator alone (M1), whatever else the person is.
    """
    if actor.kind == "system":
        return True
    return may(actor, Duty.KEEP_TEAM if staff else Duty.KEEP_CUSTOMERS)


def keeps_colleagues(actor: Actor, organisation: int) -> bool:
    """Whether ``actor`` says who acts for ``organisation``: its administrator, or the staff."""
    own = may(actor, Duty.KEEP_COLLEAGUES) and organisation in actor.admin_of
    return own or keeps_customers(actor)


def may_end_admin(actor: Actor, *, others: int, sure: bool) -> bool:
    """Whether an administrator of an organisation may stop being one.

    ``others``: its administrators besides them. The last one goes only by the staff's hand, and
    only when that was meant (``sure``).
    """
    return others > 0 or (sure and keeps_customers(actor))


def unit_belongs(organisation: str | None, unit: str | None, *, allowed: bool) -> bool:
    """Whether a branch with this tax number may stand under the organisation's: the root agrees,
    one of them has none, or somebody said that it is right so.
    """
    return allowed or not organisation or not unit or same_root(organisation, unit)
