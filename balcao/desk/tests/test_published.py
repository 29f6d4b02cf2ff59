"""Avisos and Opiniões: what is published to customers, and what they say."""

import secrets
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balcao.desk.tests.desk import at, text_of
from balcao.knowledge import actions
from balcao.knowledge.models import Feedback, Notice
from balcao.policy.access import ANONYMOUS, Role
from tests.cast import NOW, a_member_of_staff, a_supervisor, signed_in
from tests.notices import a_notice

pytestmark = pytest.mark.usefixtures("installation")


def form(**changes: str) -> dict[str, str]:
    return {
        "key": secrets.token_hex(16),
        "level": "outage",
        "title": "Portal fora do ar",
        "body": "Já estamos vendo.",
        "starts_at": "",
        "ends_at": "",
    } | changes


def post(client: Client, name: str, data: dict[str, str], *args: int) -> Any:
    with at(NOW):
        return client.post(reverse(name, args=args), data)


def get(client: Client, name: str, *args: int) -> Any:
    with at(NOW):
        return client.get(reverse(name, args=args))


def an_opinion(comment: str = "Faltou o horário", *, helpful: bool = False) -> Feedback:
    return actions.leave_feedback(
        actor=ANONYMOUS,
        now=NOW,
        page="policy",
        policy_version=1,
        helpful=helpful,
        comment=comment,
        key=secrets.token_hex(16),
        machine=secrets.token_hex(4),
    )


def test_a_supervisor_puts_a_notice_up_looks_first_changes_it_and_ends_it() -> None:
    client = signed_in(a_supervisor())
    look = post(client, "desk_notice_new", form(act="look", body="Já estamos <b>vendo</b>."))
    assert "Interrupção: Portal fora do ar Já estamos <b>vendo</b>." in text_of(look)
    assert not Notice.objects.exists()
    assert post(client, "desk_notice_new", form(ends_at="2026-11-13T18:00")).status_code == 302
    row = Notice.objects.get()
    assert (row.starts_at, row.ends_at) == (NOW, NOW + timedelta(hours=6))
    assert 'value="2026-11-13T18:00"' in get(client, "desk_notice", row.pk).content.decode()
    data = form(title="Portal lento", ends_at="", seen=row.changed_at.isoformat())
    assert post(client, "desk_notice", data, row.pk).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.ends_at) == ("Portal lento", None)
    assert "Portal lento" in text_of(get(client, "desk_notices"))
    assert post(client, "desk_notice_end", {}, row.pk).status_code == 302
    row.refresh_from_db()
    assert row.ends_at == NOW


def test_a_notice_that_ends_before_it_begins_is_told_and_what_was_typed_stays() -> None:
    client = signed_in(a_supervisor())
    answer = post(client, "desk_notice_new", form(ends_at="2026-11-13T11:00"))
    assert answer.status_code == 409
    assert "Já estamos vendo." in answer.content.decode()
    assert post(client, "desk_notice_new", form(title="")).status_code == 422
    assert not Notice.objects.exists()


@pytest.mark.parametrize("seen", ["2026-11-13T14:00:00+00:00", "", "ontem", "2026-11-13T14:00:00"])
def test_whoever_changes_a_notice_of_before_is_shown_how_it_stands_and_may_insist(
    seen: str,
) -> None:
    row, client = a_notice(title="De agora"), signed_in(a_supervisor())
    answer = post(client, "desk_notice", form(title="De antes", seen=seen), row.pk)
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "De agora" in said
    assert 'value="De antes"' in said
    again = form(title="De antes", seen=row.changed_at.isoformat())
    assert post(client, "desk_notice", again, row.pk).status_code == 302


def test_s45_opinions_are_read_by_those_who_keep_them_and_seen_by_the_auditor() -> None:
    row = an_opinion("Onde fica o <script>?")
    an_opinion("", helpful=True)
    keeper, auditor = signed_in(a_supervisor()), signed_in(a_member_of_staff(Role.AUDITOR))
    for client, may_mark in ((keeper, True), (auditor, False)):
        answer = get(client, "desk_feedback")
        assert "Onde fica o <script>?" in text_of(answer)
        assert "Onde fica o <script>?" not in answer.content.decode()
        assert "50 %" in text_of(answer)
        assert (reverse("desk_feedback_read", args=[row.pk]) in answer.content.decode()) is may_mark
    assert post(auditor, "desk_feedback_read", {}, row.pk).status_code == 403
    assert post(keeper, "desk_feedback_read", {}, row.pk).status_code == 302
    assert "Onde fica" not in text_of(get(keeper, "desk_feedback"))
    with at(NOW):
        everything = keeper.get(reverse("desk_feedback") + "?todas")
    assert "Onde fica" in text_of(everything)


def test_comments_stand_on_pages() -> None:
    for number in range(35):
        an_opinion(f"comentário {number:02d}")
    client = signed_in(a_supervisor())
    body = get(client, "desk_feedback").content.decode()
    assert "comentário 34" in body
    assert "comentário 04" not in body
    older = body.partition('href="?antes=')[2].partition('"')[0]
    with at(NOW):
        answer = client.get(reverse("desk_feedback") + f"?antes={older}")
    assert "comentário 04" in answer.content.decode()


@pytest.mark.parametrize("name", ["desk_notices", "desk_feedback"])
def test_the_lists_cost_few_statements(name: str, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        a_notice(title=f"aviso {number}")
        an_opinion(f"comentário {number}")
    client = signed_in(a_supervisor())
    with django_assert_max_num_queries(8):
        get(client, name)
