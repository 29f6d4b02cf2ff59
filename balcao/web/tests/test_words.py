import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from balcao.policy import reasons
from balcao.policy.book import Verdict
from balcao.policy.entitlement import Coverage
from balcao.policy.gate import Act, Decision, Door
from balcao.policy.lifecycle import State
from balcao.web import catalogues, words
from balcao.web.words import sales

# What a customer's screen never says (glossary).
UNSAID = re.compile(
    r"\b(tickets?|SLA|quarentena|política|violação|prezado|solicitante|favor|[SR]\d+)\b", re.I
)
NOW = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)


@pytest.fixture(autouse=True, params=["pt-br", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    catalogues.compile_all()
    with translation.override(request.param):
        yield request.param


def decision(
    reason: str, *, verdict: Verdict = Verdict.REFUSE, step: str = "none", since: date | None = None
) -> Decision:
    return Decision(
        verdict=verdict,
        act=Act.OPEN,
        door=Door.PORTAL,
        rules=("S5",),
        reason=reason,
        next_step=step,
        since=since,
        coverage=None,
        warnings=(),
        observed=(),
        policy_version=1,
        at=NOW,
    )


def test_every_state_has_a_word_and_an_icon_for_customer_and_staff() -> None:
    for state, staff in product(State, (True, False)):
        badge = words.state(state.value, staff=staff)
        assert badge.text
        assert badge.icon


def test_a_customer_reads_you_where_the_team_reads_customer(language: str) -> None:
    asked = words.state("waiting_customer", staff=False)
    watched = words.state("waiting_customer", staff=True)
    expected = ("Aguardando você", "Aguardando cliente")
    if language == "en":
        expected = ("Waiting for you", "Waiting for the customer")
    assert (asked.text, watched.text) == expected
    assert (asked.tone, watched.tone) == ("now", "paused")


def test_s30_the_place_in_the_queue_is_said(language: str) -> None:
    text = words.state("open", staff=False, place=3).text
    assert text == ("Aberto (3º da fila)" if language == "pt-br" else "Open (no. 3 in the queue)")


def test_every_state_stands_somewhere_on_the_rail() -> None:
    for state in State:
        assert len(words.rail(state.value)) == 4
    assert [step.stage for step in words.rail("waiting_customer")] == [
        "done",
        "done",
        "now",
        "ahead",
    ]


def test_a_step_that_was_never_taken_is_not_called_done() -> None:
    assert words.rail("resolved")[2].stage == "skipped"
    assert words.rail("resolved", asked=True)[2].stage == "done"


@pytest.mark.parametrize("reason", reasons.REASONS)
@pytest.mark.parametrize("since", [None, date(2026, 11, 3)])
def test_a_refusal_says_what_why_and_the_way_out_in_the_customers_words(
    reason: str, since: date | None
) -> None:
    situation = words.Situation(
        organisation="Padaria",
        product="Caixa",
        service="Outro assunto",
        number="4827193059",
        sender="ana@example.com",
        sales_phone="(81) 5550-0197",
    )
    for step, verdict in product(reasons.NEXT_STEPS, (Verdict.REFUSE, Verdict.ASK)):
        given = decision(reason, verdict=verdict, step=step, since=since)
        found = words.refusal(given, situation)
        texts = (found.title, found.why, found.way_out)
        assert all(texts)
        said = " ".join((*texts, found.since))
        assert "%(" not in said
        assert not UNSAID.search(said.replace("(81)", ""))
        assert bool(found.since) == (since is not None)


def test_a_refusal_with_nothing_known_is_still_a_whole_sentence() -> None:
    for reason in reasons.REASONS:
        found = words.refusal(decision(reason, step="renew"), words.Situation())
        assert "%(" not in found.title + found.why + found.way_out
        assert "  " not in found.title + found.why + found.way_out


def test_s05_an_expired_licence_names_the_product_and_the_date(language: str) -> None:
    given = decision("licence_expired", step="renew", since=date(2026, 11, 3))
    found = words.refusal(given, words.Situation(product="Caixa", sales_phone="(81) 5550-0197"))
    assert "Caixa" in found.why
    assert ("03/11/2026" if language == "pt-br" else "3 Nov 2026") in found.why
    assert "(81) 5550-0197" in found.way_out


def test_s05_an_expired_licence_of_an_unknown_product_names_none(language: str) -> None:
    given = decision("licence_expired", step="renew", since=date(2026, 11, 3))
    found = words.refusal(given, words.Situation())
    began = (
        "Sua licença venceu em 03/11/2026," if language == "pt-br" else "Your licence expired on"
    )
    assert found.why.startswith(began)


def test_a_day_to_pay_that_is_over_is_told_as_over(language: str) -> None:
    day = date(2026, 11, 24)
    before, after = ("vence em", "venceu em") if language == "pt-br" else ("due on", "was due on")
    assert sales.due(day, today=day).startswith(before)
    assert sales.due(day, today=date(2026, 11, 25)).startswith(after)
    assert sales.due(None, today=day) == ""


def test_s36_asking_sales_is_not_called_a_refusal() -> None:
    situation = words.Situation(service="Relatório")
    asked = words.refusal(decision("service_not_covered", verdict=Verdict.ASK), situation)
    refused = words.refusal(decision("service_not_covered"), situation)
    assert asked.asks
    assert not refused.asks
    assert asked.why != refused.why


def test_a_sentence_about_an_unknown_service_begins_with_a_capital(language: str) -> None:
    found = words.refusal(decision("service_not_covered"), words.Situation())
    assert found.title[0].isupper()
    assert found.why[0].isupper()


def test_s27_a_closed_desk_says_when_it_is_back(language: str) -> None:
    back = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    closed = replace(decision("closed_hours", step="write"), back_at=back)
    with timezone.override(ZoneInfo("America/Recife")):
        found = words.refusal(closed, words.Situation())
    assert ("voltamos amanhã às 08:00" if language == "pt-br" else "back tomorrow at 08:00") in (
        found.why
    )
    assert "08:00" not in words.refusal(decision("closed_hours"), words.Situation()).why


def test_every_code_of_the_policy_has_staff_words() -> None:
    assert all(words.reason(code) for code in reasons.REASONS)
    assert all(words.next_step(code) for code in reasons.NEXT_STEPS if code != "none")
    assert all(words.door(door.value).text for door in Door)
    assert words.rule("S22") != "S22"
    assert words.rule("S99") == "S99"


def test_the_coverage_bar_says_what_covers_and_until_when(language: str) -> None:
    found = Coverage(
        kind="saas",
        contract=None,
        licence=None,
        covered=True,
        until=date(2026, 12, 31),
        reason=None,
        since=None,
        findings=(),
    )
    bar = words.coverage(found, product="Caixa")
    assert (bar.tone, "Caixa" in bar.what) == ("ok", True)
    assert bar.until == ("até 31/12/2026" if language == "pt-br" else "until 31 Dec 2026")


def test_the_coverage_bar_of_what_lapsed_says_when_it_ended(language: str) -> None:
    found = Coverage(
        kind=None,
        contract=None,
        licence=None,
        covered=False,
        until=None,
        reason="contract_ended",
        since=date(2026, 11, 3),
        findings=(),
    )
    bar = words.coverage(found)
    assert bar.tone == "no"
    assert bar.until == ("Terminou em 03/11/2026" if language == "pt-br" else "Ended on 3 Nov 2026")
    assert not UNSAID.search(f"{bar.word} {bar.what} {bar.until}")
