"""SPF, DKIM and DMARC found out here, with real signatures and name servers of our own."""

from collections.abc import Mapping

import dns.exception
import dns.resolver
import pytest

from balcao.channels.email import verifying
from balcao.channels.email.verifying import Resolver, Unreachable, verified
from balcao.channels.tests.names import Names, names_of, signed

DOMAIN = "cliente.com.br"
HERE = {"peer": "192.0.2.7", "helo": "mx.cliente.com.br", "from": f"ana@{DOMAIN}"}
ELSEWHERE = {**HERE, "peer": "198.51.100.9"}
RAW = (
    f"From: Ana <ana@{DOMAIN}>\r\nTo: suporte@direction.com.br\r\n"
    "Subject: oi\r\n\r\nAinda falha.\r\n"
).encode()
RELAXED = "v=DMARC1; p=reject"
STRICT = "v=DMARC1; p=reject; adkim=s; aspf=s"


def judged(
    raw: bytes = RAW,
    evidence: Mapping[str, str] = ELSEWHERE,
    names: Names | None = None,
    domain: str = DOMAIN,
) -> bool:
    return verified(raw, domain, evidence, names or names_of(DOMAIN, dmarc=RELAXED))


@pytest.mark.parametrize("dmarc", ["", RELAXED, STRICT, "v=DMARC1; p=none"])
def test_r11_a_signature_of_the_domain_proves_it_wherever_it_comes_from(dmarc: str) -> None:
    names = names_of(DOMAIN, dmarc=dmarc)
    assert judged(signed(RAW, DOMAIN), ELSEWHERE, names)
    assert judged(signed(RAW, DOMAIN), {}, names)
    assert judged(signed(RAW, DOMAIN).replace(b"\r\n", b"\n"), {}, names)
    assert not judged(RAW, ELSEWHERE, names)


@pytest.mark.parametrize("dmarc", ["", RELAXED, STRICT])
def test_r11_spf_of_the_domain_proves_it_without_a_signature(dmarc: str) -> None:
    names = names_of(DOMAIN, dmarc=dmarc)
    assert judged(RAW, HERE, names)
    assert not judged(RAW, {**HERE, "from": "ana@evil.example"}, names)
    assert not judged(RAW, {**HERE, "from": ""}, names)
    assert not judged(RAW, {**HERE, "peer": ""}, names)
    assert not judged(RAW, {**HERE, "peer": "nowhere"}, names)


def test_r11_a_subdomain_counts_unless_the_domain_wants_itself() -> None:
    for dmarc, counts in (("", True), (RELAXED, True), (STRICT, False)):
        names = names_of(f"mail.{DOMAIN}")
        names.records[f"_dmarc.{DOMAIN}", "TXT"] = [dmarc] if dmarc else []
        assert judged(signed(RAW, f"mail.{DOMAIN}"), {}, names) is counts
        sent = {**HERE, "from": f"bounce@mail.{DOMAIN}"}
        assert judged(RAW, sent, names) is counts


def test_r11_the_organisations_record_speaks_for_a_subdomain_that_has_none() -> None:
    raw = RAW.replace(DOMAIN.encode(), f"filial.{DOMAIN}".encode())
    names = names_of(DOMAIN, dmarc=STRICT)
    assert not judged(signed(raw, DOMAIN), {}, names, f"filial.{DOMAIN}")
    names = names_of(DOMAIN, dmarc=RELAXED)
    assert judged(signed(raw, DOMAIN), {}, names, f"filial.{DOMAIN}")


@pytest.mark.parametrize(
    ("changed", "to"), [(b"Ainda", b"Nunca"), (b"oi", b"ola"), (b"ana@", b"eva@")]
)
def test_d2_what_was_changed_after_signing_proves_nothing(changed: bytes, to: bytes) -> None:
    assert not judged(signed(RAW, DOMAIN).replace(changed, to))


def test_d2_a_good_signature_of_somebody_else_proves_nothing() -> None:
    names = names_of("evil.example")
    assert not judged(signed(RAW, "evil.example"), ELSEWHERE, names)
    # Its name servers are not even asked.
    assert not any("evil" in name for name in names.asked)


