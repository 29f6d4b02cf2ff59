"""Mails as the programs of Brazilian offices write them, all of them made here: what they hold, and
what somebody reading them should get. Nobody in them exists.
"""

from collections.abc import Iterator
from html import escape

from balcao.lib.mail.tests.writing import (
    APPLE,
    ASKED,
    DESK,
    FROM,
    GMAIL,
    GMAIL_EN,
    GMAIL_ES,
    GMAIL_WRAPPED,
    OUTLOOK,
    OUTLOOK_BOLD,
    OUTLOOK_EN,
    OUTLOOK_WEB,
    PNG,
    ROUNDCUBE,
    SAID,
    SUBJECT,
    THUNDERBIRD,
    TNEF,
    WHO,
    YAHOO,
    ZIMBRA,
    Letter,
    file,
    lines,
    mail,
    paragraphs,
    part,
    quote,
    several,
    word,
)

_PLAIN = {
    "gmail": f"{SAID}\n\n{GMAIL}\n\n{quote(ASKED)}",
    "gmail, wrapped": f"{SAID}\n\n{GMAIL_WRAPPED}\n\n{quote(ASKED)}",
    "outlook": f"{SAID}\n\n{OUTLOOK}\n\n{ASKED}",
    "outlook, with a line": f"{SAID}\n\n________________________________\n{OUTLOOK_WEB}\n\n{ASKED}",
    "outlook, in English": f"{SAID}\n\n{OUTLOOK_EN}\n\n{ASKED}",
    "outlook express": f"{SAID}\n\n----- Original Message -----\n{OUTLOOK_EN}\n\n{quote(ASKED)}",
    "outlook, original": f"{SAID}\n\n-----Mensagem original-----\n{OUTLOOK}\n\n{ASKED}",
    "outlook, in bold": f"{SAID}\n\n{OUTLOOK_BOLD}\n\n{ASKED}",
    "thunderbird": f"{SAID}\n\n{THUNDERBIRD}\n{quote(ASKED)}",
    "iphone": f"{SAID}\n\nEnviado do meu iPhone\n\n{quote(APPLE)}\n>\n{quote(ASKED)}",
    "apple mail": f"{SAID}\n\n{APPLE}\n\n{quote(ASKED)}",
    "uol": f"{SAID}\n\n{ROUNDCUBE}\n\n{quote(ASKED)}",
    "locaweb": f"{SAID}\n\n---\n{ROUNDCUBE}\n{quote(ASKED)}",
    "zimbra": f"{SAID}\n\n{ZIMBRA}\n\n{ASKED}",
    "yahoo": f"{SAID}\n\n{YAHOO}\n\n{ASKED}",
    "gmail, in English": f"{SAID}\n\n{GMAIL_EN}\n\n{quote(ASKED)}",
    "gmail, in Spanish": f"{SAID}\n\n{GMAIL_ES}\n\n{quote(ASKED)}",
    "samsung": f"{SAID}\n\n-------- Mensagem original --------\nDe: Suporte <{DESK}>\n"
    f"Data: 09/11/2026 10:12 (GMT-03:00)\nPara: {FROM}\nAssunto: Chamado\n\n{ASKED}",
}


def replies() -> Iterator[tuple[str, Letter]]:
    """Each program's answer as plain text, in the transfer encodings and charsets they use."""
    ways = (("utf-8", "8bit"), ("utf-8", "base64"), ("utf-8", "quoted-printable"),
            ("iso-8859-1", "quoted-printable"), ("windows-1252", "8bit"))  # fmt: skip
    for place, (name, text) in enumerate(_PLAIN.items()):
        charset, transfer = ways[place % len(ways)]
        iphone = "\n\nEnviado do meu iPhone" if name == "iphone" else ""
        yield (
            f"{name}, {charset} {transfer}",
            Letter(
                mail(part(text, "text/plain", charset, transfer)),
                said=SAID + iphone,
                quoted="A emissão ainda falha",
            ),
        )


