"""Who sees which tickets and files: lists and single rows agree with the access table."""

from io import BytesIO
from itertools import product

import pytest

from balcao.files.actions import store
from balcao.people import actions as people
from balcao.policy.access import ANONYMOUS, SYSTEM, Actor, Permission, Role, can
from balcao.tickets.actions import customer_message, note
from balcao.tickets.models import Attachment, Ticket
from balcao.tickets.queries import (
    NotFound,
    View,
    attachment_for,
    counts_for,
    customer_list,
    get_for,
    scope_of,
    visible_to,
)
from tests.cast import (
    NOW,
    a_colleague,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    a_unit,
    acting,
    an_agent,
)

pytestmark = pytest.mark.usefixtures("installation")


def test_a_row_is_listed_exactly_when_the_access_table_lets_the_actor_view_it() -> None:
    queue = a_queue()
    open_house, closed_house = a_customer(members_see_all=True), a_customer()
    main, branch = a_unit(open_house), a_unit(open_house)
    at_main, at_branch = (a_colleague(open_house, unit=one) for one in (main, branch))
    tickets = [
        a_ticket(open_house, queue=queue),
        a_ticket(at_main),
        a_ticket(at_branch),
        a_ticket(closed_house),
        a_ticket(a_colleague(closed_house), queue=queue),
    ]
    tickets[3].participants.add(a_colleague(closed_house).user)
    actors: list[Actor] = [
        ANONYMOUS,
        SYSTEM,
        open_house.actor,
        closed_house.actor,
        at_main.actor,
        at_branch.actor,
        a_colleague(open_house).actor,
        a_colleague(open_house, unit=main).actor,
        a_colleague(open_house, unit=main, is_admin=True).actor,
        a_colleague(closed_house).actor,
        a_colleague(closed_house, is_admin=True).actor,
        acting(an_agent()),
        acting(an_agent(queue)),
        *(
            acting(a_member_of_staff(role))
            for role in Role
            if role not in (Role.CONTACT, Role.ORG_ADMIN)
        ),
    ]
    seen = 0
    for actor, permission in product(actors, Permission):
        listed = set(visible_to(actor, permission).values_list("pk", flat=True))
        for ticket in tickets:
            allowed = can(actor, permission, scope_of(ticket))
            assert (ticket.pk in listed) == allowed, (actor, permission, ticket.pk)
            seen += allowed
    assert seen > 50, "a test in which nobody may see anything proves nothing"


def test_who_works_at_a_unit_reads_its_tickets_and_the_whole_companys() -> None:
    whole = a_customer(members_see_all=True)
    main, branch = a_unit(whole), a_unit(whole)
    at_main, at_branch = (a_colleague(whole, unit=one) for one in (main, branch))
    tickets = [a_ticket(whole), a_ticket(at_main), a_ticket(at_branch)]
    assert [ticket.unit for ticket in tickets] == [None, main, branch]
    reader = a_colleague(whole, unit=main)

    def seen(actor: Actor) -> list[bool]:
        rows = {row.id for row in customer_list(actor).rows}
        assert rows == set(visible_to(actor).values_list("pk", flat=True))
        assert counts_for(actor, now=NOW, timezone="America/Recife")[View.OPEN] == len(rows)
        return [ticket.pk in rows for ticket in tickets]

    assert seen(reader.actor) == [True, True, False]
    assert seen(whole.actor) == [True, True, True]
    assert seen(a_colleague(whole, unit=main, is_admin=True).actor) == [True, True, True]
    with pytest.raises(NotFound):
        get_for(reader.actor, tickets[2].number)
    tickets[2].participants.add(reader.user)
    assert seen(reader.actor) == [True, True, True]


def test_a_ticket_stays_where_it_was_opened_when_its_opener_goes_to_another_unit() -> None:
    whole = a_customer(members_see_all=True)
    main, branch = a_unit(whole), a_unit(whole)
    mover, reader = a_colleague(whole, unit=main), a_colleague(whole, unit=main)
    before = a_ticket(mover)
    people.set_unit(
        actor=SYSTEM,
        now=NOW,
        user_id=mover.user.pk,
        organisation_id=whole.organisation.pk,
        unit_id=branch.pk,
    )
    after = a_ticket(mover)
    before.refresh_from_db()
    assert (before.unit, after.unit) == (main, branch)
    assert set(visible_to(reader.actor)) == {before}
    assert set(visible_to(mover.actor)) == {before, after}
    assert mover.actor.units == {(whole.organisation.pk, branch.pk)}


def test_c1_a_number_opens_nothing_to_others_and_unknown_and_foreign_are_alike() -> None:
    customer, stranger = a_customer(), a_customer()
    ticket = a_ticket(customer)
    assert get_for(customer.actor, ticket.number).pk == ticket.pk
    for actor in (stranger.actor, ANONYMOUS):
        for number in (ticket.number, "0000000000", "", "x" * 400):
            with pytest.raises(NotFound):
                get_for(actor, number)


def test_m4_who_left_the_organisation_sees_nothing_of_it_from_then_on() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    assert visible_to(customer.actor).filter(pk=ticket.pk).exists()
    people.leave(actor=SYSTEM, now=NOW, user=customer.user, organisation=customer.organisation)
    assert not visible_to(customer.actor).filter(pk=ticket.pk).exists()


def test_b1_a_file_exists_only_for_those_who_may_read_its_message() -> None:
    customer, stranger = a_customer(), a_customer()
    agent = acting(an_agent())
    ticket = a_ticket(customer)
    sent = store(BytesIO(b"relatorio"), name="relatorio.txt", now=NOW)
    secret = store(b"interno", name="interno.txt", now=NOW)
    lost = store(b"sem dono", name="rascunho.txt", now=NOW)
    customer_message(
        actor=customer.actor, now=NOW, ticket_id=ticket.pk, body="Segue", key="a", files=[sent]
    )
    note(actor=agent, now=NOW, ticket_id=ticket.pk, body="Log", key="b", files=[secret])
    assert attachment_for(customer.actor, sent.pk).file_id == sent.pk
    assert attachment_for(agent, secret.pk).file_id == secret.pk
    refused = [
        (stranger.actor, sent),
        (ANONYMOUS, sent),
        (customer.actor, secret),
        (stranger.actor, secret),
        (customer.actor, lost),
        (agent, lost),
    ]
    for actor, file in refused:
        with pytest.raises(NotFound):
            attachment_for(actor, file.pk)
    assert Attachment.objects.filter(message__ticket=Ticket.objects.get(pk=ticket.pk)).count() == 2
