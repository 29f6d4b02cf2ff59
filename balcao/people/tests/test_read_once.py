"""Objects read by a statement that is compiled once are what Django would have made of them."""

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from balcao.events.statements import Statement
from balcao.people.models import Membership
from tests.cast import a_customer

pytestmark = pytest.mark.usefixtures("installation")


def test_objects_come_with_what_is_selected_along_and_annotated() -> None:
    person = a_customer().user
    asked = Statement(
        lambda pk: (
            Membership.objects.filter(user=pk)
            .select_related("organisation", "unit")
            .annotate(called=F("user__name"))
        ),
        int,
    )
    (found,) = asked.objects(person.pk)
    with CaptureQueriesContext(connection) as more:
        assert found.organisation.name
        assert found.unit is None
        assert found.called == person.name
        assert found == Membership.objects.get(pk=found.pk)
    assert len(more) == 1
