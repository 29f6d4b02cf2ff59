"""What is read in mails as Brazilian offices write them: who, about what, what they say."""

import pytest

from balcao.lib.html import sanitise
from balcao.lib.mail.identity import Sender, clear_sender
from balcao.lib.mail.parsing import parse
from balcao.lib.mail.tests.letters import LETTERS
from balcao.lib.mail.tests.writing import Letter
from balcao.lib.text import fold_quotes


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS.keys())
def test_f3_f5_f7_f8_a_mail_says_who_wrote_what_and_with_which_files(letter: Letter) -> None:
    mail = parse(letter.raw, max_bytes=1_000_000)
    sender = clear_sender(mail.raw_headers)
    assert isinstance(sender, Sender)
    assert (sender.address, sender.display) == (letter.address, letter.display)
    assert mail.subject == letter.subject
    said, quoted = fold_quotes(mail.text)
    assert said == letter.said
    assert letter.quoted in quoted
    assert bool(quoted) is bool(letter.quoted)
    assert tuple(part.name for part in mail.files) == letter.files
    assert letter.html in mail.html
    assert bool(mail.html) is bool(letter.html)
    assert sanitise(mail.html) == mail.html
    assert (mail.machine.kind.value if mail.machine else "") == letter.machine


def test_there_are_more_than_sixty_of_them() -> None:
    assert len(LETTERS) > 60
