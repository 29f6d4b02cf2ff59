from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from balcao.web import catalogues, format
from balcao.web.zones import zone_name

RECIFE = ZoneInfo("America/Recife")
NOW = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)  # a Monday, 15:30 in Recife


@pytest.fixture(autouse=True, scope="module")
def _portuguese() -> None:
    catalogues.compile_all()


@pytest.fixture(params=["pt-br", "en"])
def language(request: pytest.FixtureRequest) -> object:
    with translation.override(request.param):
        yield request.param


def portuguese() -> translation.override:
    return translation.override("pt-br")


@pytest.mark.parametrize(
    ("cents", "portuguese_text", "english_text"),
    [
        (0, "R$ 0,00", "R$ 0.00"),
        (5, "R$ 0,05", "R$ 0.05"),
        (125050, "R$ 1.250,50", "R$ 1,250.50"),
        (100_000_000, "R$ 1.000.000,00", "R$ 1,000,000.00"),
        (-990, "R$ -9,90", "R$ -9.90"),
    ],
)
def test_money_is_written_with_its_cents(
    cents: int, portuguese_text: str, english_text: str
) -> None:
    with portuguese():
        assert format.money(cents).replace("\u00a0", " ") == portuguese_text
    with translation.override("en"):
        assert format.money(cents).replace("\u00a0", " ") == english_text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=59), "menos de 1 min"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=2, minutes=10, seconds=59), "2 h 10"),
        (timedelta(hours=2, minutes=5), "2 h 05"),
        (timedelta(hours=24), "1 dia"),
        (timedelta(days=3, hours=4), "3 dias 4 h"),
        (timedelta(days=12, hours=4), "12 dias"),
        (timedelta(hours=-2), "2 h"),
    ],
)
def test_a_length_is_said_in_its_two_biggest_units(length: timedelta, text: str) -> None:
    with portuguese():
        assert format.span(length).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (2, "hoje às 17:30"),
        (8.5, "amanhã às 00:00"),
        (-16, "ontem às 23:30"),
        (48, "qua., 25/11 às 15:30"),
        (24 * 365, "23/11/2027 às 15:30"),
    ],
)
def test_a_moment_is_said_from_now_in_the_zone_of_the_company(hours: float, text: str) -> None:
    with portuguese():
        moment = NOW + timedelta(hours=hours)
        assert format.absolute(moment, now=NOW, tz=RECIFE) == text


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [("pt-br", "25/11", "qua., 25/11/2026"), ("en", "25 Nov", "Wed, 25 Nov 2026")],
)
def test_a_date_is_said_short_and_with_its_weekday(language: str, short: str, long: str) -> None:
    day = date(2026, 11, 25)
    with translation.override(language):
        assert format.day_and_month(day) == short
        assert format.weekday_and_day(day) == long


def test_the_day_is_that_of_the_zone_and_not_of_utc() -> None:
    late = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    with portuguese():
        assert format.absolute(late, now=NOW, tz=RECIFE) == "hoje às 23:00"
        assert format.absolute(late, now=NOW, tz=UTC) == "amanhã às 02:00"


def test_a_deadline_is_written_twice() -> None:
    with portuguese():
        due = NOW + timedelta(hours=2, minutes=10)
        text = format.both(due, now=NOW, tz=RECIFE).replace("\u00a0", " ")
    assert text == "em 2 h 10 · hoje às 17:40"


