"""The jobs of the files."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from balcao.events.registry import Later, task
from balcao.files import actions, scanner
from balcao.files.queries import open_file, waiting_for_scanner


@task("files.scan", outside=True)
def scan(*, now: datetime, file: str) -> None:
    """Ask the scanner about one file. While it is away the file is held, and asked about again."""
    row = waiting_for_scanner(UUID(file))
    if row is None:
        return
    try:
        with open_file(row) as content:
            infected = scanner.is_infected(content, where=settings.CLAMD)
    except scanner.Unreachable as error:
        raise Later(timedelta(minutes=1)) from error
    actions.settle_scan(row.pk, infected=infected)
