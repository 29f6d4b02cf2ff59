"""Only our own server's word, at the top, about this very domain."""

import pytest

from balcao.lib.mail.authentication import aligned, same_organisation

OURS = "mx.direction.com.br"
DOMAIN = "cliente.com.br"


def vouched(*values: str, domain: str = DOMAIN, ours: str = OURS) -> bool:
    fields = "".join(f"Authentication-Results: {value}\r\n" for value in values)
    return aligned(f"{fields}From: ana@{domain}\r\n".encode(), ours, domain)


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
    assert not aligned(f"{name}: {GOOD}\r\n".encode(), OURS, DOMAIN)


def test_d3_a_field_that_some_read_and_some_do_not_hides_what_is_below_it() -> None:
    raw = f"Authentication-Results : {GOOD}\r\nAuthentication-Results: {GOOD}\r\n"
    assert not aligned(raw.encode(), OURS, DOMAIN)


def test_without_a_trusted_server_nobody_is_authenticated() -> None:
    assert not vouched(GOOD, ours="")
    assert not vouched(GOOD.replace(OURS, ""), ours="")


def test_a_header_block_that_is_not_one_authenticates_nobody() -> None:
    assert not aligned(f"Authentication-Results: {GOOD}\rX: y\r\n".encode(), OURS, DOMAIN)


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
