"""A logo is kept once, only from who may change the company, and only when it is a PNG."""

import pytest

from balcao.events.models import Event
from balcao.lib.tests.test_png import a_png
from balcao.policy.access import Role
from balcao.rulebook import actions
from balcao.rulebook.models import Picture
from balcao.rulebook.queries import picture
from tests.cast import NOW, a_member_of_staff, acting, an_administrator

pytestmark = pytest.mark.usefixtures("installation")


def test_an_administrator_keeps_a_picture_once() -> None:
    actor = acting(an_administrator())
    digest = actions.keep_picture(actor=actor, now=NOW, content=a_png(64, 40))
    assert actions.keep_picture(actor=actor, now=NOW, content=a_png(64, 40)) == digest
    row = Picture.objects.get()
    assert (row.digest, row.width, row.height) == (digest, 64, 40)
    assert picture(digest) == a_png(64, 40)
    assert Event.objects.filter(verb="policy.picture_kept", subject_id=row.pk).count() == 1
    with pytest.raises(Picture.DoesNotExist):
        picture("0" * 64)


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.SALES, Role.AUDITOR])
def test_who_may_not_change_the_company_keeps_none(role: Role) -> None:
    with pytest.raises(actions.NotAllowed):
        actions.keep_picture(actor=acting(a_member_of_staff(role)), now=NOW, content=a_png(64, 40))
    assert not Picture.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg onload=alert(1)>", "kind"),
        (a_png(64, 64)[:-2], "kind"),
        (a_png(31, 64), "size"),
        (a_png(64, 1025), "size"),
        (b"x" * (actions.PICTURE_BYTES + 1), "large"),
    ],
)
def test_g3_what_can_be_no_logo_is_refused(content: bytes, code: str) -> None:
    actor = acting(an_administrator())
    with pytest.raises(actions.NoPicture) as refused:
        actions.keep_picture(actor=actor, now=NOW, content=content)
    assert refused.value.code == code
    assert not Picture.objects.exists()