def laid_out() -> Iterator[tuple[str, Letter]]:
    """Answers in HTML, alone and beside plain text."""
    gmail = (
        f'<div dir="ltr">{lines(SAID)}</div><br><div class="gmail_quote"><div dir="ltr"'
        f' class="gmail_attr">{escape(GMAIL)}<br></div><blockquote class="gmail_quote"'
        f' style="margin:0 0 0 .8ex">{lines(ASKED)}</blockquote></div>'
    )
    head = OUTLOOK.split("\n")
    outlook = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}'
        f'</style></head><body lang="PT-BR"><div class="WordSection1">{paragraphs(SAID)}'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal">'
        + "<br>".join(
            f"<b>{escape(one.partition(':')[0])}:</b>{escape(one.partition(':')[2])}"
            for one in head
        )
        + f"</p></div>{paragraphs(ASKED)}</div></body></html>"
    )
    apple = (
        f'<html><body>{lines(SAID)}<br><div><blockquote type="cite"><div>{escape(APPLE)}</div>'
        f"{lines(ASKED)}</blockquote></div></body></html>"
    )
    thunderbird = (
        f'<html><body><p>{SAID.replace(chr(10), "<br>")}</p><div class="moz-cite-prefix">'
        f'{THUNDERBIRD}<br></div><blockquote type="cite">{lines(ASKED)}</blockquote></body></html>'
    )
    locaweb = (
        f'<div style="font-size:10pt;font-family:Verdana">{lines(SAID)}<p>{ROUNDCUBE}</p>'
        f'<blockquote type="cite" style="padding:0 0.4em">{lines(ASKED)}</blockquote></div>'
    )
    pages = {"gmail": gmail, "outlook": outlook, "apple": apple, "thunderbird": thunderbird,
             "locaweb": locaweb}  # fmt: skip
    for name, page in pages.items():
        charset, transfer = (
            ("windows-1252", "quoted-printable") if name == "outlook" else ("utf-8", "base64")
        )
        yield (
            f"{name}, HTML only",
            Letter(
                mail(part(page, "text/html", charset, transfer)),
                quoted="A emissão ainda falha",
                html="nota fiscal não é emitida",
            ),
        )
        plain = _PLAIN.get(name, _PLAIN["apple mail"])
        yield f"{name}, both", Letter(
            mail(several("alternative", part(plain, "text/plain", "utf-8", "quoted-printable"),
                         part(page, "text/html", charset, transfer))),
            quoted="A emissão ainda falha",
            html="nota fiscal não é emitida",
        )  # fmt: skip


def with_files() -> Iterator[tuple[str, Letter]]:
    """Files and pictures as each program names them."""
    text = part(SAID, "text/plain")
    names = {
        "plain": ('filename="tela.png"', "tela.png"),
        "RFC 2231": ("filename*=utf-8''emiss%C3%A3o%20da%20nota.png", "emissão da nota.png"),
        "RFC 2231 in pieces": (
            "filename*0*=iso-8859-1''relat%F3rio%20;\r\n filename*1*=de%20emiss%E3o.png",
            "relatório de emissão.png",
        ),
        "encoded word": (f'filename="{word("emissão.png", "iso-8859-1", "q")}"', "emissão.png"),
        "raw bytes": ('filename="emiss\udce3o.png"', "emissão.png"),
        "a path": (r'filename="C:\\Notas\\emissão.png"', "emissão.png"),
        "a hidden turn": (f'filename="{word(chr(0x202E) + "gnp.nota.exe")}"', "gnp.nota.exe"),
        "no name": ("x=y", "1.png"),
    }
    for name, (written, seen) in names.items():
        attached = file("@", PNG, "image/png").replace(
            b"@", written.encode("utf-8", "surrogateescape")
        )
        yield f"a file: {name}", Letter(mail(several("mixed", text, attached)), files=(seen,))
    named = "Content-ID: <image001.png@01DC>"
    shown = file("filename=image001.png", PNG, "image/png", named).replace(b"attachment", b"inline")
    page = part('<p>Segue:</p><img src="cid:image001.png@01DC" alt="tela">', "text/html")
    yield (
        "outlook, a picture in the text",
        Letter(
            mail(several("related", several("alternative", text, page), shown)),
            files=("image001.png",),
            html='src="cid:image001.png@01DC"',
        ),
    )
    yield "iphone, a picture between two texts", Letter(
        mail(several("mixed", part("Veja:", "text/plain"), shown,
                     part("Enviado do meu iPhone", "text/plain"))),
        said="Veja:\n\nEnviado do meu iPhone",
        files=("image001.png",),
    )  # fmt: skip


