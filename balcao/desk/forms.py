"""The shape of what an agent sends. Whether it may be done, the actions say."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.files.forms import NoRoom, check_uploads, keep_uploads
from balcao.policy.access import Actor
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import AFTER, Writing
from balcao.tickets.queries import StoredFile, quota_of

REPLY = "reply"
NOTE = "note"
MAX_BODY = 50_000
# What is too long to be sent is kept all the same, within reason.
MAX_KEPT = 500_000

# Moves by hand that need nothing but a press; the others have pages of their own.
MOVES = (Verb.ASK_SALES, Verb.RESUME, Verb.CANCEL)


def new_key() -> str:
    """The key that makes sending the same form twice one message."""
    return uuid.uuid4().hex


class WriteForm(forms.Form):
    """A reply or a note. ``seen`` and ``was``: how many messages stood on the page it was written
    on, and the ticket's state and owner there. ``version``: of the draft on that page.
    """

    kind = forms.ChoiceField(choices=[(REPLY, REPLY), (NOTE, NOTE)], required=False)
    then = forms.ChoiceField(choices=[(value, value) for value in AFTER if value], required=False)
    key = forms.CharField(validators=[RegexValidator(r"^[0-9a-f]{32}$")])
    seen = forms.IntegerField(required=False, min_value=0)
    version = forms.IntegerField(required=False, min_value=0)
    was = forms.CharField(required=False, max_length=40)
    body = forms.CharField(
        max_length=MAX_BODY,
        error_messages={
            "required": gettext_lazy("Write something first."),
            "max_length": gettext_lazy("The text is too long: attach it as a file."),
        },
    )

    def __init__(self, data: Any, files: "MultiValueDict[str, UploadedFile[Any]]") -> None:
        super().__init__(data)
        self.uploads: list[UploadedFile[Any]] = files.getlist("files")

    def clean_body(self) -> str:
        """Line ends as everywhere else; a browser sends CRLF."""
        given: str = self.cleaned_data["body"]
        return given.replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        try:
            check_uploads(self.uploads)
        except ValidationError:
            self.uploads = []
            raise
        return self.cleaned_data

    def writing(self, kind: str) -> Writing:
        """What was typed, also of a form that is not whole."""
        typed = str(self.data.get("body", "")).replace("\r\n", "\n")
        return Writing(
            kind=kind,
            body=typed[:MAX_KEPT],
            key=self.cleaned_data.get("key") or new_key(),
            version=self.cleaned_data.get("version") or 0,
            seen=self.cleaned_data.get("seen") or 0,
            then=self.cleaned_data.get("then") or "",
        )

    trouble = ""

    def keep_files(
        self, now: datetime, *, actor: Actor, ticket_id: int | None = None
    ) -> list[StoredFile]:
        """Store what was attached, outside any transaction. Raises OSError: the disk is full."""
        if not self.uploads:
            return []
        try:
            quota = quota_of(actor.id, ticket_id=ticket_id)
            return keep_uploads(self.uploads, now=now, quota=quota)
        except NoRoom as full:
            self.trouble = full.said
            raise

    def cannot_keep(self) -> None:
        """Say that the files could not be stored."""
        self.add_error(
            None, self.trouble or _("We could not keep the files just now. Please try again.")
        )

    @property
    def complaints(self) -> tuple[str, ...]:
        """Everything that is wrong, in sentences."""
        return tuple(str(error) for errors in self.errors.values() for error in errors)


class DraftForm(WriteForm):
    """What stands in the composer, perhaps nothing; ``do``: what becomes of it."""

    do = forms.ChoiceField(
        choices=[("save", "save"), ("discard", "discard"), ("restore", "restore")], required=False
    )
    without = forms.UUIDField(required=False)
    body = forms.CharField(
        required=False,
        max_length=MAX_KEPT,
        strip=False,
        error_messages={"max_length": gettext_lazy("The text is too long: attach it as a file.")},
    )


class MoveForm(forms.Form):
    """A change of state by hand."""

    verb = forms.ChoiceField(choices=[(verb.value, verb.value) for verb in MOVES])
