"""Forms with rows that come and go: days of the calendar, suspended periods."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.lib import festivities
from balcao.lib.festivities import Festivity
from balcao.policy.book import Problem
from balcao.policy.book.changes import Document, Topic, value_at
from balcao.rulebook.forms.catalogue import Services
from balcao.rulebook.forms.settings import SpansField
from balcao.rulebook.forms.topic import TopicForm

MOST_ROWS = 400


class DayInput(forms.DateInput):
    """A date as browsers ask for one."""

    input_type = "date"


class MomentInput(forms.DateTimeInput):
    """A local date and time as browsers ask for one."""

    input_type = "datetime-local"


_MOMENT = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number and its bound fields by their short names."""

    number: int
    fields: dict[str, forms.BoundField]


class RowsForm(TopicForm):
    """A topic that holds a list of tables besides its settings.

    A row left empty is none; a row whose box ``remove`` is ticked goes. Rows that nobody touched
    keep what the version says, letter by letter.
    """

    prefix_of_rows = ""
    list_path: tuple[str, ...] = ()

    def __init__(self, *args: Any, added: Sequence[dict[str, object]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.base_rows = self._base_rows()
        given = self.data if self.is_bound else self.typed
        stored = [self.to_row(row) for row in self.base_rows]
        count = len(stored) + 1 if given is None else _count(given, self.prefix_of_rows)
        extra = [self.to_row(row) for row in added]
        self.count = min(count + len(extra), MOST_ROWS)
        for number in range(self.count):
            known = stored[number] if number < len(stored) else {}
            for key, field in self.row_fields().items():
                name = self.name(number, key)
                self.add(name, field, known.get(key, ""))
                if number >= count:
                    self.initial[name] = extra[number - count].get(key, "")

    def name(self, number: int, key: str) -> str:
        """The name of a row's field."""
        return f"{self.prefix_of_rows}.{number}.{key}"

    def row_fields(self) -> dict[str, forms.Field]:
        """The fields of one row, made anew."""
        raise NotImplementedError

    def to_row(self, table: dict[str, Any]) -> dict[str, object]:
        """A table of the document as its row shows it."""
        raise NotImplementedError

    def to_table(self, row: dict[str, Any]) -> dict[str, object]:
        """A valid row as a table of the document."""
        raise NotImplementedError

    def _base_rows(self) -> list[dict[str, Any]]:
        found = value_at(self.document, self.list_path)
        return [dict(row) for row in found] if isinstance(found, list) else []

    @property
    def rows(self) -> Iterator[Row]:
        """The rows to draw."""
        keys = [*self.row_fields()]
        for number in range(self.count):
            yield Row(number, {key: self[self.name(number, key)] for key in keys})

    def clean(self) -> dict[str, Any]:
        """Rows that are begun are complete."""
        found: dict[str, Any] = self.cleaned_data
        self.kept: list[int] = []
        if self.count < len(self.base_rows):
            self.add_error(None, _("The page did not arrive in full. Please send it again."))
        for number in range(self.count):
            row = self._row(number)
            if row.get("remove") or not self._is_begun(number):
                self._forgive(number)
                continue
            self.kept.append(number)
            for key, field in self.row_fields().items():
                name = self.name(number, key)
                needed = key != "remove" and not isinstance(field, SpansField)
                if needed and name not in self.errors and row.get(key) in (None, ""):
                    self.add_error(name, _("This is needed."))
        return found

    def _row(self, number: int) -> dict[str, Any]:
        keys = [*self.row_fields()]
        return {key: self.cleaned_data.get(self.name(number, key)) for key in keys}

    def _is_begun(self, number: int) -> bool:
        return any(
            str(self.data.get(self.name(number, key), "")).strip()
            for key in self.row_fields()
            if key != "remove"
        )

    def _forgive(self, number: int) -> None:
        """What a removed or an empty row holds is nobody's concern."""
        for key in self.row_fields():
            self.errors.pop(self.name(number, key), None)

    def numbered(self) -> list[tuple[int, dict[str, object]]]:
        """The valid rows as tables, each with its number on the page."""
        keys = [key for key in self.row_fields() if key != "remove"]
        found = []
        for number in self.kept:
            touched = number >= len(self.base_rows) or any(
                self.is_touched(self.name(number, key)) for key in keys
            )
            table = self.to_table(self._row(number)) if touched else self.base_rows[number]
            found.append((number, table))
        return found

    def part(self) -> dict[str, object]:
        found = super().part()
        rows = self.in_order([table for _number, table in self.numbered()])
        if rows == self.in_order(self.base_rows):
            return found
        table, key = self.list_path
        known = found.get(table)
        return {**found, table: {**(known if isinstance(known, dict) else {}), key: rows}}

    def in_order(self, rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
        """The rows as they are saved."""
        return sorted(rows, key=lambda row: str(row[next(iter(row))]))

    def field_of(self, problem: Problem) -> str | None:
        """A fault of the n-th table of the list belongs to the row that it came from."""
        prefix = f"{'.'.join(self.list_path)}["
        if not problem.path.startswith(prefix):
            return super().field_of(problem)
        place, _bracket, key = problem.path.removeprefix(prefix).partition("]")
        numbered = self.numbered()
        row = self.in_order([table for _number, table in numbered])[int(place) - 1]
        number = next(number for number, table in numbered if table is row)
        name = self.name(number, key.lstrip("."))
        return name if name in self.fields else None


def _count(data: Any, prefix: str) -> int:
    """How many rows were sent."""
    text = str(data.get(f"{prefix}.count", ""))
    return min(int(text), MOST_ROWS) if text.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Offer:
    """An optional day that can be ticked."""

    festivity: Festivity
    field: forms.BoundField


class CalendarForm(RowsForm):
    """The week, days of their own, and days that are offered to be ticked."""

    prefix_of_rows = "days"
    list_path = ("calendar", "days")

    def __init__(
        self, document: Document, *, today: date, services: Services = (), **more: Any
    ) -> None:
        super().__init__(Topic.CALENDAR, document, services=services, **more)
        self.today = today
        shown = self.shown_days()
        self.offered = {
            f"offer.{festivity.day}": festivity
            for year in self._years(shown)
            for festivity in festivities.optional(year)
            if str(festivity.day) not in shown
        }
        for name, festivity in self.offered.items():
            self.add(name, forms.BooleanField(required=False, label=festivity.name), False)

    def row_fields(self) -> dict[str, forms.Field]:
        """Date, name, hours, and whether it goes."""
        return {
            "date": forms.DateField(
                required=False, widget=DayInput(format="%Y-%m-%d"), label=gettext_lazy("Date")
            ),
            "name": forms.CharField(required=False, max_length=80, label=gettext_lazy("Name")),
            "spans": SpansField(required=False, label=gettext_lazy("Hours on that day")),
            "remove": forms.BooleanField(required=False, label=gettext_lazy("Remove")),
        }

    def to_row(self, table: dict[str, Any]) -> dict[str, object]:
        """A day as its row shows it."""
        spans = ", ".join(str(span) for span in table.get("spans", ()))
        return {"date": str(table.get("date", "")), "name": table.get("name", ""), "spans": spans}

    def to_table(self, row: dict[str, Any]) -> dict[str, object]:
        """A valid row as a day of the document."""
        return {"date": row["date"].isoformat(), "name": row["name"], "spans": row["spans"]}

    def numbered(self) -> list[tuple[int, dict[str, object]]]:
        """The rows, then the days that were ticked, which have no row yet."""
        ticked = [day for name, day in self.offered.items() if self.cleaned_data.get(name)]
        return [*super().numbered(), *((self.count, _day(festivity)) for festivity in ticked)]

    def shown_days(self) -> set[str]:
        """The dates that the rows show, as ISO text."""
        names = [self.name(number, "date") for number in range(self.count)]
        return {str(self[name].value()) for name in names}

    def _years(self, shown: set[str]) -> range:
        """From this year to the last one that the calendar names, and the next in any case."""
        days = [day[:4] for day in shown if day[:4].isdecimal()]
        last = max([int(year) for year in days], default=0)
        return range(self.today.year, min(max(last, self.today.year + 1), festivities.LAST) + 1)

    @property
    def offers(self) -> dict[int, list[Offer]]:
        """What can be ticked, by year."""
        found: dict[int, list[Offer]] = {}
        for name, festivity in self.offered.items():
            found.setdefault(festivity.day.year, []).append(Offer(festivity, self[name]))
        return found

    @property
    def years(self) -> dict[int, list[Row]]:
        """The rows by year; those without a date yet under 0."""
        found: dict[int, list[Row]] = {}
        for row in self.rows:
            year = str(row.fields["date"].value() or "")[:4]
            found.setdefault(int(year) if year.isdecimal() else 0, []).append(row)
        return dict(sorted(found.items()))

    @property
    def open_years(self) -> set[int]:
        """Years that are shown unfolded: this one, the next, and where something is wrong."""
        found = {self.today.year, self.today.year + 1}
        if self.is_bound:
            wrong = {
                year
                for year, rows in self.years.items()
                if any(field.errors for row in rows for field in row.fields.values())
            }
            found |= wrong
        return found

    @property
    def next_year(self) -> int:
        """The year whose holidays by law are not there yet."""
        shown, year = self.shown_days(), self.today.year
        while {str(festivity.day) for festivity in festivities.public(year)} & shown:
            year += 1
        return year


def _day(festivity: Festivity) -> dict[str, object]:
    return {
        "date": festivity.day.isoformat(),
        "name": festivity.name,
        "spans": list(festivity.spans),
    }


def holidays_of(year: int, *, known: set[str]) -> list[dict[str, object]]:
    """The holidays by law of ``year`` as days of the document, without the ``known`` dates."""
    days = festivities.public(year)
    return [_day(festivity) for festivity in days if str(festivity.day) not in known]


class SuspensionForm(RowsForm):
    """Periods in which every deadline stands still; times are local to the policy's zone."""

    prefix_of_rows = "periods"
    list_path = ("suspended", "periods")

    def __init__(self, document: Document, *, services: Services = (), **more: Any) -> None:
        self.zone = ZoneInfo(str(value_at(document, ("calendar", "timezone"))))
        super().__init__(Topic.SUSPENSIONS, document, services=services, **more)

    def row_fields(self) -> dict[str, forms.Field]:
        """From, until, why, and whether it goes."""

        def moment(label: Any) -> forms.Field:
            widget = MomentInput(format=_MOMENT)
            formats = [_MOMENT, f"{_MOMENT}:%S"]
            return forms.DateTimeField(
                required=False, widget=widget, input_formats=formats, label=label
            )

        return {
            "begins": moment(gettext_lazy("From")),
            "ends": moment(gettext_lazy("Until")),
            "reason": forms.CharField(required=False, max_length=200, label=gettext_lazy("Reason")),
            "remove": forms.BooleanField(required=False, label=gettext_lazy("Remove")),
        }

    def to_row(self, table: dict[str, Any]) -> dict[str, object]:
        """A period as its row shows it, in local time."""
        moments = {
            key: datetime.fromisoformat(str(table[key])).astimezone(self.zone).strftime(_MOMENT)
            for key in ("begins", "ends")
        }
        return {**moments, "reason": table.get("reason", "")}

    def to_table(self, row: dict[str, Any]) -> dict[str, object]:
        """A valid row as a period of the document."""
        return {
            "begins": self._aware(row["begins"]),
            "ends": self._aware(row["ends"]),
            "reason": row["reason"],
        }

    def _aware(self, moment: datetime) -> str:
        local = moment.replace(tzinfo=self.zone)
        return local.isoformat(timespec="minutes")

    def in_order(self, rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
        """By their beginning, whatever offset it is written in."""
        return sorted(rows, key=lambda row: datetime.fromisoformat(str(row["begins"])))