@pytest.mark.parametrize(
    ("signer", "domain"),
    [("com.br", DOMAIN), ("evil.novo", "cliente.novo"), ("novo", "cliente.novo")],
)
def test_d2_a_shared_or_unknown_top_level_is_nobodys(signer: str, domain: str) -> None:
    raw = RAW.replace(DOMAIN.encode(), domain.encode())
    assert not judged(signed(raw, signer), {}, names_of(signer), domain)
    assert judged(signed(raw, domain), {}, names_of(domain), domain)


def test_d2_a_signature_that_leaves_something_open_proves_nothing() -> None:
    assert not judged(signed(RAW, DOMAIN, length=True))
    assert not judged(signed(RAW, DOMAIN, algorithm=b"rsa-sha1"))
    assert not judged(b"DKIM-Signature: v=1; d=cliente.com.br; h=from;;=\r\n" + RAW)
    assert not judged(b"DKIM-Signature: \xff\r\n" + RAW)


def test_d5_a_signature_that_does_not_cover_from_proves_nothing() -> None:
    tags = {b"a": b"rsa-sha256", b"h": b"From : Subject"}
    assert verifying._worth(tags)
    for left in (b"subject:to", b"x-from", b""):
        assert not verifying._worth({**tags, b"h": left})


def test_r11_a_later_signature_counts_although_the_first_is_a_relays() -> None:
    raw = signed(signed(RAW, DOMAIN), "relay.example")
    assert judged(raw)
    assert judged(b"DKIM-Signature: v=1; d=cliente.com.br\r\n" + signed(RAW, DOMAIN))


def test_two_dmarc_records_are_none_and_a_broken_one_is_strict() -> None:
    names = names_of(DOMAIN)
    names.records[f"mail.{DOMAIN}", "TXT"] = ["v=spf1 ip4:192.0.2.7 -all"]
    sent = {**HERE, "from": f"x@mail.{DOMAIN}"}
    names.records[f"_dmarc.{DOMAIN}", "TXT"] = [STRICT, STRICT]
    assert judged(RAW, sent, names)
    names.records[f"_dmarc.{DOMAIN}", "TXT"] = ["v=DMARC1; p"]
    assert not judged(RAW, sent, names)


@pytest.mark.parametrize("dead", [f"_dmarc.{DOMAIN}", f"s1._domainkey.{DOMAIN}", DOMAIN, "*"])
def test_r11_name_servers_that_do_not_answer_prove_nothing_either_way(dead: str) -> None:
    names = names_of(DOMAIN, dmarc=RELAXED)
    names.dead.add(dead)
    raw = RAW if dead == DOMAIN else signed(RAW, DOMAIN)
    with pytest.raises(Unreachable):
        judged(raw, HERE, names)


def test_spf_follows_includes_and_mail_servers() -> None:
    names = names_of(DOMAIN, spf="v=spf1 include:spf.hospedagem.example mx -all")
    names.records["spf.hospedagem.example", "TXT"] = ["v=spf1 ip4:203.0.113.0/24 -all"]
    names.records[DOMAIN, "MX"] = ["10 mx.cliente.com.br."]
    names.records["mx.cliente.com.br", "A"] = ["198.51.100.9"]
    assert judged(RAW, ELSEWHERE, names)
    assert judged(RAW, {**HERE, "peer": "203.0.113.5"}, names)
    assert not judged(RAW, HERE, names)


class _Record:
    strings = (b"v=spf1 ", b"-all")


def test_the_machines_resolver_tells_no_answer_from_no_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[object] = [[_Record()], dns.resolver.NXDOMAIN, dns.resolver.NoNameservers]

    def resolve(name: str, kind: str, lifetime: float) -> object:
        answer = said.pop(0)
        if isinstance(answer, type):
            raise answer
        return answer

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    ask = Resolver()
    assert ask("x.example", "TXT") == ["v=spf1 -all"]
    assert ask("x.example", "TXT") == []
    with pytest.raises(Unreachable):
        ask("x.example", "TXT")
    monkeypatch.setattr(verifying, "_ALL_SECONDS", -1)
    with pytest.raises(Unreachable):
        Resolver()("x.example", "TXT")
