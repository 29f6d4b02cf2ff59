"""LEGIT-200: two hundred honest answers of one customer, as the programs of every day write them.

Eight programs, each in twenty-five ways: character sets, line ends, quotations in Portuguese,
edited subjects, names in raw Latin-1, long threads, signatures, mailing gateways, domains that
prove themselves by DMARC, DKIM or SPF alone, or by our token.
"""

import base64
import quopri
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from balcao.channels.tests.mails import OURS, about
from balcao.tickets.models import Ticket

EACH = 25


@dataclass(frozen=True, slots=True)
class Honest:
    """One answer: the bytes, and the words that must stand on the ticket."""

    raw: bytes
    words: str


@dataclass(frozen=True, slots=True)
class _Program:
    """How a program writes: its fields, its charset and encoding, the line before a quotation."""

    fields: tuple[str, ...]
    charset: str
    encoding: str
    quotes: str
    subject: str = "Re: {}"
    html: bool = False
    newline: str = "\r\n"


_OUTLOOK_BLOCK = (
    "De: Direction <suporte@direction.com.br>\nEnviado: sexta-feira, 13 de novembro de 2026 12:00\n"
    "Para: Ana Lima\nAssunto: Chamado\n\nVamos verificar agora."
)
PROGRAMS = {
    "outlook": _Program(
        ("X-Mailer: Microsoft Outlook 16.0", "Thread-Index: AdB1", "Content-Language: pt-br"),
        *("iso-8859-1", "quoted-printable", _OUTLOOK_BLOCK, "RES: {}"),
        html=True,
    ),
    "gmail": _Program(
        ("X-Gm-Message-State: AOJu0Y", "X-Received: by 2002:a05:6000"),
        *("utf-8", "quoted-printable"),
        "Em sex., 13 de nov. de 2026 às 12:00, Direction <suporte@direction.com.br>\nescreveu:\n\n"
        "> Vamos verificar agora.",
        html=True,
    ),
    "iphone": _Program(
        ("X-Mailer: iPhone Mail (22A3354)", "Mime-Version: 1.0 (1.0)"),
        *("utf-8", "quoted-printable"),
        "Enviado do meu iPhone\n\n> Em 13 de nov. de 2026, à(s) 12:00, Direction escreveu:\n>\n"
        "> Vamos verificar agora.",
    ),
    "thunderbird": _Program(
        ("User-Agent: Mozilla Thunderbird", "Content-Language: pt-BR"),
        *("utf-8", "8bit"),
        "Em 13/11/2026 12:00, Direction escreveu:\n> Vamos verificar agora.",
    ),
    "uol": _Program(
        ("X-Mailer: UOL Mail", "X-UOL-SMTP: 1", "X-Priority: 3"),
        *(
            "windows-1252",
            "8bit",
            "De: Direction\nEnviada em: 13/11/2026\n\nVamos verificar agora.",
        ),
        newline="\n",
    ),
    "locaweb": _Program(
        ("User-Agent: Roundcube Webmail/1.6", "X-LW-Filter: ok"),
        *("iso-8859-1", "8bit", "Em 2026-11-13 12:00, Direction escreveu:\n\n> Vamos verificar."),
    ),
    "owa": _Program(
        ("X-MS-Has-Attach:", "X-Originating-IP: [192.0.2.9]", "Accept-Language: pt-BR, en-US"),
        *("utf-8", "base64", f"________________________________\n{_OUTLOOK_BLOCK}", "RE: {}"),
        html=True,
    ),
    "zimbra": _Program(
        ("X-Mailer: Zimbra 8.8 (ZimbraWebClient)", "Thread-Topic: Chamado"),
        *("utf-8", "quoted-printable"),
        '----- Mensagem original -----\n> De: "Direction"\n> Vamos verificar agora.',
    ),
}
_SAID = (
    "Fiz o teste e a ligação continua sem aparecer no relatório.",
    "Segue a versão: 4.2.1. Não há mensagem de erro.",
    "Bom dia! O técnico pode acessar às 15h, está combinado.",
    "Já reiniciei o serviço; a fila não anda. É urgente para nós.",
    "Não funcionou. Veja o número 0800 no cadastro: está trocado.",
)


def honest(ticket: Ticket, address: str, mail_id: str) -> Iterator[Honest]:
    """All of them. ``mail_id``: our mail that they answer."""
    dice = random.Random(200)
    for name, program in PROGRAMS.items():
        for number in range(EACH):
            yield _mail(name, program, number, ticket, address, mail_id, dice)


