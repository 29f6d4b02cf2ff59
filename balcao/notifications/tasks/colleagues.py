"""What somebody already on file is told when another organisation names them."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.tasks.accounts import letter_to, post_letter
from balcao.notifications.tasks.letters import page, reading
from balcao.people import queries as people
from balcao.rulebook import queries as rulebook


@task("notifications.colleague_known")
def colleague_known(
    *, now: datetime, event: int, subject: int, organisation: int, **_data: object
) -> None:
    """They act for one more organisation, with the code and password they have."""
    reader = queries.reader(subject)
    if reader is None:
        return
    policy = rulebook.current()
    names = {"organisation": people.organisation_name(organisation)}
    with reading(reader.language, policy):
        letter = replace(
            letter_to(
                reader,
                policy,
                _("You now act for %(organisation)s") % names,
                _("An administrator of %(organisation)s added you as a colleague.") % names,
                _("You sign in with the user code and password you have; nothing else changes."),
                _("If this is a mistake, call us: %(phone)s.")
                % {"phone": policy.company.support_phone},
            ),
            button=_("Go to the portal"),
            link=page("home"),
        )
        post_letter("colleague", letter, reader, event=event, now=now)
