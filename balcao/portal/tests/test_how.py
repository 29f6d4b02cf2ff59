"""Como funciona o suporte: the policy's page (S44), opinions on it (S45), notices over it."""

import secrets
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balcao.knowledge.actions import VOTES_A_DAY
from balcao.knowledge.models import Feedback
from balcao.portal.tests.helping import at, at_most, text_of, where
from tests.cast import (
    NOW,
    a_customer,
    a_document,
    a_policy_in_force,
    an_agent,
    signed_in,
)
from tests.notices import a_notice

pytestmark = pytest.mark.usefixtures("installation")
FACTS = "{company} {portal_url} {support_address} {support_phone} {sales_phone}"
MORE = "{start_hours} {resolution_hours} {business_hours} {oneoff_months}"


def page(client: Client | None = None) -> Any:
    with at():
        return (client or Client()).get(reverse("how"))


def vote(client: Client, **changes: str) -> Any:
    form = {"helpful": "yes", "comment": "", "key": secrets.token_hex(16)} | changes
    with at():
        return client.post(reverse("how_feedback"), form)


def an_english_reader() -> Client:
    client = Client()
    client.post(reverse("set_language"), {"language": "en"})
    return client


def test_s44_everybody_reads_the_four_paths_and_the_telephones_of_the_policy_in_force() -> None:
    policy = a_policy_in_force({"company.support_phone": "(81) 5550-0001", "sla.start_hours": 6})
    for client in (Client(), signed_in(a_customer().user), signed_in(an_agent())):
        said = text_of(page(client))
        for words in ("Como funciona nosso suporte", "Pelo portal", "Por e-mail", "avulso"):
            assert words in said
        assert "em até 6 horas" in said
        assert f"Versão {policy.version}, de 13/11/2026" in said
        assert 'href="tel:8155500001"' in page(client).content.decode()


def test_s15_one_number_serves_voice_and_whatsapp() -> None:
    company = a_document({})["company"]
    assert f"Telefone e WhatsApp {company['support_phone']}" in text_of(page())


def test_s44_the_page_is_read_in_the_readers_language_or_the_one_there_is() -> None:
    assert "Our deadlines" in text_of(page(an_english_reader()))
    a_policy_in_force({"page.en": ""})
    answer = page(an_english_reader())
    assert "Nossos prazos" in text_of(answer)
    assert '<article class="card article-text prose" lang="pt-BR">' in answer.content.decode()


def test_s44_without_a_text_the_shipped_one_is_shown() -> None:
    a_policy_in_force({"page": {}})
    assert "Como funciona nosso suporte" in text_of(page())


def test_g6_the_owners_text_is_never_markup() -> None:
    text = f"# <b>Ajuda</b>\n\n## <img src=x onerror=alert(1)>\n\n<script>1</script> {FACTS} {MORE}"
    a_policy_in_force({"page.pt": text})
    body = page().content.decode()
    assert "<h1>&lt;b&gt;Ajuda&lt;/b&gt;</h1>" in body
    for tag in ("<img src=x", "<script>1", "<b>Ajuda"):
        assert tag not in body


def test_the_contents_lead_to_the_headings() -> None:
    a_policy_in_force({"page.pt": f"# Ajuda\n\n## Pelo portal\n\n{FACTS}\n\n## ???\n\n{MORE}"})
    body = page().content.decode()
    for anchor in ("pelo-portal-1", "parte-3"):
        assert f'href="#{anchor}"' in body
        assert f'<h2 id="{anchor}">' in body


def test_s45_a_reader_votes_without_script_signed_in_or_not() -> None:
    customer = a_customer()
    for client, user in ((Client(), None), (signed_in(customer.user), customer.user.pk)):
        key = secrets.token_hex(16)
        for _ in range(2):
            vote(client, helpful="no", comment="Faltou o horário de sábado", key=key)
        answer = vote(client, key=key)
        row = Feedback.objects.get(key=f"policy:{key}")
        assert (row.helpful, row.user_id, row.policy_version) == (False, user, 1)
        with at():
            assert "Obrigado" in text_of(client.get(where(answer).partition("#")[0]))


def test_r33_the_vote_and_the_comment_may_be_switched_off_and_the_page_stays() -> None:
    assert "Esta página ajudou?" in text_of(page())
    a_policy_in_force({"kb.feedback": False})
    said = text_of(page())
    assert "Esta página ajudou?" not in said
    assert "Como funciona nosso suporte" in said
    before = Feedback.objects.count()
    late = vote(Client(), comment="Faltou o sábado")
    assert late.status_code == 409
    assert "Faltou o sábado" in text_of(late)
    assert Feedback.objects.count() == before
    a_policy_in_force({"kb.feedback": True})
    vote(Client())
    assert Feedback.objects.count() == before + 1


@pytest.mark.parametrize(
    "wrong", [{"helpful": "maybe"}, {"helpful": ""}, {"comment": "x" * 2001}, {"key": "curta"}]
)
def test_s45_a_vote_that_cannot_be_taken_loses_nothing(wrong: dict[str, str]) -> None:
    answer = vote(Client(), **{"comment": "Cadê o telefone?", **wrong})
    assert answer.status_code == 422
    assert (wrong.get("comment") or "Cadê o telefone?") in answer.content.decode()
    assert not Feedback.objects.exists()


def test_s45_one_address_leaves_some_votes_a_day_and_what_was_typed_stays() -> None:
    for _ in range(VOTES_A_DAY):
        assert vote(Client()).status_code == 302
    answer = vote(Client(), comment="Mais uma coisa")
    assert answer.status_code == 429
    assert "Mais uma coisa" in answer.content.decode()
    assert Feedback.objects.count() == VOTES_A_DAY


def test_an_outage_is_over_every_page_of_the_portal_the_door_and_the_policys_page() -> None:
    a_notice(title="WhatsApp <i>fora do ar</i>", body="Use o telefone.\n\nVoltamos às 17:00.")
    customer = signed_in(a_customer().user)
    for client, name in (
        (customer, "portal_home"),
        (customer, "tickets"),
        (customer, "ticket_new"),
        (customer, "account"),
        (Client(), "sign_in"),
        (Client(), "recover"),
        (Client(), "how"),
    ):
        with at():
            answer = client.get(reverse(name))
        assert "WhatsApp <i>fora do ar</i> Use o telefone. Voltamos às 17:00." in text_of(answer)
        assert "Atualizado hoje às 12:00." in text_of(answer), name
        assert 'role="alert"' in answer.content.decode()
    with at():
        assert "WhatsApp" not in text_of(signed_in(an_agent()).get(reverse("desk_queue")))


def test_a_notice_that_is_over_is_over_no_page() -> None:
    a_notice(title="Fora do ar", ends=NOW + timedelta(hours=1))
    with at(hours=1):
        assert "Fora do ar" not in text_of(Client().get(reverse("sign_in")))


def test_the_page_costs_few_statements() -> None:
    a_notice()
    page()
    with at_most(3):
        page()
