"""The BR Code of a PIX payment."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib import pix

# The static example of the Banco Central's manual for starting a PIX.
MANUAL = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000"
    "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D"
)
# The example of its manual of the BR Code, with more fields than ours have.
BRCODE = (
    "00020104141234567890123426580014BR.GOV.BCB.PIX0136123e4567-e12b-12d1-a456-426655440000"
    "27300012BR.COM.OUTRO011001234567895204000053039865406123.455802BR5917NOME DO RECEBEDOR"
    "6008BRASILIA61087007490062190515RP12345678-201980390012BR.COM.OUTRO01190123.ABCD.3456.WXYZ"
    "6304AD38"
)
KEY = "123e4567-e12b-12d1-a456-426655440000"
txids = st.text(string.ascii_letters + string.digits, min_size=1, max_size=25)


def test_the_published_example_is_made_sign_for_sign() -> None:
    assert pix.static(key=KEY, name="Fulano de Tal", city="BRASILIA") == MANUAL


@pytest.mark.parametrize("payload", [MANUAL, BRCODE])
def test_the_published_examples_agree_with_their_check(payload: str) -> None:
    assert pix.crc(payload[:-4]) == payload[-4:]
    assert pix.read(payload)["58"] == "BR"


def test_the_check_is_the_one_that_everybody_publishes() -> None:
    assert pix.crc("123456789") == "29B1"


def test_an_amount_and_an_id_are_carried() -> None:
    payload = pix.static(
        key="financeiro@vendor.example", name="Direção", city="Recife", cents=25005, txid="BALCAO42"
    )
    fields = pix.read(payload)
    assert fields["54"] == "250.05"
    assert fields["62.05"] == "BALCAO42"
    assert fields["26.01"] == "financeiro@vendor.example"
    assert fields["59"] == "Direcao"


@given(txids, st.integers(1, 10**11), st.text(min_size=1), st.text(min_size=1))
def test_what_was_written_is_read_back(txid: str, cents: int, name: str, city: str) -> None:
    try:
        payload = pix.static(key=KEY, name=name, city=city, cents=cents, txid=txid)
    except ValueError:
        assert not (pix.plain(name, 25) and pix.plain(city, 15))
        return
    fields = pix.read(payload)
    assert payload.isascii()
    assert int(fields["54"].replace(".", "")) == cents
    assert (fields["62.05"], fields["26.01"], fields["26.00"]) == (txid, KEY, "br.gov.bcb.pix")
    assert len(fields["59"]) <= 25
    assert len(fields["60"]) <= 15
    assert next(iter(fields)) == "00"
    assert list(fields)[-1] == "63"


@given(txids, st.integers(1, 10**9), st.data())
def test_any_one_changed_sign_is_found(txid: str, cents: int, data: st.DataObject) -> None:
    payload = pix.static(key=KEY, name="Direction", city="Recife", cents=cents, txid=txid)
    place = data.draw(st.integers(0, len(payload) - 1))
    sign = data.draw(st.sampled_from(string.ascii_letters + string.digits + ".-*"))
    if sign.upper() == payload[place].upper():
        return
    with pytest.raises(ValueError, match="check"):
        pix.read(payload[:place] + sign + payload[place + 1 :])


@pytest.mark.parametrize("payload", ["", "6304FFFF", MANUAL[:-1], MANUAL + "0", "00020163041234"])
def test_what_is_no_payload_is_told_apart(payload: str) -> None:
    if payload == "6304FFFF":
        payload = "6304" + pix.crc("6304")
        assert pix.read(payload) == {"63": pix.crc("6304")}
        return
    with pytest.raises(ValueError, match="check"):
        pix.read(payload)


@pytest.mark.parametrize("body", ["0x02016304", "00990163046304", "000x016304"])
def test_lengths_that_lie_are_found_though_the_check_agrees(body: str) -> None:
    with pytest.raises(ValueError, match="identifier"):
        pix.read(body + pix.crc(body))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("11.222.333/0001-81", "11222333000181"),
        ("529.982.247-25", "52998224725"),
        (" Financeiro@Vendor.example ", "financeiro@vendor.example"),
        ("+55 (81) 98765-4321", "+5581987654321"),
        ("123E4567-E12B-12D1-A456-426655440000", KEY),
    ],
)
def test_a_key_is_read_as_people_write_it(typed: str, key: str) -> None:
    assert pix.parse_key(typed) == key


@pytest.mark.parametrize("typed", ["", "chave", "@vendor.example", "a@b", "52998224724", "+55"])
def test_what_is_no_key_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"not|neither"):
        pix.parse_key(typed)
    with pytest.raises(ValueError, match=r"not|neither"):
        pix.parse_key(f"{'a' * 80}@vendor.example")


@pytest.mark.parametrize(
    "wrong",
    [
        {"txid": "a" * 26},
        {"txid": "a-1"},
        {"txid": ""},
        {"cents": 0},
        {"cents": -5},
        {"name": " \u00b7 "},
        {"city": ""},
    ],
)
def test_what_no_bank_would_read_is_not_written(wrong: dict[str, object]) -> None:
    given: dict[str, object] = {"key": KEY, "name": "Direction", "city": "Recife", **wrong}
    with pytest.raises(ValueError, match=r"id|amount|empty"):
        pix.static(**given)  # type: ignore[arg-type]
