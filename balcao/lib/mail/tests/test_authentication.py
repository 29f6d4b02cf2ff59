"""Only our own server's word, at the top, about this very domain."""

import pytest

from balcao.lib.mail.authentication import aligned, same_organisation
from balcao.lib.mail.trust import Trust, Truster

OURS = "mx.direction.com.br"
DOMAIN = "cliente.com.br"
SERVER = Truster(Trust.AUTHSERV, OURS)


def vouched(*values: str, domain: str = DOMAIN, ours: str = OURS) -> bool:
    fields = "".join(f"Authentication-Results: {value}\r\n" for value in values)
    truster = Truster(Trust.AUTHSERV, ours) if ours else Truster()
    return aligned(f"{fields}From: ana@{domain}\r\n".encode(), truster, domain)


PASSES = [
    f"{OURS}; dmarc=pass header.from={DOMAIN}",
    f"{OURS}; dmarc=pass (p=reject dis=none) header.from={DOMAIN}",
    f"{OURS}; spf=fail smtp.mailfrom=x.example; dkim=fail; dmarc=pass header.from={DOMAIN}",
    f"{OURS}; dkim=pass header.d={DOMAIN}",
    f"{OURS}; dkim=pass (2048-bit key) header.d={DOMAIN} header.i=@{DOMAIN}; dmarc=none",
    f"{OURS}; dkim=pass header.i=@{DOMAIN}",
    f"{OURS}; dkim=pass header.d=mail.{DOMAIN}",
    f"{OURS}; dkim=fail header.d={DOMAIN}; dkim=pass header.d={DOMAIN}",
    f"{OURS}; spf=pass smtp.mailfrom=ana@{DOMAIN}",
    f"{OURS}; spf=pass smtp.mailfrom={DOMAIN}",
    f"{OURS.upper()}; SPF=PASS smtp.mailfrom=bounce.{DOMAIN}; dmarc=temperror",
    f"{OURS} 1; dkim=pass header.d={DOMAIN}",
]
FAILS = [
    f"{OURS}; dmarc=fail header.from={DOMAIN}",
    f"{OURS}; dmarc=fail header.from={DOMAIN}; dkim=pass header.d={DOMAIN}",
    f"{OURS}; dmarc=pass header.from=evil.example",
    f"{OURS}; dmarc=pass",
    f"{OURS}; dmarc=none header.from={DOMAIN}",
    f"{OURS}; dkim=pass header.d=evil.example",
    f"{OURS}; dkim=pass header.d=evil.example header.i=@{DOMAIN}",
    f"{OURS}; dkim=pass header.d=com.br",
    f"{OURS}; dkim=pass header.d=evil{DOMAIN}",
    f"{OURS}; dkim=neutral header.d={DOMAIN}",
    f"{OURS}; dkim=fail header.d={DOMAIN}",
    f"{OURS}; spf=pass smtp.mailfrom=x@evil.example",
    f"{OURS}; spf=pass smtp.helo={DOMAIN}",
    f"{OURS}; spf=softfail smtp.mailfrom={DOMAIN}",
    f"{OURS}; none",
    f"{OURS}; x-dmarc=pass header.from={DOMAIN}",
    f"{OURS}; auth=pass smtp.auth=ana@{DOMAIN}",
    f"{OURS}",
    "",
    ";",
    f"{OURS}; dmarc=pass header.from={DOMAIN} (",
    f"{OURS}; " + "(" * 5000,
    f"{OURS}; dmarc=pass header.from={DOMAIN}; " + "a" * 9000,
    f"{OURS}; dmarc=pass header.from=cliénte.com.br",
]


@pytest.mark.parametrize("value", PASSES)
def test_our_server_vouches_for_the_senders_own_domain(value: str) -> None:
    assert vouched(value)


@pytest.mark.parametrize("value", FAILS)
def test_d2_anything_else_is_not_authenticated(value: str) -> None:
    assert not vouched(value)


GOOD = f"{OURS}; dmarc=pass header.from={DOMAIN}"
FORGED = [
    (f"{OURS}; dmarc=fail header.from={DOMAIN}", GOOD),
    (f"{OURS}; none", GOOD),
    ("other.example; dmarc=fail", GOOD),
    ("evil.example; dmarc=pass header.from=cliente.com.br",),
    (GOOD.replace(OURS, f"{OURS}.evil.example"),),
    (GOOD.replace(OURS, f"evil-{OURS}"),),
    (GOOD.replace(OURS, f'"{OURS} "'),),
    (GOOD.replace(OURS, f"({OURS}) evil.example"),),
    (GOOD.replace(OURS, f"evil.example ({OURS};)"),),
    (f"evil.example; dmarc=pass header.from={DOMAIN} ({OURS})", GOOD),
    ("", GOOD),
    (f"{OURS}; dmarc=fail (", GOOD),
    ("é; dmarc=pass", GOOD),
    ("a" * 9000, GOOD),
]


@pytest.mark.parametrize("values", FORGED)
def test_d3_results_the_sender_wrote_himself_count_for_nothing(values: tuple[str, ...]) -> None:
    assert vouched(GOOD)
    assert not vouched(*values)


@pytest.mark.parametrize(
    "name", ["X-Authentication-Results", "ARC-Authentication-Results", "Authentication-Result"]
)
def test_d3_a_field_of_another_name_counts_for_nothing(name: str) -> None:
    assert not aligned(f"{name}: {GOOD}\r\n".encode(), SERVER, DOMAIN)


