"""What is told to every customer, and what they think of a page, for the story of a desk's life."""

import secrets

from balcao.knowledge import actions as knowledge
from tests import cast
from tests.cast import NOW, Customer, acting
from tests.notices import a_notice


def tell_of_notices(word: str, customer: Customer) -> None:
    """A notice is put up, changed and taken down; a reader leaves an opinion, which is read."""
    keeper = acting(cast.a_supervisor(name=word))
    row = a_notice(title=word, body=word)
    said = knowledge.Said("outage", word, word * 2, row.starts_at, None)
    row = knowledge.change_notice(
        actor=keeper, now=NOW, notice_id=row.pk, said=said, seen=row.changed_at
    )
    knowledge.end_notice(actor=keeper, now=NOW, notice_id=row.pk)
    opinion = knowledge.leave_feedback(
        actor=customer.actor,
        now=NOW,
        page="policy",
        policy_version=1,
        helpful=False,
        comment=word,
        key=secrets.token_hex(16),
        machine=word,
    )
    knowledge.mark_read(actor=keeper, now=NOW, feedback_id=opinion.pk)
