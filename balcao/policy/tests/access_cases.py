"""Actors and tickets to ask the table of roles about, chosen and drawn."""

from collections.abc import Iterable

from hypothesis import strategies as st

from balcao.policy.access import Actor, Permission, Role, TicketScope

P, R = Permission, Role
ME, COLLEAGUE, STRANGER = 1, 2, 3
US, THEM = 7, 8
OUR_QUEUE, OTHER_QUEUE = 70, 80
MAIN, BRANCH = 71, 72


def an_actor(
    *roles: Role,
    organisations: Iterable[int] = (US,),
    admin_of: Iterable[int] = (),
    sees_all_of: Iterable[int] = (),
    units: Iterable[tuple[int, int]] = (),
    queues: Iterable[int] = (),
    pk: int | None = ME,
) -> Actor:
    return Actor(
        kind="user",
        id=pk,
        label="somebody",
        roles=frozenset(roles),
        organisations=frozenset(organisations),
        admin_of=frozenset(admin_of),
        sees_all_of=frozenset(sees_all_of),
        units=frozenset(units),
        queues=frozenset(queues),
    )


def a_scope(
    organisation: int = US,
    opener: int = ME,
    participants: Iterable[int] = (),
    queue: int = OUR_QUEUE,
    unit: int | None = None,
) -> TicketScope:
    return TicketScope(
        organisation=organisation,
        unit=unit,
        opener=opener,
        participants=frozenset(participants),
        queue=queue,
        assignee=None,
    )


CONTACT = an_actor(R.CONTACT)
AGENT = an_actor(R.AGENT, organisations=(), queues=[OUR_QUEUE], pk=50)

small = st.frozensets(st.integers(0, 3), max_size=3)
actors = st.builds(
    Actor,
    kind=st.just("user"),
    id=st.sampled_from([None, 0, 1, 2]),
    label=st.just("somebody"),
    roles=st.frozensets(st.sampled_from(Role)),
    organisations=small,
    admin_of=small,
    sees_all_of=small,
    units=st.frozensets(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=3),
    queues=small,
)
scopes = st.builds(
    TicketScope,
    organisation=st.integers(0, 3),
    unit=st.sampled_from([None, 0, 1, 2, 3]),
    opener=st.integers(0, 3),
    participants=small,
    queue=st.integers(0, 3),
    assignee=st.sampled_from([None, 1]),
)
permissions = st.sampled_from(Permission)
