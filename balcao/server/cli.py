"""`balcao`: the one command line."""

import gc
import os
import sys
from collections.abc import Callable, Sequence

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, get_commands, load_command_class
from django.db import DatabaseError
from django.utils.module_loading import import_string

from balcao.server.environment import SettingError

OK, REFUSED, USAGE, ENVIRONMENT = 0, 1, 2, 3

_HELP = """\
balcao: the technical-support desk that enforces the support policy

usage: balcao COMMAND [options]        balcao COMMAND --help explains one

Run it
  serve      the whole desk: web pages and background work, restarted when a part dies
  web        web pages alone (more nodes: one database, any number of these)
  work       background work alone: jobs, deadlines, mail in and out
  setup      make or upgrade the database, install the shipped policy
  assets     build the browser's styles, scripts and the translation catalogues
  demo       fill an empty desk with demo data and print who can sign in

Use it
  import     read the register from spreadsheets, invite people:  balcao import FILE... --dry-run
  ticket     open or show a ticket:      balcao ticket show 4827193059 --json
  mail       take in a message:          balcao mail receive < message.eml
  person     help somebody back in:      balcao person link ABCD2345
  sla        explain a deadline:         balcao sla explain --opened 2026-11-20T17:00-03:00
  policy     show, check, try the rules: balcao policy replay --days 30 --draft draft.toml
  search     index what was written:     balcao search rebuild
  audit      check the record:           balcao audit verify

Exit codes: 0 done, 1 refused by the policy, 2 wrong usage, 3 something outside is missing.
Settings are environment variables, see docs/settings.md.
"""

COMMANDS = (
    "serve",
    "web",
    "work",
    "setup",
    "assets",
    "demo",
    "import",
    "ticket",
    "mail",
    "person",
    "sla",
    "policy",
    "search",
    "audit",
)

# Django's own options, which say nothing to somebody who runs a desk.
_DJANGO_OPTIONS = {
    "--version",
    "--verbosity",
    "--settings",
    "--pythonpath",
    "--traceback",
    "--no-color",
    "--force-color",
    "--skip-checks",
}


def main(argv: Sequence[str] | None = None) -> None:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_HELP, end="")
        raise SystemExit(OK if arguments else USAGE)
    if arguments[0] not in COMMANDS:
        print(f"balcao: there is no command {arguments[0]!r}; see balcao --help", file=sys.stderr)
        raise SystemExit(USAGE)
    raise SystemExit(_run(arguments))


def _run(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balcao.server.settings")
    return attempt(lambda: _start(arguments))


def _start(arguments: list[str]) -> None:
    gc.disable()  # what is loaded stays: looking for garbage meanwhile is a fifth of the start
    django.setup()
    # Only now may anything that needs the settings be imported.
    configure = import_string("balcao.server.logs.configure")
    configure()
    perform(arguments)


def perform(arguments: list[str]) -> None:
    """Run one command in this process, which has its settings."""
    command = load_command_class(str(get_commands()[arguments[0]]), arguments[0])
    gc.freeze()
    gc.enable()
    command.suppressed_base_arguments = _DJANGO_OPTIONS
    # A wrong option ends with 2 and argparse's own sentence, as in any other program.
    command._called_from_command_line = True  # type: ignore[attr-defined]
    parser = command.create_parser("balcao", arguments[0])
    options = vars(parser.parse_args(arguments[1:]))
    command.execute(*options.pop("args", ()), **options)


def attempt(work: Callable[[], object]) -> int:
    """Do it and say with which code to exit; a foreseeable failure is one sentence."""
    try:
        work()
    except (SettingError, ImproperlyConfigured) as problem:
        return _complain(str(problem), ENVIRONMENT)
    except CommandError as problem:
        return _complain(str(problem), problem.returncode)
    except DatabaseError as problem:
        text = str(problem).strip().splitlines() or ["no answer"]
        return _complain(f"The database cannot be used: {text[0]}.", ENVIRONMENT)
    except OSError as problem:
        return _complain(f"{problem.strerror or problem}: {problem.filename or ''}", ENVIRONMENT)
    except KeyboardInterrupt:
        return OK
    return OK


def _complain(text: str, code: int) -> int:
    print(f"balcao: {text}", file=sys.stderr)
    return code
