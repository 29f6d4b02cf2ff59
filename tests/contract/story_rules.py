"""What happens to the book of rules, told once for the story of a desk's life."""

from balcao.lib.tests.test_png import a_png
from balcao.policy.access import Actor
from balcao.policy.book import PAGE_PLACEHOLDERS
from balcao.policy.book.changes import Topic
from balcao.rulebook import actions as rulebook
from tests import cast
from tests.cast import NOW, acting


def tell_of_rules(word: str) -> None:
    """Changed by one, then by two, refused, taken back; each text holds ``word``."""
    author, second = (acting(cast.an_administrator(name=word)) for _ in range(2))
    rulebook.keep_picture(actor=author, now=NOW, content=a_png(64, 32))
    exceptions = {"change": {"second_approver": True}}
    two = cast.a_change(author, Topic.EXCEPTIONS, exceptions)
    rulebook.submit(actor=author, now=NOW, proposal_id=two.pk, reason=word)
    rulebook.approve(actor=second, now=NOW, proposal_id=_asked(author, word, 1), answer=word)
    rulebook.reject(actor=second, now=NOW, proposal_id=_asked(author, word, 2), answer=word)
    rulebook.withdraw(actor=author, now=NOW, proposal_id=_asked(author, word, 3))


def _asked(author: Actor, word: str, number: int) -> int:
    """A change of the page's text that waits for the second person."""
    text = " ".join([word, str(number), *(f"{{{name}}}" for name in PAGE_PLACEHOLDERS)])
    change = cast.a_change(author, Topic.PAGE, {"page": {"pt": text}})
    rulebook.submit(actor=author, now=NOW, proposal_id=change.pk, reason=word)
    return change.pk