def _mail(
    name: str,
    program: _Program,
    number: int,
    ticket: Ticket,
    address: str,
    mail_id: str,
    dice: random.Random,
) -> Honest:
    words = f"{_SAID[number % len(_SAID)]} ({name} {number})"
    local, _, domain = address.partition("@")
    proof, answers = _PROOFS[number % len(_PROOFS)](domain)
    subject = program.subject.format(about(ticket).removeprefix("Re: "))
    if answers and number % 3 == 0:
        subject = ("Dúvida nova", "Re:", "")[number % 9 // 3]
    references = [f"<{dice.randrange(10**12)}.x@mail.{domain}>" for _ in range(number * 3)]
    thread = [f"In-Reply-To: {mail_id}", f"References: {' '.join([*references[:50], mail_id])}"]
    lines = [
        *(["Return-Path: <" + address + ">"] if number % 2 else []),
        *([f"Authentication-Results: {OURS}; {proof}"] if proof else []),
        "Received: from mail by mx; Fri, 13 Nov 2026 14:00:00 -0300",
        *(["DKIM-Signature: v=1; a=rsa-sha256; d=x; s=s; h=from; bh=eA==; b=eA=="] * (number % 2)),
        f"From: {_NAMES[number % len(_NAMES)]}<{_cased(local, domain, number)}>",
        "To: Suporte Direction <suporte@direction.com.br>",
        *(["Cc: chefe@cliente.example"] if number % 5 == 0 else []),
        f"Subject: {subject}",
        f"Message-ID: <{name}.{number}.{dice.randrange(10**9)}@mail.{domain}>",
        *(thread if answers or number % 2 else []),
        "Date: Fri, 13 Nov 2026 14:00:00 -0300",
        "MIME-Version: 1.0",
        *program.fields,
    ]
    text = f"{words}\n\n{program.quotes}\n"
    head, body = _body(program, text, signed=number % 8 == 7)
    newline = "\n" if number % 6 == 5 else program.newline
    written = "\n".join([*lines, *head, "", ""]).encode("latin-1" if number % 4 == 1 else "utf-8")
    return Honest((written + body).replace(b"\n", newline.encode()), words)


_NAMES = (
    "Ana Lima ",
    '"Lima, Ana" ',
    "",
    "=?utf-8?q?Jo=C3=A3o_Concei=C3=A7=C3=A3o?= ",
    "João Ação ",
)


def _cased(local: str, domain: str, number: int) -> str:
    spellings = (f"{local}@{domain}", f"{local}@{domain.title()}", f"{local.upper()}@{domain}")
    return spellings[number % 7 % 3]


_PROOFS: tuple[Callable[[str], tuple[str, bool]], ...] = (
    lambda domain: (f"dmarc=pass (p=none dis=none) header.from={domain}", False),
    lambda domain: (f"dkim=pass header.d={domain} header.i=@{domain}; dmarc=none", False),
    lambda domain: (f"spf=pass smtp.mailfrom={domain}; dkim=none; dmarc=none", False),
    lambda domain: (f"dkim=pass (2048-bit key) header.d=mail.{domain}; spf=softfail", False),
    lambda domain: (f"spf=fail smtp.mailfrom=gateway.example; dkim=pass header.d={domain}", False),
    lambda domain: ("dmarc=none; spf=none; dkim=none", True),
    lambda domain: ("", True),
)


def _body(program: _Program, text: str, *, signed: bool) -> tuple[list[str], bytes]:
    """The fields that say how the body is written, and the body."""
    plain = (
        [f"Content-Type: text/plain; charset={program.charset}; format=flowed"]
        if program.encoding == "8bit" and not program.html
        else [f'Content-Type: text/plain; charset="{program.charset}"']
    )
    plain.append(f"Content-Transfer-Encoding: {program.encoding}")
    content = _encoded(text, program)
    if signed:
        signature = ["Content-Type: application/pkcs7-signature; name=smime.p7s"]
        return _multipart("signed", [(plain, content), (signature, b"MIIB")])
    if not program.html:
        return plain, content
    html = text.replace("<", "&lt;").replace("\n", "<br>\n")
    looks = [
        f'Content-Type: text/html; charset="{program.charset}"',
        f"Content-Transfer-Encoding: {program.encoding}",
    ]
    written = _encoded(f"<html><body><div>{html}</div></body></html>\n", program)
    return _multipart("alternative", [(plain, content), (looks, written)])


def _multipart(kind: str, parts: list[tuple[list[str], bytes]]) -> tuple[list[str], bytes]:
    body = b"".join(
        b"--limite\n" + "\n".join(head).encode() + b"\n\n" + content + b"\n"
        for head, content in parts
    )
    return [f"Content-Type: multipart/{kind}; boundary=limite"], body + b"--limite--\n"


def _encoded(text: str, program: _Program) -> bytes:
    data = text.encode(program.charset)
    if program.encoding == "base64":
        return base64.encodebytes(data)
    return quopri.encodestring(data) if program.encoding == "quoted-printable" else data