def test_the_title_names_the_zone(language: str) -> None:
    name = {"pt-br": "horário do Recife", "en": "Recife time"}[language]
    assert f"({name})" in format.full(NOW, tz=RECIFE)
    assert "15:30" in format.full(NOW, tz=RECIFE)


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("America/Sao_Paulo", "horário de Brasília"),
        ("America/Noronha", "horário de Fernando de Noronha"),
        ("Europe/Lisbon", "Lisbon, UTC+0"),
        ("America/New_York", "New York, UTC-5"),
        ("Asia/Kolkata", "Kolkata, UTC+5:30"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires, UTC-3"),
        ("Etc/GMT+3", "UTC-3"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_said_in_words(zone: str, name: str) -> None:
    with portuguese():
        assert zone_name(ZoneInfo(zone), at=NOW) == name
        summer = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("UTC"))
        assert zone_name(ZoneInfo("Europe/Lisbon"), at=summer) == "Lisbon, UTC+1"
        assert zone_name(timezone(timedelta(hours=-3)), at=NOW) == "UTC-3"


def test_the_title_of_a_fixed_offset_still_says_which() -> None:
    assert format.full(NOW, tz=UTC).endswith("(UTC)")


def test_english_writes_its_own_dates() -> None:
    with translation.override("en"):
        assert format.day(date(2026, 12, 31)) == "31 Dec 2026"
        assert format.absolute(NOW + timedelta(days=2), now=NOW, tz=RECIFE) == (
            "Wed 25 Nov at 15:30"
        )
        assert format.relative(NOW - timedelta(minutes=12), now=NOW) == "12\u00a0min ago"


def test_a_clock_going_forward_an_hour_keeps_what_the_wall_says() -> None:
    new_york = ZoneInfo("America/New_York")
    before = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
    with translation.override("en"):
        assert format.time(before, tz=new_york) == "01:30"
        assert format.time(before + timedelta(hours=1), tz=new_york) == "03:30"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 byte"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_430_000, "1,4 MB"),
        (482_113, "482 kB"),
        (999_600, "1,0 MB"),
        (25_000_000, "25 MB"),
        (7_200_000_000, "7,2 GB"),
        (2_000_000_000_000, "2.000 GB"),
    ],
)
def test_a_file_size_has_the_unit_a_person_expects(size: int, text: str) -> None:
    with portuguese():
        assert format.file_size(size).replace("\u00a0", " ") == text


def test_a_ticket_number_is_grouped_and_anything_else_left_alone() -> None:
    assert format.number("4827193059") == "482\u00a0719\u00a03059"
    assert format.number("") == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [("Marina de Sá", "MS"), ("ana", "A"), ("(suporte) Ana", "A"), ("", "?"), ("  ", "?")],
)
def test_initials_come_from_the_first_and_last_words(name: str, text: str) -> None:
    assert format.initials(name) == text


@pytest.mark.parametrize(
    ("clock", "hours", "tone", "text"),
    [
        ("ok", 21, "ok", "em 21 h"),
        ("soon", 2, "warning", "em 2 h"),
        ("late", -1, "late", "Atrasado há 1 h"),
        ("paused", 2, "paused", "Pausado"),
        ("met", 2, "ok", "No prazo"),
    ],
)
def test_a_chip_carries_in_words_what_it_colours(
    clock: format.Clock, hours: int, tone: str, text: str
) -> None:
    with portuguese():
        due = NOW + timedelta(hours=hours)
        chip = format.deadline(clock, due, now=NOW, tz=RECIFE)
    assert chip is not None
    assert (chip.tone, chip.text.replace("\u00a0", " ")) == (tone, text)
    assert chip.icon
    assert "horário do Recife" in chip.title


def test_a_chip_beside_others_says_which_deadline_it_is() -> None:
    with portuguese():
        due = NOW - timedelta(hours=1)
        chip = format.deadline("late", due, now=NOW, tz=RECIFE, what="conclusão")
    assert chip is not None
    assert chip.text.startswith("conclusão atrasado")


def test_without_a_deadline_there_is_no_chip() -> None:
    assert format.deadline("none", None, now=NOW, tz=RECIFE) is None
    assert format.deadline("ok", None, now=NOW, tz=RECIFE) is None


def test_a_clock_that_stands_still_needs_no_moment() -> None:
    chip = format.deadline("paused", None, now=NOW, tz=RECIFE)
    assert chip is not None
    assert (chip.absolute, chip.title, chip.stamp) == ("", "", "")


def test_a_machine_reads_the_moment_in_utc() -> None:
    assert format.stamp(NOW.astimezone(RECIFE)) == "2026-11-23T18:30:00Z"