def sealed() -> Iterator[tuple[str, Letter]]:
    """What is kept as a file and not opened: other formats, mails in mails, signatures."""
    text = part(SAID, "text/plain")
    yield "a winmail.dat", Letter(
        mail(several("mixed", text,
                     file('filename="winmail.dat"', TNEF, "application/ms-tnef"))),
        files=("winmail.dat",),
    )  # fmt: skip
    inner = mail(part("A nota não sai.", "text/plain"), subject="Problema")
    nested = b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + inner
    yield "a mail as a file", Letter(mail(several("mixed", text, nested)), files=("1.eml",))
    invitation = part(
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR", "text/calendar; method=REQUEST"
    )
    yield "an invitation", Letter(mail(several("alternative", text, invitation)), files=("1.ics",))
    yield "signed, S/MIME", Letter(
        mail(several("signed", text,
                     file('filename="smime.p7s"', PNG, "application/pkcs7-signature"),
                     more='; protocol="application/pkcs7-signature"; micalg=sha-256')),
        files=("smime.p7s",),
    )  # fmt: skip
    yield (
        "signed, PGP",
        Letter(
            mail(
                several(
                    "signed",
                    text,
                    file('filename="assinatura.asc"', PNG, "application/pgp-signature"),
                )
            ),
            files=("assinatura.asc",),
        ),
    )


def closed() -> Iterator[tuple[str, Letter]]:
    """What nobody here can read, or what is elsewhere."""
    text = part(SAID, "text/plain")
    yield (
        "encrypted, S/MIME",
        Letter(
            mail(
                file(
                    'filename="smime.p7m"', PNG, "application/pkcs7-mime; smime-type=enveloped-data"
                )
            ),
            said="",
            files=("smime.p7m",),
        ),
    )
    yield "encrypted, PGP", Letter(
        mail(several("encrypted", file("x=y", b"Version: 1", "application/pgp-encrypted"),
                     file('filename="encrypted.asc"', PNG))),
        said="",
        files=("1.asc", "encrypted.asc"),
    )  # fmt: skip
    elsewhere = (
        b'Content-Type: message/external-body; access-type=url; URL="https://x.example/a"\r\n\r\n'
        b"Content-Type: application/pdf\r\n\r\n"
    )
    yield "a body elsewhere", Letter(mail(several("mixed", text, elsewhere)), files=("1.bin",))
    piece = b'Content-Type: message/partial; id="a@x"; number=1; total=2\r\n\r\nSubject: x\r\n\r\nx'
    yield "a piece of a mail", Letter(mail(piece), said="", files=("1.bin",))


def oddities() -> Iterator[tuple[str, Letter]]:
    """Names and fields as they come."""
    text = part(SAID, "text/plain")
    clear = WHO.encode("cp1252").decode("ascii", "surrogateescape")
    senders = {
        "windows-1252 in the clear": f"{clear} <{FROM}>",
        "UTF-8 in the clear": f"{WHO} <{FROM}>",
        "quoted and encoded": f'"{word(WHO, "iso-8859-1", "q")}" <{FROM}>',
        "in two words": f"{word('Conceição')} {word(' Araújo')} <{FROM}>",
        "windows-1252, q": f"{word(WHO, 'windows-1252', 'q')} <{FROM}>",
        "capitals": f"{word(WHO)} <{FROM.upper()}>",
    }
    for name, sender in senders.items():
        yield f"a name: {name}", Letter(mail(text, sender=sender))
    yield "a bare address", Letter(mail(text, sender=FROM), display="")
    subjects = {
        "windows-1252 in the clear": SUBJECT.encode("cp1252").decode("ascii", "surrogateescape"),
        "in pieces": "\r\n ".join(word(SUBJECT[at : at + 9]) for at in range(0, len(SUBJECT), 9)),
        "iso-8859-15": word(SUBJECT, "iso-8859-15", "q"),
    }
    for name, subject in subjects.items():
        yield f"a subject: {name}", Letter(mail(text, subject=subject))
    yield "no subject", Letter(mail(text, subject=""), subject="")


def texts() -> Iterator[tuple[str, Letter]]:
    """Wrapped lines."""
    flowed = (
        SAID.replace("fiscal ", "fiscal \r\n").replace(". ", ". \r\n").replace("\n\n", "\r\n\r\n")
    )
    flowed += "\r\n\r\n"
    head = (
        b"Content-Type: text/plain; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: 8bit"
    )
    yield (
        "thunderbird, flowed",
        Letter(
            mail(
                head
                + b"\r\n\r\n"
                + (flowed + f"{THUNDERBIRD}\r\n> Olá, \r\n> Conceição.\r\n").encode()
            ),
            quoted="> Olá, Conceição.",
        ),
    )
    delsp = flowed.replace(" \r\n", "  \r\n")
    yield (
        "apple, flowed with delsp",
        Letter(mail(head.replace(b"flowed", b"flowed; delsp=yes") + b"\r\n\r\n" + delsp.encode())),
    )


