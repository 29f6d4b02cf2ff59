"""Which mails a program wrote: by their headers, and by words that agree."""

import pytest

from balcao.lib.mail import headers
from balcao.lib.mail.machine import Kind, Machine, machine_of

SURE = [
    ("Auto-Submitted: auto-replied", Kind.REPLY),
    ("Auto-Submitted: auto-replied (vacation)", Kind.REPLY),
    ("auto-submitted: Auto-Generated", Kind.OTHER),
    ("Precedence: bulk", Kind.OTHER),
    ("Precedence: list", Kind.LIST),
    ("Precedence: auto_reply", Kind.REPLY),
    ("Return-Path: <>", Kind.OTHER),
    ("Return-Path: <>\nAuto-Submitted: auto-replied", Kind.REPLY),
    ("Return-Path: <>\nFrom: Mail Delivery Subsystem <mailer-daemon@x.example>", Kind.BOUNCE),
    ("From: MAILER-DAEMON@x.example", Kind.BOUNCE),
    ("From: postmaster@x.example (Postmaster)", Kind.BOUNCE),
    ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", Kind.BOUNCE),
    ('Content-Type: multipart/report;\n report-type="disposition-notification"', Kind.RECEIPT),
    ("Content-Type: multipart/report; report-type=feedback-report", Kind.REPORT),
    ("Content-Type: multipart/report; report-type=tlsrpt", Kind.OTHER),
    ("Content-Type: multipart/report; boundary=b", Kind.BOUNCE),
    ("Content-Type: message/disposition-notification", Kind.RECEIPT),
    ("Content-Type: message/delivery-status", Kind.BOUNCE),
    ("X-Autoreply: yes", Kind.REPLY),
    ("X-Failed-Recipients: a@b.c", Kind.BOUNCE),
    ("X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent", Kind.REPLY),
    ("List-Id: <a.b>", Kind.LIST),
    ("List-Post: <mailto:a@b.c>\nPrecedence: bulk", Kind.LIST),
    ("\n".join(f"Received: from a{n} by b{n}" for n in range(60)), Kind.LOOP),
]

OUT_OF_OFFICE = [
    ("Resposta automática: férias", "Estou de férias até 30/11. Em caso de urgência, ligue."),
    ("Resposta Automatica: Re: Chamado", "Encontro-me ausente e retornarei dia 5."),
    ("Ausência temporária", "Estarei ausente até segunda-feira, sem acesso ao e-mail."),
    ("Fora do escritório até segunda", "Estou fora do escritório. Voltarei dia 16."),
    ("Em férias", "Estarei de férias de 1 a 20. Na minha ausência, procure o Bruno."),
    ("Aviso de férias", "Retorno ao trabalho em 1º de dezembro."),
    ("Férias coletivas", "Estamos em recesso até 6 de janeiro."),
    ("[Resposta automática] Contato", "Este é um e-mail automático, não responda a esta mensagem."),
    ("Recebemos seu e-mail", "Recebemos sua solicitação e responderemos em breve."),
    ("Confirmação de recebimento", "Mensagem gerada automaticamente."),
    ("Licença-maternidade", "Estou em licença até maio; fale com Carla."),
    ("Automatic reply: Re: x", "I am currently out of the office."),
    ("Out of Office", "I will be back on Monday with limited access to e-mail."),
    ("Respuesta automática: x", "Estoy fuera de la oficina hasta el lunes."),
]
RETURNED = [
    ("Undeliverable: x", "Your message couldn't be delivered.\n550 5.1.1 user unknown"),
    ("Undelivered Mail Returned to Sender", "This is the mail system at host mx.example."),
    ("failure notice", "Hi. This is the qmail-send program at mx.example."),
    ("Mail delivery failed: returning message to sender", "550 Mailbox unavailable"),
    ("Delivery Status Notification (Failure)", "Address not found"),
    ("Falha na entrega", "Não foi possível entregar a mensagem a ana@x.example."),
    ("Não entregue: Chamado", "Caixa postal cheia."),
    ("E-mail não entregue", "O endereço não existe: usuário desconhecido."),
    ("Mensagem devolvida", "Sua mensagem não pôde ser entregue: conta inexistente."),
    ("Aviso de falha na entrega", "552 5.2.2 Caixa postal excede a cota"),
    ("No se puede entregar: x", "Dirección no encontrada."),
]
PEOPLE = [
    "Auto-Submitted: no",
    "Precedence: first-class",
    "Return-Path: <ana@x.example>",
    "From: Ana <ana@x.example>",
    "From: Ana Postmaster <ana@x.example>",
    "Subject: Re: Chamado 482 719 3059: resposta automática não funciona",
    "Subject: Entrega de férias",
    "Subject: Ausência de ligações no relatório",
    "Subject: Licença vencida",
    "Subject: Erro no envio do relatório",
    "Subject: Falha no envio de faturas",
    "X-Auto-Response-Suppress: All",
    "Disposition-Notification-To: ana@x.example",
    "Content-Type: message/rfc822",
    "\n".join(f"Received: from a{n} by b{n}" for n in range(20)),
]


def judged(block: str, text: str = "oi") -> Machine | None:
    found = headers.fields(block.encode())
    return machine_of(found, headers.decode(headers.first(found, "subject")), text)


@pytest.mark.parametrize(("block", "kind"), SURE)
def test_e1_headers_say_that_a_program_wrote_it(block: str, kind: Kind) -> None:
    assert judged(block) == Machine(kind, sure=True)


@pytest.mark.parametrize(("subject", "text"), OUT_OF_OFFICE)
def test_e1_words_in_three_languages_that_agree_with_the_text(subject: str, text: str) -> None:
    assert judged(f"Subject: {subject}", text) == Machine(Kind.REPLY, sure=True)


@pytest.mark.parametrize(("subject", "text"), RETURNED)
def test_e2_a_bounce_without_its_headers_is_known_by_its_words(subject: str, text: str) -> None:
    assert judged(f"Subject: {subject}", text) == Machine(Kind.BOUNCE, sure=True)


@pytest.mark.parametrize("begin", ["Mensagem automática", "Estou de férias", "Falha na entrega"])
def test_e1_a_subject_alone_is_never_sure(begin: str) -> None:
    found = judged(f"Subject: {begin}", "A nota 512 saiu em branco. O que fazemos?")
    assert found is not None
    assert not found.sure


def test_e1_who_answers_an_automatic_mail_is_looked_at_by_a_person() -> None:
    found = judged("Subject: Re: Resposta automática: oi", "Ok.\n> Estou de férias até dia 5.")
    assert found == Machine(Kind.REPLY, sure=False)


@pytest.mark.parametrize("field", PEOPLE)
def test_e1_a_persons_mail_is_not_taken_for_automatic(field: str) -> None:
    assert judged(field, "Estou fora amanhã; podemos falar hoje? 550 5.1.1") is None
