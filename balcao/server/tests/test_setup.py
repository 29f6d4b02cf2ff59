"""`balcao setup` and `balcao person`: the first administrator, and the way back in."""

import io
import re
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from balcao.people.models import StaffRole, User
from balcao.people.queries import has_second_factor
from tests.cast import NOW, PASSWORD, a_customer, a_second_factor, an_agent

pytestmark = pytest.mark.django_db
NEW = "uma frase nova e longa"


def _run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def _path(text: str) -> str:
    found = re.search(re.escape(settings.BASE_URL) + r"(/\S+)", text)
    assert found, text
    return found[1]


def _code(refused: Any) -> int:
    return int(refused.value.returncode)


def test_the_first_administrator_sets_a_password_and_then_a_second_factor() -> None:
    assert "Nobody keeps it yet" in _run("setup")
    said = _run("setup", "--administrator", "Lia Melo", "--address", "lia@suporte.example")
    user = User.objects.get(name="Lia Melo")
    assert user.code in said
    assert "Nobody keeps it yet" not in said
    assert [row.role for row in StaffRole.objects.filter(user=user)] == ["administrator"]
    client = Client()
    answer = client.post(_path(said), {"password": NEW, "again": NEW})
    assert answer.status_code == 302
    start = client.get("/mesa/inicio")
    assert start.headers["Location"] == "/entrar/segundo-fator"


def test_there_is_one_first_administrator() -> None:
    first = ("setup", "--administrator", "Lia Melo", "--address", "lia@suporte.example")
    _run(*first)
    with pytest.raises(CommandError, match="already") as refused:
        _run(*first)
    assert _code(refused) == 1
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--administrator", "Lia Melo"),
        ("--address", "lia@suporte.example"),
        ("--administrator", "Lia Melo", "--address", "lia"),
    ],
)
def test_an_administrator_has_a_name_and_an_address(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as refused:
        _run("setup", *arguments)
    assert _code(refused) == 2
    assert not User.objects.exists()


@pytest.mark.usefixtures("installation")
def test_whoever_runs_the_machine_prints_a_link_that_sets_a_password() -> None:
    user = a_customer().user
    client = Client()
    link = _path(_run("person", "link", f"{user.code[:4]} {user.code[4:]}".lower()))
    assert client.post(link, {"password": NEW, "again": NEW}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not user.check_password(PASSWORD)


@pytest.mark.usefixtures("installation")
def test_whoever_runs_the_machine_takes_a_lost_second_factor_away() -> None:
    user = an_agent()
    a_second_factor(user, now=NOW)
    assert user.name in _run("person", "reset-second-factor", user.code)
    assert not has_second_factor(user.pk)
    for code in (user.code, "ZZZZ2222"):
        with pytest.raises(CommandError) as refused:
            _run("person", "reset-second-factor", code)
        assert _code(refused) == 1
