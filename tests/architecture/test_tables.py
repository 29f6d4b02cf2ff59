"""Foreign keys follow the order of the rooms, and nothing is deleted along by accident."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.plan import CASCADES, floors, may_use

SAFE = (models.PROTECT, models.SET_NULL, models.RESTRICT)


def relations() -> Iterator[tuple[str, "models.ForeignObject[Any, Any]"]]:
    """(`room.Model.field`, field) of every foreign key of our own tables, link tables too."""
    for model in apps.get_models(include_auto_created=True):
        if room_of(model):
            for field in model._meta.get_fields():
                if isinstance(field, models.ForeignObject) and not field.auto_created:
                    yield f"{room_of(model)}.{model.__name__}.{field.name}", field


def room_of(model: type[models.Model]) -> str:
    """The room whose table it is; empty for a library's."""
    package, _, rest = model.__module__.partition(".")
    return rest.partition(".")[0] if package == "balcao" else ""


def test_every_room_with_tables_stands_in_the_plan() -> None:
    rooms = {room_of(model) for model in apps.get_models()} - {""}
    assert rooms <= floors().keys()
    assert rooms


def test_every_foreign_key_points_to_its_own_room_or_a_lower_one() -> None:
    upward = [
        name
        for name, field in relations()
        if (target := room_of(field.related_model)) and not may_use(room_of(field.model), target)
    ]
    assert upward == []


@pytest.mark.parametrize(
    ("room", "other", "allowed"),
    [
        ("tickets", "tickets", True),
        ("tickets", "people", True),
        ("people", "tickets", False),
        ("portal", "desk", False),
        ("events", "web", False),
        ("policy", "lib", True),
        ("lib", "policy", False),
        ("server", "portal", True),
    ],
)
def test_the_order_of_the_rooms(room: str, other: str, allowed: bool) -> None:
    assert may_use(room, other) is allowed


def on_delete(field: "models.ForeignObject[Any, Any]") -> object:
    return getattr(field.remote_field, "on_delete", None)


def test_deleting_a_row_never_deletes_others_without_a_reason() -> None:
    unsafe = {
        name
        for name, field in relations()
        if on_delete(field) not in SAFE and not field.model._meta.auto_created
    }
    assert unsafe == set(CASCADES)


def test_an_event_has_no_foreign_key() -> None:
    fields = apps.get_model("events", "Event")._meta.get_fields()
    assert [field.name for field in fields if field.is_relation] == []
