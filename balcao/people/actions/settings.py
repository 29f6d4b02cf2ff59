"""How somebody likes their pages."""

import json
from datetime import datetime

from django.db import transaction

from balcao.events.actions import emit
from balcao.people.models import User
from balcao.policy.access import Actor

MOST_SETTINGS = 60
MOST_BYTES = 4000


@transaction.atomic
def keep_setting(*, actor: Actor, now: datetime, user_id: int, name: str, value: object) -> None:
    """Keep that this person's page stands as ``value`` (JSON) from now on; None forgets.

    ``name`` is a code of the page ("thread"). What stands already changes nothing. Raises
    ValueError for more than anybody can like: pages send nothing of the kind.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if user.settings.get(name) == value:
        return
    kept = {**user.settings, name: value}
    if value is None:
        del kept[name]
    if len(kept) > MOST_SETTINGS or len(json.dumps(value)) > MOST_BYTES:
        raise ValueError(name)
    User.objects.filter(pk=user.pk).update(settings=kept)
    emit("person.setting_kept", user, actor=actor, now=now, data={"name": name})
