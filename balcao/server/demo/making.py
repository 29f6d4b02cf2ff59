"""Making the demo: once, through the real actions, and to the end even when it was interrupted."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.management.base import CommandError
from django.utils import timezone

from balcao.events.actions import emit
from balcao.events.models import Event
from balcao.events.registry import holding_back
from balcao.people.models import Organisation, User
from balcao.policy.access import SYSTEM
from balcao.rulebook import queries as rulebook
from balcao.server.demo import register
from balcao.server.demo.around import play_around
from balcao.server.demo.cast import EVERYBODY, STAFF
from balcao.server.demo.passwords import password_of
from balcao.server.demo.playing import Player
from balcao.server.demo.selling import let_sales_wait, play_sales
from balcao.server.demo.timeline import Past, steps
from balcao.server.install import install
from balcao.server.preflight import problem
from balcao.tickets.models import Queue, Ticket

Progress = Callable[[str], object]

BEGAN, MADE = "demo.began", "demo.made"
_EVERY = 40


def prepare(*, progress: Progress) -> None:
    """Make the demo in this database, unless it is there already: then nothing changes.

    Times are relative to the first run; a run that was interrupted is finished with the moments of
    the first. ``progress`` is told now and then in one line. Raises CommandError (exit 3) when the
    database holds data that is not the demo's.
    """
    with _one_at_a_time():
        if _has(MADE):
            _check_key()
            return
        if not _has(BEGAN):
            _refuse_other_data()
            now = timezone.now()
            install(now=now)
            emit(BEGAN, Queue.objects.get(is_default=True), actor=SYSTEM, now=now)
        _make(_anchor(), progress)


def _make(anchor: datetime, progress: Progress) -> None:
    progress("Demo: people, contracts and licences.")
    past = Past(anchor, rulebook.current().calendar)
    story = steps(past)
    register.register_all(first=story[0].at, anchor=anchor)
    # The past is told to nobody: these answers were never sent, and must not be sent today.
    with holding_back("notifications"):
        play_around(past)
        player = Player(taken=frozenset(_moments()))
        for number, step in enumerate(story, start=1):
            player.take(step)
            if number % _EVERY == 0:
                progress(f"Demo: {number} of {len(story)} things that happened.")
        play_sales(anchor)
        player.let_time_pass(anchor)
        let_sales_wait(anchor)
    emit(MADE, Queue.objects.get(is_default=True), actor=SYSTEM, now=anchor)
    progress(f"Demo: {len(EVERYBODY)} people and {Ticket.objects.count()} tickets are ready.")


def _has(verb: str) -> bool:
    return Event.objects.filter(verb=verb).exists()


def _anchor() -> datetime:
    """The now of the first run."""
    return Event.objects.filter(verb=BEGAN).order_by("pk").values_list("at", flat=True)[0]


def _moments() -> Iterator[datetime]:
    """When people did something so far: these steps were taken before an interruption."""
    return Event.objects.filter(actor_kind="user").values_list("at", flat=True).iterator()


def _refuse_other_data() -> None:
    if User.objects.exists() or Organisation.objects.exists() or Ticket.objects.exists():
        raise problem(
            "This database already holds data that is not the demo's, and nothing was changed:"
            " set BALCAO_DATA to an empty folder, or BALCAO_DATABASE_URL to an empty database."
        )


def _check_key() -> None:
    """The passwords are made from the secret key; with another key they would be wrong."""
    code = STAFF[0].code
    stored = User.objects.filter(code=code).values_list("password", flat=True).first()
    if stored is None or not check_password(password_of(code), stored):
        raise _lost_key()


def _lost_key() -> CommandError:
    return problem(
        "The demo was made with another secret key, so its passwords are lost: give back"
        " BALCAO_SECRET_KEY (or secret.key), or set BALCAO_DATA to an empty folder."
    )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """A second demo on the same folder waits for the first, and then finds it made."""
    folder = Path(settings.DATA)
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
