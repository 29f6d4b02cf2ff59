"""The shape of what an agent sends. Whether it may be done, the actions say."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.files.actions import store
from balcao.policy.lifecycle import Verb
from balcao.tickets.queries import StoredFile
from balcao.web import format

REPLY = "reply"
NOTE = "note"
MAX_BODY = 50_000
MAX_FILES = 10

# What follows a reply, by the value of the button that sent it.
THEN = {"": None, "wait": Verb.WAIT_CUSTOMER, "resolve": Verb.RESOLVE}

# Moves by hand that need nothing but a press; the others have pages of their own.
MOVES = (Verb.ASK_SALES, Verb.ANSWER_SCOPE, Verb.WAIT_THIRD, Verb.RESUME, Verb.CANCEL)


def new_key() -> str:
    """The key that makes sending the same form twice one message."""
    return uuid.uuid4().hex


def file_limit() -> int:
    """Most bytes of files in one form: a little less than a request may hold, for the text."""
    return settings.MAX_UPLOAD // (1024 * 1024) * 1_000_000


class WriteForm(forms.Form):
    """A reply or a note. ``seen``: how many messages were on the page it was written on."""

    kind = forms.ChoiceField(choices=[(REPLY, REPLY), (NOTE, NOTE)], required=False)
    then = forms.ChoiceField(choices=[(value, value) for value in THEN if value], required=False)
    key = forms.CharField(validators=[RegexValidator(r"^[0-9a-f]{32}$")])
    seen = forms.IntegerField(required=False, min_value=0)
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
        if len(self.uploads) > MAX_FILES:
            raise forms.ValidationError(
                _("Choose at most %(count)d files, or put them in one ZIP file.")
                % {"count": MAX_FILES}
            )
        if sum(upload.size or 0 for upload in self.uploads) > file_limit():
            raise forms.ValidationError(
                _("The files are too large: together they may have %(size)s.")
                % {"size": format.file_size(file_limit())}
            )
        return self.cleaned_data

    def keep_files(self, now: datetime) -> list[StoredFile]:
        """Store what was attached, outside any transaction. Raises OSError: the disk is full."""
        return [
            store(upload.file, name=upload.name or "", now=now)
            for upload in self.uploads
            if upload.file is not None
        ]

    def cannot_keep(self) -> None:
        """Say that the files could not be stored."""
        self.add_error(None, _("We could not keep the files just now. Please try again."))

    @property
    def complaints(self) -> tuple[str, ...]:
        """Everything that is wrong, in sentences."""
        return tuple(str(error) for errors in self.errors.values() for error in errors)


class MoveForm(forms.Form):
    """A change of state by hand."""

    verb = forms.ChoiceField(choices=[(verb.value, verb.value) for verb in MOVES])
