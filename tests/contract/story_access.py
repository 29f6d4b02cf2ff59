"""How people get in and are kept safe, told once for the story of a desk's life."""

from datetime import timedelta

from balcao.people import actions as people
from balcao.people.actions import sessions
from balcao.people.queries import recovery_codes
from balcao.policy.access import SYSTEM
from balcao.policy.accounts import TokenKind
from tests import cast
from tests.cast import NOW


def tell_of_access(word: str) -> None:
    """Invited, forgotten, signed in, with a second factor and without it again."""
    customer = cast.a_customer(name=word)
    user = customer.user
    people.invite(actor=SYSTEM, now=NOW, user_id=user.pk)
    _invite(word)
    link = people.make_token(now=NOW, kind=TokenKind.INVITATION, user_id=user.pk)
    people.set_password_by_link(
        now=NOW, kind=TokenKind.INVITATION, secret=link, password=f"{word}-{word}"
    )
    people.make_link(actor=SYSTEM, now=NOW, user_id=user.pk, kind=TokenKind.RESET)
    people.recover(now=NOW, typed=customer.address)
    here = sessions.Browser(key=word, client="192.0.2.7", agent=word)
    sessions.begin(actor=customer.actor, now=NOW, user=user, session=here, factor="none")
    people.set_language(actor=customer.actor, now=NOW, user_id=user.pk, language="pt-br")
    people.keep_setting(actor=customer.actor, now=NOW, user_id=user.pk, name="thread", value="all")
    for lost in (False, True):
        now = NOW + timedelta(hours=1 + lost)
        cast.a_second_factor(user, now=now)
        people.new_recovery_codes(now=now, user_id=user.pk)
        people.check_factor(now=now, user_id=user.pk, code=recovery_codes(user.pk)[0])
        if lost:
            people.reset_factor(actor=SYSTEM, now=now, user_id=user.pk)
        else:
            people.remove_factor(now=now, user_id=user.pk)
    people.end_all(actor=customer.actor, now=NOW, user_id=user.pk)


def _invite(word: str) -> None:
    """Together with others, after a pause."""
    user = people.register_person(actor=SYSTEM, now=NOW, name=word, address=f"{word}@x.example")
    people.join(actor=SYSTEM, now=NOW, user=user, organisation=cast.an_organisation())
    people.plan_invitations(actor=SYSTEM, now=NOW, per_minute=60)
    people.pause_invitations(actor=SYSTEM, now=NOW)
    people.resume_invitations(actor=SYSTEM, now=NOW, per_minute=60)
    people.send_invitations(NOW)
