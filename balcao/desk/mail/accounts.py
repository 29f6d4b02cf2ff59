"""The accounts mail comes in by: how each stands, and whether it really works."""

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from balcao.channels.actions import testing
from balcao.channels.email.accounts import Account, accounts, address_of
from balcao.channels.queries.accounts import Standing, standings
from balcao.desk import menu
from balcao.policy.access import Duty, may
from balcao.web import words
from balcao.web.guards import PageRequest, guard

BOOK = "desk_accounts"


@dataclass(frozen=True, slots=True)
class Row:
    """One account in words. ``late``: its test did not come back in time."""

    name: str
    way: str
    address: str
    trust: str
    server: str
    state: Standing
    late: bool


@guard("staff", duty=Duty.VIEW_MAIL_ACCOUNTS)
def mail_accounts(request: PageRequest) -> HttpResponse:
    """All of them, as the operator wrote them down; a fault in the file is said in its words."""
    trouble = ""
    found: tuple[Account, ...] = ()
    try:
        found = accounts()
    except ImproperlyConfigured as error:
        trouble = str(error)
    states = standings(tuple(one.name for one in found))
    rows = [_row(request, one, states[one.name]) for one in found]
    context = {
        "rows": rows,
        "trouble": trouble,
        "keeps": may(request.actor, Duty.KEEP_MAIL_ACCOUNTS),
        "testing": any(row.state.testing for row in rows),
    }
    return menu.show(request, "desk/mail/accounts.html", context, book=BOOK)


def _row(request: PageRequest, account: Account, state: Standing) -> Row:
    return Row(
        name=account.name,
        way=words.mail_way(account.way),
        address=address_of(account, request.policy.company.support_address),
        trust=words.mail_trust(account.truster.trust.value),
        server=account.truster.server,
        state=state,
        late=state.test == testing.LATE,
    )


@guard("staff", methods=("POST",), duty=Duty.KEEP_MAIL_ACCOUNTS)
def account_test(request: PageRequest, name: str) -> HttpResponse:
    """Send a mail to the account's own address and wait for it to come in."""
    if name not in {one.name for one in accounts()}:
        raise Http404
    testing.begin_test(actor=request.actor, now=request.now, name=name)
    return redirect(BOOK)