def told_on() -> Iterator[tuple[str, Letter]]:
    """Answers between the lines, forwards, and texts that say the wrong charset."""
    text = part(SAID, "text/plain")
    between = f"{GMAIL}\n> Qual a versão?\n7.2\n> E o sistema?\nWindows 11"
    yield (
        "answers between the lines",
        Letter(mail(part(between, "text/plain")), said="7.2\nWindows 11", quoted="Qual a versão"),
    )
    forward = (
        "Encaminho para vocês.\n\n---------- Forwarded message ---------\nDe: Ana <ana@x.example>\n"
        f"Date: seg., 9 de nov. de 2026 às 10:12\nSubject: Nota\nTo: {FROM}\n\nA nota não sai."
    )
    yield (
        "gmail, forwarded",
        Letter(
            mail(part(forward, "text/plain"), subject=word("Fwd: emissão")),
            said="Encaminho para vocês.",
            quoted="A nota não sai.",
            subject="Fwd: emissão",
        ),
    )
    yield (
        "outlook, forwarded with nothing said",
        Letter(
            mail(part(f"{OUTLOOK}\n\n{ASKED}", "text/plain"), subject=word("ENC: emissão")),
            said=f"{OUTLOOK}\n\n{ASKED}",
            subject="ENC: emissão",
        ),
    )
    yield (
        "no charset, windows-1252",
        Letter(mail(b"Content-Type: text/plain\r\n\r\n" + SAID.encode("cp1252"))),
    )
    yield (
        "utf-8 said to be latin-1",
        Letter(mail(b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + SAID.encode("cp1252"))),
    )
    yield (
        "no fields but a sender",
        Letter(f"From: {FROM}\n\n{SAID}".encode(), display="", subject=""),
    )
    yield "zero bytes", Letter(mail(part(SAID.replace("erro", "er\0ro"), "text/plain")))
    yield (
        "two dates, one of the future",
        Letter(mail(text, "Date: Fri, 13 Nov 2099 12:00:00 -0300", "Date: amanhã")),
    )


def machines() -> Iterator[tuple[str, Letter]]:
    """What programs write by themselves."""
    away = part("Estou de férias até 30/11. Em caso de urgência, procure o Antônio.", "text/plain")
    said = "Estou de férias até 30/11. Em caso de urgência, procure o Antônio."
    for name, subject, fields in (
        ("exchange", "Resposta automática: emissão", ("Auto-Submitted: auto-replied",)),
        ("gmail", "Re: emissão", ("Precedence: bulk", "X-Autoreply: yes")),
        ("locaweb", "Ausência temporária", ("Auto-Submitted: auto-replied",)),
        ("uol", "Fora do escritório", ("X-Autorespond: yes",)),
    ):
        yield (
            f"away: {name}",
            Letter(
                mail(away, *fields, subject=word(subject)),
                said=said,
                subject=subject,
                machine="reply",
            ),
        )
    status = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.cliente.example\r\n"
        b"\r\nFinal-Recipient: rfc822; ana@cliente.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    told = "A entrega falhou."
    yield "a bounce", Letter(
        mail(several("report", part(told, "text/plain"), status,
                     more="; report-type=delivery-status"),
             sender="Mail Delivery System <mailer-daemon@mx.cliente.example>",
             subject="Undelivered Mail"),
        said=told, subject="Undelivered Mail", display="Mail Delivery System",
        address="mailer-daemon@mx.cliente.example", files=("1.txt",), machine="bounce",
    )  # fmt: skip
    yield "a receipt", Letter(
        mail(several("report", part("Lido.", "text/plain"),
                     b"Content-Type: message/disposition-notification\r\n\r\nDisposition: read",
                     more="; report-type=disposition-notification"), subject=word("Lida: emissão")),
        said="Lido.", subject="Lida: emissão", files=("1.bin",), machine="receipt",
    )  # fmt: skip


LETTERS = dict(
    [
        *replies(),
        *laid_out(),
        *with_files(),
        *sealed(),
        *closed(),
        *oddities(),
        *texts(),
        *told_on(),
        *machines(),
    ]
)
