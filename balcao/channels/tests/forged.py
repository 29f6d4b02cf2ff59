"""FORGED-200: two hundred mails that lay claim on a live ticket with its right number, and are not
its customer's. Twelve families; whatever a relay of ours writes stands on top.
"""

import base64
from collections.abc import Iterator, Sequence

from balcao.channels.tests.mails import OURS, a_mail, about
from balcao.tickets.models import Ticket

EVIL = "x@evil.example"
SIZES = {
    "F1": 30,
    "F2": 20,
    "F3": 20,
    "F4": 15,
    "F5": 15,
    "F6": 20,
    "F7": 15,
    "F8": 10,
    "F9": 20,
    "F10": 10,
    "F11": 10,
    "F12": 15,
}


def family(name: str, ticket: Ticket, victim: str, others: Sequence[str] = ()) -> Iterator[bytes]:
    """The mails of one family. ``others``: real customers who are not on the ticket (F12)."""
    local, _, domain = victim.partition("@")
    subject = about(ticket)
    number = 0

    def mail(sender: str, auth: str | None = "pass", **more: object) -> bytes:
        nonlocal number
        number += 1
        body = f"Por favor altere o e-mail do cadastro ({name} {number})."
        return a_mail(sender, subject=subject, auth=auth, body=body, **more)  # type: ignore[arg-type]

    if name == "F1":
        for style in range(10):
            for auth in ("fail", "fail (p=reject dis=quarantine)", "fail action=oreject"):
                yield mail(victim, auth, from_line=_honest(victim, style))
    elif name == "F2":
        for style in range(10):
            yield mail(victim, None, from_line=_honest(victim, style))
            yield mail(
                victim, "none" if style % 2 else "temperror", from_line=_honest(victim, style)
            )
    elif name == "F3":
        for top, below in _own_results(domain):
            more = tuple(f"Authentication-Results: {value}" for value in (*top, below))
            yield mail(victim, None, more=more)
    elif name == "F12":
        for other in others:
            yield mail(other)
    else:
        for line in _LINES[name](victim, local, domain):
            auth = "fail" if name == "F9" and len(line) % 2 else "pass"
            yield mail(_vouched(name, line, victim), auth, from_line=line)


def _vouched(name: str, line: str, victim: str) -> str:
    """Whom the relay vouches for: where it might read another From than we do, the victim."""
    if name in {"F9", "F10"}:
        domain = line.rpartition("@")[2].strip(">")
        return f"x@{domain}" if domain.isascii() else EVIL
    return victim if name in {"F4", "F5", "F7", "F8"} else EVIL


def _honest(address: str, style: int) -> str:
    names = ("", "Ana Lima ", '"Lima, Ana" ', "=?utf-8?q?Ana_Lima?= ", "Ana (Financeiro) ")
    name = names[style % len(names)]
    field = "From" if style < 5 else "from"
    return f"{field}: {name}<{address}>" if name else f"{field}: {address}"


def _own_results(domain: str) -> Iterator[tuple[tuple[str, ...], str]]:
    good = f"dmarc=pass header.from={domain}"
    failed = f"dmarc=fail header.from={domain}"
    for verdict in (failed, "none", "dmarc=none", "spf=fail", "dkim=fail"):
        yield (f"{OURS}; {verdict}",), f"{OURS}; {good}"
        yield (f"{OURS}; {verdict}", f"{OURS}; {good}"), f"{OURS}; dkim=pass header.d={domain}"
    for server in (
        *("mx.evil.example", f"{OURS}.evil.example", f"evil-{OURS}", "", "localhost"),
        *(f'"{OURS} "', f"({OURS}) evil.example", "mx.google.com", "protection.outlook.com"),
    ):
        yield (), f"{server}; {good}"
    yield (), good


def _two_fields(victim: str, local: str, domain: str) -> Iterator[str]:
    for one, other in ((victim, EVIL), (EVIL, victim)):
        yield f"From: {one}\r\nFrom: {other}"
        yield f"From: {one}\r\nfrom: <{other}>"
        yield f"FROM: Ana <{one}>\r\nSubject: x\r\nFrom: {other}"
        yield f"From: {one}\r\nFrom : {other}"
        yield f"From : {one}\r\nFrom: {other}"
        yield f"From:\r\nFrom: {one}"
    yield f"From: {victim}\r\nFrom: {victim}"
    yield f"From\t: {victim}"
    yield f"From: {EVIL}\rFrom: {victim}"


def _two_mailboxes(victim: str, local: str, domain: str) -> Iterator[str]:
    yield from (
        f"From: {value}"
        for value in (
            f"{victim}, {EVIL}",
            f"{EVIL}, {victim}",
            f"Ana <{victim}>, Eva <{EVIL}>",
            f"Eva <{EVIL}>, Ana <{victim}>",
            f"Equipe: {victim};",
            f"Equipe: {victim}, {EVIL};",
            f"Grupo: a@b.example; <{victim}>",
            f"undisclosed-recipients:; {victim}",
            f"{victim} {EVIL}",
            f"{victim};{EVIL}",
            f"<{victim}> <{EVIL}>",
            f"<{victim}>, ",
            f",{victim}",
            f"Ana <{victim}> {EVIL}",
            f"Ana <{EVIL}><{victim}>",
        )
    )


