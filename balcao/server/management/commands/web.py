"""`balcao web`: the pages."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from balcao.server import asgi, preflight, supervisor


class Command(BaseCommand):
    help = "Serve the web pages of one node."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        env = settings.ENV
        host, port = env.text("BALCAO_HOST"), env.number("BALCAO_PORT")
        preflight.check_data()
        preflight.check_database()
        preflight.check_port(host, port, setting="BALCAO_PORT")
        asgi.load_pages()
        preflight.let_go()
        Granian(
            asgi.__name__,
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            workers=max(1, env.number("BALCAO_WEB_WORKERS")),
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=supervisor.WORKER_SECONDS,
            log_level=LogLevels.warning,
        ).serve(target_loader=_app, wrap_loader=False)


def _app() -> Callable[..., object]:
    """What a worker of granian serves; it goes when its master is gone, which ends it."""
    supervisor.die_with_parent()
    return asgi.app
