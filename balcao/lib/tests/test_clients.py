"""Which machine a request comes from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.clients import client_address, neighbourhood, parse_networks

PROXIES = parse_networks("127.0.0.1, 10.0.0.0/8 fd00::/8")
VISITOR = "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("127.0.0.1", VISITOR, VISITOR),
        ("127.0.0.1", f"198.51.100.1, {VISITOR}", VISITOR),
        ("127.0.0.1", f"198.51.100.1, {VISITOR}, 10.1.2.3", VISITOR),
        ("::ffff:127.0.0.1", f" {VISITOR} ", VISITOR),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", f"{VISITOR}, nonsense", "127.0.0.1"),
        ("127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1"),
        ("", VISITOR, ""),
    ],
)
def test_a4_a_trusted_proxy_is_believed_one_hop_at_a_time(
    peer: str, forwarded: str, found: str
) -> None:
    assert client_address(peer, forwarded, PROXIES) == found


@given(st.ip_addresses(), st.text(max_size=80))
def test_a4_nobody_else_is_believed_whatever_they_say(peer: object, forwarded: str) -> None:
    said = client_address(str(peer), forwarded, ())
    assert said == client_address(str(peer), "", ())


@given(st.text(max_size=80))
def test_a4_what_a_visitor_wrote_before_the_proxy_added_to_it_changes_nothing(text: str) -> None:
    assert client_address("127.0.0.1", f"{text},{VISITOR}", PROXIES) == VISITOR


def test_an_ipv6_customer_has_one_allowance_for_the_whole_network() -> None:
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:1") == "2001:db8::/64"
    assert neighbourhood("2001:db8:0:1::1") != neighbourhood("2001:db8::1")
    assert neighbourhood(VISITOR) == VISITOR
    assert neighbourhood("socket") == "socket"


@pytest.mark.parametrize("bad", ["10.0.0.1/8", "proxy.example", "10.0.0.0/99"])
def test_a_network_that_is_none_is_an_error(bad: str) -> None:
    with pytest.raises(ValueError):
        parse_networks(bad)