def _display(victim: str, local: str, domain: str) -> Iterator[str]:
    shown = (victim, f"<{victim}>", f"Ana <{victim}>", f"Ana ({victim})", f"{victim} via suporte")
    for name in shown:
        yield f'From: "{name}" <{EVIL}>'
        yield f"From: =?utf-8?b?{base64.b64encode(name.encode()).decode()}?= <{EVIL}>"
        yield f"From: =?iso-8859-1?q?{name.replace(' ', '_').replace('@', '=40')}?= <{EVIL}>"
        yield f"From: {EVIL} ({name.replace('(', '').replace(')', '')})"


def _encoded(victim: str, local: str, domain: str) -> Iterator[str]:
    b64 = base64.b64encode(victim.encode()).decode()
    angled = base64.b64encode(f"<{victim}>".encode()).decode()
    quoted = victim.replace("@", "=40").replace(".", "=2E")
    words = (
        *(f"=?utf-8?b?{b64}?=", f"=?utf-8?q?{quoted}?=", f"=?utf-8?b?{angled}?="),
        *(f"=?utf-8?q?{local}?=@{domain}", f"{local}@=?utf-8?q?{domain}?="),
        *(
            f"=?utf-8?q?=3C{quoted}=3E?= <{EVIL}>",
            f"=?utf-8?b?{b64}?= =?utf-8?b?{angled}?= <{EVIL}>",
        ),
        *(f"<=?utf-8?q?{quoted}?=>", f"=?utf-8?q?{quoted}=00?= <{EVIL}>", f"=?x?q?{quoted}?="),
        *(f"=?utf-8?q?{quoted}=2C?= {EVIL}", f"=?utf-8?b?{b64}?= <>", f"=?utf-7?q?{quoted}?="),
        *(f"=?utf-8?q?Ana?= =?utf-8?q?_=3C{quoted}=3E?= <{EVIL}>", f"=?utf-16?b?{b64}?= <{EVIL}>"),
    )
    yield from (f"From: {word}" for word in words)


def _angles(victim: str, local: str, domain: str) -> Iterator[str]:
    values = (
        *(f"{victim} <{EVIL}>", f"{victim}<{EVIL}>", f"<{victim}", f"<<{victim}>>", f"< {victim}>"),
        *(f"<@evil.example:{victim}>", f"Ana <{victim}>@evil.example", f"<{victim}@evil.example>"),
        *(f'"{local}"@{domain} <{EVIL}>', f'"{victim}"@evil.example'),
    )
    yield from (f"From: {value}" for value in values)


def _lookalikes(victim: str, local: str, domain: str) -> Iterator[str]:
    name, _, ending = domain.rpartition(".")
    cyrillic = name.replace("e", "\u0435", 1)
    accented = name.replace("e", "\u00e9", 1)
    domains = (
        *(
            f"{name}.com",
            f"{name}.com.br",
            f"{name}.net",
            f"{name}.org",
            f"{name}-suporte.{ending}",
        ),
        *(f"mail.{domain}", f"{domain}.evil.example", f"{domain}.br", f"{name}{ending}.com"),
        *(f"{name}e.{ending}", f"{name[:-1]}.{ending}", f"{name[0]}{name}.{ending}"),
        *(f"{name[:-2]}{name[-1]}{name[-2]}.{ending}", f"{name.replace('i', '1', 1)}.{ending}"),
        *(f"{name.replace('i', 'l', 1)}.{ending}", f"{name[:3]}-{name[3:]}.{ending}"),
        f"xn--{cyrillic.encode('punycode').decode()}.{ending}",
        f"xn--{accented.encode('punycode').decode()}.{ending}",
        *(f"{cyrillic}.{ending}", f"{accented}.{ending}"),
    )
    yield from (f"From: Ana Lima <{local}@{one}>" for one in domains)


def _aliases(victim: str, local: str, domain: str) -> Iterator[str]:
    variants = (
        *(f"{local}+x", f"{local}+suporte", f"{local[:2]}.{local[2:]}", local.replace("-", ".")),
        *(local.replace("-", ""), f"{local}1", f"{local}-2", f"{local}.", f"_{local}", f"{local}_"),
    )
    yield from (f"From: {one}@{domain}" for one in variants)


def _others(victim: str, local: str, domain: str) -> Iterator[str]:
    fields = (
        *(
            "Sender",
            "Reply-To",
            "Resent-From",
            "Resent-Sender",
            "X-Original-From",
            "X-Forwarded-For",
        ),
        *("Return-Path", "Resent-Reply-To", "X-Sender", "Envelope-From"),
    )
    yield from (f"From: {EVIL}\r\n{field}: <{victim}>" for field in fields)


_LINES = {
    "F4": _two_fields,
    "F5": _two_mailboxes,
    "F6": _display,
    "F7": _encoded,
    "F8": _angles,
    "F9": _lookalikes,
    "F10": _aliases,
    "F11": _others,
}
