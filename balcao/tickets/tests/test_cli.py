"""`balcao ticket open` and `balcao ticket show`."""

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from balcao.files.actions import store
from balcao.people.actions import deactivate, join
from balcao.policy.access import SYSTEM
from balcao.tickets.actions import customer_message, note
from balcao.tickets.models import Decision, Draft, Ticket
from tests import cast

pytestmark = pytest.mark.django_db

LONG_AGO = date(2025, 1, 31)


@pytest.fixture(autouse=True)
def _installed(db: None) -> None:
    cast.an_installation()


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("ticket", *arguments, stdout=out)
    return out.getvalue()


def arguments_for(customer: cast.Customer, **changes: str) -> list[str]:
    values = {
        "as": customer.user.code,
        "service": "incident",
        "subject": "Coletor parado",
        "body": "Desde as 8h nada aparece.",
        **({"licence": customer.licence.key} if customer.licence else {}),
        **changes,
    }
    return ["open", *(f"--{name}={value}" for name, value in values.items())]


def open_as(customer: cast.Customer, **changes: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments_for(customer, **changes), "--json"))
    return found


def refused(*arguments: str) -> tuple[int, str, dict[str, Any]]:
    """Exit code, words and decision of a command that must not succeed."""
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("ticket", *arguments, stdout=out)
    text = out.getvalue()
    return caught.value.returncode, str(caught.value), json.loads(text) if text else {}


def a_covered_customer(**changes: Any) -> cast.Customer:
    later = timezone.now().date() + cast.YEAR
    return cast.a_customer(**{"contract_ends": later, "licence_until": later, **changes})


def test_s11_a_ticket_opened_by_command_has_number_deadlines_and_message() -> None:
    customer = a_covered_customer()
    found = open_as(customer)
    ticket = Ticket.objects.get(number=found["number"])
    assert ticket.opener == customer.user
    assert ticket.licence == customer.licence
    assert found["state"] == "open"
    assert found["deadlines"]["start"]["due"] is not None
    assert found["deadlines"]["resolution"]["chip"] == "ok"
    assert [message["body"] for message in found["messages"]] == ["Desde as 8h nada aparece."]
    assert Decision.objects.get(ticket=ticket).verdict == "allow"


def test_the_same_key_is_the_same_ticket() -> None:
    customer = a_covered_customer()
    first = open_as(customer, key="nightly-1")
    assert open_as(customer, key="nightly-1")["number"] == first["number"]
    assert open_as(customer, key="nightly-2")["number"] != first["number"]


def test_a_code_is_taken_as_people_type_it_and_a_service_by_its_name() -> None:
    customer = a_covered_customer()
    typed = f" {customer.user.code[:4].lower()} {customer.user.code[4:]} "
    assert open_as(customer, **{"as": typed, "service": "dúvida de uso"})["service"] == "question"


def test_s05_an_expired_licence_is_refused_with_the_decision_and_a_draft() -> None:
    customer = a_covered_customer(licence_until=LONG_AGO)
    code, words, decision = refused(*arguments_for(customer), "--json")
    assert code == 1
    assert "31/01/2025" in words
    assert decision["verdict"] == "refuse"
    assert decision["reason"] == "licence_expired"
    assert decision["rules"] == ["S5"]
    assert decision["next_step"] == "renew"
    assert decision["since"] == "2025-01-31"
    assert Draft.objects.get(owner=customer.user).key == decision["draft"]
    assert not Ticket.objects.filter(opener=customer.user).exists()


def test_s05_a_refusal_without_json_prints_words_alone() -> None:
    customer = a_covered_customer(with_contract=False, with_licence=False)
    code, words, decision = refused(*arguments_for(customer))
    assert code == 1
    assert customer.organisation.name in words
    assert decision == {}


def test_s03_nobody_but_a_registered_contact_opens() -> None:
    customer = a_covered_customer()
    agent = cast.an_agent()
    for code in ("NOBODY22", agent.code):
        answer = refused(*arguments_for(customer, **{"as": code}), "--json")
        assert answer[0] == 1
        assert answer[2]["rules"] == ["S3"]
        assert answer[2]["reason"] == "not_registered"
    deactivate(actor=SYSTEM, now=timezone.now(), user=customer.user)
    assert refused(*arguments_for(customer), "--json")[2]["rules"] == ["S3"]


def test_b5_a_foreign_licence_is_not_there() -> None:
    mine, other = a_covered_customer(), a_covered_customer()
    assert other.licence is not None
    code, words, _ = refused(*arguments_for(mine, licence=other.licence.key))
    unknown = refused(*arguments_for(mine, licence="NO-SUCH-KEY"))
    assert code == 2
    assert words.replace(other.licence.key, "") == unknown[1].replace("NO-SUCH-KEY", "")


def test_whoever_acts_for_two_companies_says_which_by_the_licence() -> None:
    customer, second = a_covered_customer(), a_covered_customer()
    join(
        actor=SYSTEM,
        now=timezone.now(),
        user=customer.user,
        organisation=second.organisation,
    )
    without = [part for part in arguments_for(customer) if not part.startswith("--licence")]
    assert refused(*without)[0] == 2
    assert second.licence is not None
    found = open_as(customer, licence=second.licence.key)
    assert found["organisation"] == second.organisation.name


@pytest.mark.parametrize(
    "changes",
    [{"service": "no-such"}, {"subject": " "}, {"body": ""}, {"subject": "x" * 201}],
    ids=["service", "no subject", "no text", "long subject"],
)
def test_what_cannot_be_read_is_wrong_usage(changes: dict[str, str]) -> None:
    customer = a_covered_customer()
    assert refused(*arguments_for(customer, **changes))[0] == 2
    assert open_as(customer)["state"] == "open"


def test_the_text_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Uma linha.\n\nOutra linha.\n"))
    found = open_as(a_covered_customer(), body="-")
    assert found["messages"][0]["body"] == "Uma linha.\n\nOutra linha."


def test_show_tells_the_operator_everything() -> None:
    customer = a_covered_customer()
    number = open_as(customer)["number"]
    ticket = Ticket.objects.get(number=number)
    agent, now = cast.an_agent(), timezone.now()
    cast.an_answer(ticket, agent, now=now)
    note(actor=cast.acting(agent), now=now, ticket_id=ticket.pk, body="Ver cabo.", key="n")
    log = store(b"erro 217\n", name="coletor.log", now=now)
    customer_message(
        actor=customer.actor,
        now=now + timedelta(seconds=1),
        ticket_id=ticket.pk,
        body="Segue o log.",
        key="m",
        files=[log],
    )
    spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
    found = json.loads(run("show", spaced, "--json"))
    assert found["state"] == "in_service"
    assert found["assignee"] == agent.name
    assert found["position"] is None
    assert found["deadlines"]["start"]["chip"] == "met"
    assert [row["kind"] for row in found["messages"]] == ["customer", "reply", "note", "customer"]
    assert found["messages"][-1]["files"] == [
        {"id": str(log.pk), "name": "coletor.log", "size": 9, "content_type": "text/plain"}
    ]
    assert found["events"][0]["verb"] == "ticket.opened"
    text = run("show", number)
    assert "Ver cabo." in text
    assert "[coletor.log]" in text


@pytest.mark.parametrize("number", ["4827193059", "1234567890", "nonsense", ""])
def test_show_of_no_ticket_is_wrong_usage(number: str) -> None:
    assert refused("show", number)[0] == 2
