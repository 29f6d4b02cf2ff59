"""LEGIT-200: at least 199 of two hundred honest answers reach their ticket."""

import pytest
from django.conf import LazySettings

from balcao.channels.intake import receive
from balcao.channels.tests.legit import honest
from balcao.channels.tests.mails import HOUR, asked, last_mail, the_message, trust_our_server
from balcao.tickets.models import Message, MessageKind
from tests.cast import NOW

pytestmark = pytest.mark.usefixtures("installation")


def test_s7_s8_at_least_199_of_200_honest_answers_are_added(settings: LazySettings) -> None:
    trust_our_server(settings)
    customer, ticket = asked()
    mails = list(honest(ticket, customer.address, last_mail(ticket, customer.address).mail_id))
    assert len(mails) == len({mail.raw for mail in mails}) == 200
    lost, shown_badly = [], []
    for mail in mails:
        result = receive(mail.raw, now=NOW + 2 * HOUR)
        if result.outcome != "appended" or result.ticket != ticket.number:
            lost.append((mail.words, result.outcome, result.reason))
        elif not the_message(result).body.startswith(mail.words):
            shown_badly.append((mail.words, the_message(result).body))
    assert len(lost) <= 1, lost
    assert Message.objects.filter(ticket=ticket, kind=MessageKind.CUSTOMER).count() >= 200
    # Whatever the character set, the answer reads as it was written, and comes first.
    assert shown_badly == []