def test_d3_a_field_that_some_read_and_some_do_not_hides_what_is_below_it() -> None:
    raw = f"Authentication-Results : {GOOD}\r\nAuthentication-Results: {GOOD}\r\n"
    assert not aligned(raw.encode(), SERVER, DOMAIN)


def test_without_a_trusted_server_nobody_is_authenticated() -> None:
    assert not vouched(GOOD, ours="")
    assert not vouched(GOOD.replace(OURS, ""), ours="")


def test_a_header_block_that_is_not_one_authenticates_nobody() -> None:
    assert not aligned(f"Authentication-Results: {GOOD}\rX: y\r\n".encode(), SERVER, DOMAIN)


MICROSOFT = Truster(Trust.MICROSOFT)
SPF = "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom="
NEW_FORM = (
    f"{SPF}{DOMAIN}; dkim=pass (signature was verified) header.d={DOMAIN};"
    f"dmarc=pass action=none header.from={DOMAIN};compauth=pass reason=100"
)
OLD_FORM = (
    f"{SPF}{DOMAIN}; direction.com.br; dkim=pass (signature was verified) header.d={DOMAIN};"
    f"direction.com.br; dmarc=pass action=none header.from={DOMAIN};"
)


def by_microsoft(*values: str, domain: str = DOMAIN) -> bool:
    fields = "".join(f"Authentication-Results: {value}\r\n" for value in values)
    return aligned(f"{fields}From: ana@{domain}\r\n".encode(), MICROSOFT, domain)


@pytest.mark.parametrize(
    "value",
    [
        NEW_FORM,
        NEW_FORM.replace(";", ";\r\n "),
        OLD_FORM,
        f"protection.outlook.com; {NEW_FORM}",
        f"{SPF}{DOMAIN}; dkim=none (message not signed) header.d=none;dmarc=bestguesspass"
        f" action=none header.from={DOMAIN};compauth=pass reason=109",
        f"spf=none (sender IP is ) smtp.mailfrom=x.example; dkim=pass header.d=mail.{DOMAIN};"
        f" dmarc=none action=none header.from={DOMAIN};compauth=softpass reason=201",
    ],
)
def test_microsoft_vouches_without_naming_itself(value: str) -> None:
    assert by_microsoft(value)


@pytest.mark.parametrize(
    "values",
    [
        (NEW_FORM.replace("dmarc=pass", "dmarc=fail"),),
        (NEW_FORM.replace("compauth=pass reason=100", "compauth=fail reason=000"),),
        (NEW_FORM.replace(DOMAIN, "evil.example"),),
        (f"{SPF}evil.example; dkim=pass header.d=evil.example;dmarc=none header.from={DOMAIN}",),
        (NEW_FORM.replace("dmarc=pass", "dmarc=fail"), NEW_FORM),
        ("spf=fail smtp.mailfrom=evil.example; dkim=none; dmarc=fail", NEW_FORM),
        ("evil.example; none", NEW_FORM),
        ("", NEW_FORM),
        (f"dmarc=pass header.from={DOMAIN}; dmarc=fail header.from={DOMAIN}",),
        (f"{SPF}evil.example; spf=pass smtp.mailfrom={DOMAIN}; dmarc=none",),
        (f'dkim=none header.d="x; dmarc=pass header.from={DOMAIN}"',),
        (f"dkim=none (x) header.d=x (; dmarc=pass header.from={DOMAIN}",),
        (f"(dmarc=pass header.from={DOMAIN})",),
        (f"x-dmarc=pass header.from={DOMAIN}",),
        (f"dmarc=pass header.from=clie\u0301nte.com.br; dmarc=pass header.from={DOMAIN}",),
    ],
)
def test_d3_microsofts_word_is_the_topmost_and_nobody_adds_to_it(values: tuple[str, ...]) -> None:
    assert not by_microsoft(*values)


def test_d3_one_accounts_trust_is_not_another_accounts() -> None:
    assert not vouched(NEW_FORM)
    assert not aligned(
        f"Authentication-Results: {NEW_FORM}\r\n".encode(), Truster(Trust.OURS), DOMAIN
    )
    assert not by_microsoft(f"{OURS}; dmarc=fail header.from={DOMAIN}", GOOD)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("cliente.com.br", "cliente.com.br", True),
        ("Cliente.COM.br.", "cliente.com.br", True),
        ("mail.cliente.com.br", "cliente.com.br", True),
        ("cliente.com.br", "a.b.cliente.com.br", True),
        ("example.com", "mail.example.com", True),
        ("example.de", "mail.example.de", True),
        ("com.br", "cliente.com.br", False),
        ("co.uk", "evil.co.uk", False),
        ("br", "cliente.com.br", False),
        ("com", "example.com", False),
        ("evilcliente.com.br", "cliente.com.br", False),
        ("a.cliente.com.br", "b.cliente.com.br", False),
        ("", "", False),
        ("", "cliente.com.br", False),
        ("com.br", "com.br", False),
        ("xn--a_b.example", "xn--a_b.example", False),
    ],
)
def test_relaxed_alignment_is_one_domain_and_what_lies_below_it(
    one: str, other: str, same: bool
) -> None:
    assert same_organisation(one, other) is same
    assert same_organisation(other, one) is same
