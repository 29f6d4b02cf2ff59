"""Calendar files, read back by the library that writes them and by one that has nothing of it."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import icalendar
import pytest
import vobject
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.lib.ical import Meeting, Person, cancellation, feed, invitation

ZONE = "America/Recife"
BEGINS = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
MEETING = Meeting(
    uid="4f2a@balcao.example",
    sequence=2,
    begins=BEGINS,
    ends=BEGINS + timedelta(hours=1),
    changed_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    summary="Treinamento, chamado 123 456 7890",
    description="Passo a passo; até tirar todas as dúvidas.\nTraga perguntas.",
    where="https://reuniao.example/abc",
    link="https://balcao.example/chamados/1234567890",
)
DESK = Person("Balcão; Suporte, Ltda.", "suporte@balcao.example")
ANA = Person("Ana Lima", "ana@cliente.example")


def invited(meeting: Meeting = MEETING, person: Person = ANA) -> bytes:
    return invitation(meeting, organizer=DESK, invited=person, timezone=ZONE)


def read(file: bytes) -> Any:
    return icalendar.Calendar.from_ical(file)


def test_an_invitation_says_when_where_who_and_which_version() -> None:
    calendar = read(invited())
    (event,) = calendar.walk("VEVENT")
    assert (calendar["method"], calendar["version"]) == ("REQUEST", "2.0")
    assert (event["uid"], event["sequence"]) == ("4f2a@balcao.example", 2)
    assert event["dtstart"].dt == BEGINS
    assert event["dtend"].dt == BEGINS + timedelta(hours=1)
    assert event["dtstart"].params["TZID"] == ZONE
    assert event["dtstamp"].dt == MEETING.changed_at
    assert event["summary"] == MEETING.summary
    assert event["description"] == MEETING.description
    assert event["location"] == MEETING.where
    assert event["url"] == MEETING.link
    assert event["organizer"] == "mailto:suporte@balcao.example"
    assert event["organizer"].params["CN"] == DESK.name
    assert event["attendee"] == "mailto:ana@cliente.example"
    assert event["attendee"].params["RSVP"] == "FALSE"
    assert event["status"] == "CONFIRMED"


def test_another_reader_finds_the_same() -> None:
    event = vobject.readOne(invited().decode()).vevent
    assert event.uid.value == MEETING.uid
    assert event.sequence.value == "2"
    assert event.dtstart.value == BEGINS
    assert event.dtend.value == MEETING.ends
    assert event.summary.value == MEETING.summary
    assert event.description.value == MEETING.description
    assert event.organizer.value == "mailto:suporte@balcao.example"
    assert event.attendee.value == "mailto:ana@cliente.example"


@pytest.mark.parametrize("zone", [ZONE, "America/Noronha", "America/Rio_Branco", "Europe/Lisbon"])
@pytest.mark.parametrize("month", [1, 7])
def test_the_zones_rules_come_along_and_mean_the_moment(zone: str, month: int) -> None:
    begins = datetime(2026, month, 1, 12, 0, tzinfo=UTC)
    meeting = Meeting("a@b", 0, begins, begins + timedelta(hours=1), BEGINS, "Treinamento")
    file = invitation(meeting, organizer=DESK, invited=ANA, timezone=zone)
    event = vobject.readOne(file.decode()).vevent
    assert event.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == [zone]
    # What a reader makes of the hour on the clock with nothing but the rules in the file.
    (rules,) = read(file).walk("VTIMEZONE")
    described = tzical(StringIO(rules.to_ical().decode())).get(zone)
    clock = re.search(r"DTSTART;TZID=[^:]+:([0-9T]+)", file.decode())
    assert clock
    assert datetime.fromisoformat(clock[1]).replace(tzinfo=described) == begins


def test_a_cancellation_is_of_the_same_meeting() -> None:
    file = cancellation(MEETING, organizer=DESK, invited=ANA, timezone=ZONE)
    calendar = read(file)
    (event,) = calendar.walk("VEVENT")
    assert calendar["method"] == "CANCEL"
    assert event["status"] == "CANCELLED"
    assert (event["uid"], event["sequence"]) == (MEETING.uid, 2)
    assert vobject.readOne(file.decode()).method.value == "CANCEL"


def test_a_feed_holds_all_meetings_and_nobody() -> None:
    other = Meeting("b@b", 0, BEGINS - timedelta(days=3), BEGINS, BEGINS, "Instalação")
    file = feed([MEETING, other], name="Agenda de Carla", timezone=ZONE)
    calendar = read(file)
    assert calendar["method"] == "PUBLISH"
    assert calendar["x-wr-calname"] == "Agenda de Carla"
    assert [str(event["uid"]) for event in calendar.walk("VEVENT")] == [MEETING.uid, "b@b"]
    assert len(calendar.walk("VTIMEZONE")) == 1
    assert b"ATTENDEE" not in file
    assert len(vobject.readOne(file.decode()).vevent_list) == 2


def test_a_feed_may_be_empty() -> None:
    calendar = read(feed([], name="Agenda", timezone=ZONE))
    assert calendar.walk("VEVENT") == []


EVIL = st.text(
    st.one_of(st.sampled_from('\r\n;,:\\"^=\t '), st.characters(codec="utf-8")), max_size=60
).map(lambda text: f"{text}\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nX-EVIL:1{text}")


@settings(deadline=None, max_examples=150)
@given(EVIL, EVIL, EVIL)
def test_d14_no_text_or_name_adds_a_property_or_an_event(one: str, two: str, name: str) -> None:
    meeting = Meeting("a@b", 0, BEGINS, BEGINS, BEGINS, one, description=two, where=one)
    file = invited(meeting, Person(name, "ana@cliente.example"))
    (event,) = read(file).walk("VEVENT")
    assert "X-EVIL" not in event
    lines = file.decode().replace("\r\n ", "").split("\r\n")
    assert sum(line.startswith("BEGIN:VEVENT") for line in lines) == 1
    assert not any(line.startswith("X-EVIL") for line in lines)
    assert "\n" not in "".join(lines)
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
