"""Mails put together byte by byte, as programs send them."""

import base64
import quopri
from dataclasses import dataclass
from html import escape

SAID = "Bom dia,\n\nO erro continua: a nota fiscal não é emitida. Segue a tela."
ASKED = "Olá, Conceição.\nA emissão ainda falha depois da atualização?"
DESK = "suporte@desk.example"
SUBJECT = "Re: Chamado 482 719 3059: emissão de nota"
WHO = "Conceição Araújo"
FROM = "conceicao@cliente.example"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail and what is to be read in it. ``quoted``: words of the folded part, if any."""

    raw: bytes
    said: str = SAID
    quoted: str = ""
    subject: str = SUBJECT
    display: str = WHO
    address: str = FROM
    files: tuple[str, ...] = ()
    html: str = ""
    machine: str = ""


def word(text: str, charset: str = "utf-8", encoding: str = "b") -> str:
    """A header's words as they are sent."""
    data = text.encode(charset)
    if encoding == "b":
        return f"=?{charset}?B?{base64.b64encode(data).decode()}?="
    body = "".join(
        chr(byte) if chr(byte).isascii() and chr(byte).isalnum() else "_" if byte == 32
        else f"={byte:02X}" for byte in data
    )  # fmt: skip
    return f"=?{charset}?Q?{body}?="


def part(text: str, kind: str, charset: str = "utf-8", transfer: str = "8bit") -> bytes:
    """A text as the body or a part of a mail, its fields above it."""
    data = text.replace("\n", "\r\n").encode(charset)
    if transfer == "base64":
        data = base64.encodebytes(data).replace(b"\n", b"\r\n")
    elif transfer == "quoted-printable":
        data = quopri.encodestring(text.encode(charset)).replace(b"\n", b"\r\n")
    head = f"Content-Type: {kind}; charset={charset}\r\nContent-Transfer-Encoding: {transfer}"
    return head.encode() + b"\r\n\r\n" + data


def file(name: str, content: bytes, kind: str = "application/octet-stream", *more: str) -> bytes:
    """A file as a part; ``name`` is the parameter as the program writes it."""
    head = [f"Content-Type: {kind}", *more, f"Content-Disposition: attachment; {name}"]
    head.append("Content-Transfer-Encoding: base64")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + base64.encodebytes(content)


def several(kind: str, *parts: bytes, more: str = "") -> bytes:
    """Parts in one."""
    mark = f"----=_{kind}_{len(parts)}_{sum(map(len, parts)):x}"
    head = f'Content-Type: multipart/{kind}; boundary="{mark}"{more}\r\n\r\n'.encode()
    line = f"--{mark}".encode()
    return head + b"".join(line + b"\r\n" + one + b"\r\n" for one in parts) + line + b"--\r\n"


def mail(
    body: bytes,
    *fields: str,
    sender: str = f"{word(WHO)} <{FROM}>",
    subject: str = word(SUBJECT),
) -> bytes:
    """A whole mail."""
    lines = [
        f"From: {sender}",
        f"To: Suporte <{DESK}>",
        f"Subject: {subject}",
        "Date: Mon, 09 Nov 2026 10:32:11 -0300",
        "Message-ID: <CAF0a1b2c3@mail.cliente.example>",
        "MIME-Version: 1.0",
        *fields,
    ]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n" + body


def quote(text: str) -> str:
    """Marked line by line."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def paragraphs(text: str) -> str:
    """As Outlook writes them."""
    return "".join(
        f'<p class="MsoNormal">{escape(line, quote=False) or "<o:p>&nbsp;</o:p>"}</p>'
        for line in text.split("\n")
    )


def lines(text: str) -> str:
    """As Gmail and Apple write them."""
    return "".join(f"<div>{escape(one, quote=False) or '<br>'}</div>" for one in text.split("\n"))


TNEF = b"\x78\x9f\x3e\x22" + PNG

GMAIL = f"Em seg., 9 de nov. de 2026 às 10:12, Suporte <{DESK}> escreveu:"
GMAIL_WRAPPED = (
    f"Em seg., 9 de nov. de 2026 às 10:12, Suporte da Empresa Exemplo Ltda. <\n{DESK}> escreveu:"
)
OUTLOOK = (
    f"De: Suporte <{DESK}>\nEnviada em: segunda-feira, 9 de novembro de 2026 10:12\n"
    f"Para: {WHO} <{FROM}>\nAssunto: Chamado 482 719 3059: emissão de nota"
)
OUTLOOK_WEB = OUTLOOK.replace("Enviada em:", "Enviado:")
OUTLOOK_EN = (
    f"From: Suporte <{DESK}>\nSent: Monday, November 9, 2026 10:12 AM\nTo: {WHO} <{FROM}>\n"
    "Subject: Chamado 482 719 3059: emissão de nota"
)
OUTLOOK_BOLD = OUTLOOK.replace("De:", "*De:*").replace("Para:", "*Para:*")
GMAIL_EN = f"On Mon, Nov 9, 2026 at 10:12 AM Suporte <{DESK}> wrote:"
GMAIL_ES = f"El lun, 9 nov 2026 a las 10:12, Suporte (<{DESK}>) escribió:"
THUNDERBIRD = "Em 09/11/2026 10:12, Suporte escreveu:"
APPLE = f"Em 9 de nov. de 2026, à(s) 10:12, Suporte <{DESK}> escreveu:"
ROUNDCUBE = f"Em 2026-11-09 10:12, {DESK} escreveu:"
ZIMBRA = (
    f'De: "Suporte" <{DESK}>\nPara: "{WHO}" <{FROM}>\nEnviadas: Segunda-feira, 9 de novembro de'
    " 2026 10:12:00\nAssunto: Chamado 482 719 3059: emissão de nota"
)
YAHOO = f"Em segunda-feira, 9 de novembro de 2026 às 10:12:00 BRT, Suporte <{DESK}> escreveu:"
