"""`balcao web`: the pages."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from balcao.server import preflight, supervisor


class Command(BaseCommand):
    help = "Serve the web pages of one node."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        env = settings.ENV
        if env.flag("BALCAO_SUPERVISED"):
            supervisor.die_with_parent()
        host, port = env.text("BALCAO_HOST"), env.number("BALCAO_PORT")
        preflight.check_data()
        preflight.check_database()
        preflight.check_port(host, port, setting="BALCAO_PORT")
        Granian(
            "balcao.server.asgi:app",
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            workers=max(1, env.number("BALCAO_WEB_WORKERS")),
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=supervisor.WORKER_SECONDS,
            log_level=LogLevels.warning,
        ).serve()
