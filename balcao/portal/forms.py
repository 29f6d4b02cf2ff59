"""The shape of what a customer sends. Whether it may be done, the actions say."""

import re
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.files.forms import NoRoom, check_uploads, keep_uploads
from balcao.policy.access import Actor
from balcao.tickets.queries import Draft, StoredFile, quota_of

MAX_SUBJECT = 200
MAX_BODY = 50_000
_KEY = re.compile(r"[A-Za-z0-9:_.-]{16,64}")


def new_key() -> str:
    """The key that makes sending the same form twice one ticket, or one message."""
    return uuid.uuid4().hex


class SignInForm(forms.Form):
    code = forms.CharField(
        max_length=40,
        label=gettext_lazy("User code"),
        error_messages={"required": gettext_lazy("Type your user code.")},
    )
    password = forms.CharField(
        max_length=256,
        strip=False,
        widget=forms.PasswordInput,
        label=gettext_lazy("Password"),
        error_messages={"required": gettext_lazy("Type your password.")},
    )


class FactorForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    factor = forms.CharField(
        max_length=40,
        label=gettext_lazy("Code of the app"),
        error_messages={"required": gettext_lazy("Type the code.")},
    )


class PasswordAgainForm(forms.Form):
    """The password once more, before something that matters."""

    current = forms.CharField(
        max_length=256,
        strip=False,
        widget=forms.PasswordInput,
        label=gettext_lazy("Your password"),
        error_messages={"required": gettext_lazy("Type your password.")},
    )


class CopyForm(PasswordAgainForm):
    """Which copy: one's own (empty), or a company's by its id; ``companies``: those on offer."""

    what = forms.ChoiceField(
        required=False,
        label=gettext_lazy("What goes into the file?"),
        error_messages={"invalid_choice": gettext_lazy("Choose one of these.")},
    )

    field_order = ("what", "current")

    def __init__(self, data: Any = None, *, companies: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["what"].choices = [("", ""), *companies]  # type: ignore[attr-defined]

    @property
    def organisation_id(self) -> int | None:
        what = self.cleaned_data["what"]
        return int(what) if what else None


class AddFactorForm(FactorForm, PasswordAgainForm):
    """What the new app shows, and the password."""


class RecoverForm(forms.Form):
    """What somebody remembers of their access."""

    who = forms.CharField(
        max_length=254,
        label=gettext_lazy("Your registered e-mail or your user code"),
        error_messages={"required": gettext_lazy("Type your e-mail or your code.")},
    )


class NewPasswordForm(forms.Form):
    """A new password, typed twice. Whether it is good enough, the action says."""

    password = forms.CharField(
        max_length=256,
        strip=False,
        widget=forms.PasswordInput,
        label=gettext_lazy("New password"),
        help_text=gettext_lazy(
            "At least 10 characters, not only digits and not a common password. A sentence is easy"
            " to remember."
        ),
        error_messages={"required": gettext_lazy("Type the new password.")},
    )
    again = forms.CharField(
        max_length=256,
        strip=False,
        widget=forms.PasswordInput,
        label=gettext_lazy("New password again"),
        error_messages={"required": gettext_lazy("Type the new password again.")},
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if {"password", "again"} <= typed.keys() and typed["password"] != typed["again"]:
            self.add_error("again", _("The two passwords are not the same."))
        return typed


class ChangePasswordForm(PasswordAgainForm, NewPasswordForm):
    """The password in force, then a new one."""


class _WithFiles(forms.Form):
    """A form with a key of its own, text and files."""

    key = forms.CharField(required=False)
    body = forms.CharField(
        required=False,
        max_length=MAX_BODY,
        label=gettext_lazy("Your message"),
        widget=forms.Textarea,
        error_messages={"max_length": gettext_lazy("The text is too long: attach it as a file.")},
    )

    def __init__(
        self,
        data: Any = None,
        files: "MultiValueDict[str, UploadedFile[Any]] | None" = None,
        *,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        # A form has an attribute of that name, so the field cannot be declared in the class.
        self.fields["files"] = forms.FileField(required=False, label=_("Files"))
        self.order_fields(self.field_order)
        self.uploads: list[UploadedFile[Any]] = files.getlist("files") if files else []

    def clean_key(self) -> str:
        """A key of another shape was made by no page of ours: a new one takes its place."""
        given: str = self.cleaned_data["key"]
        return given if _KEY.fullmatch(given) else new_key()

    def clean_body(self) -> str:
        """Line ends as everywhere else; a browser sends CRLF."""
        given: str = self.cleaned_data["body"]
        return given.replace("\r\n", "\n")

    def clean_files(self) -> "list[UploadedFile[Any]]":
        check_uploads(self.uploads)
        return self.uploads

    trouble = ""

    def keep_files(
        self, now: datetime, *, actor: Actor, ticket_id: int | None = None
    ) -> list[StoredFile]:
        """Store what was attached, outside any transaction. Raises OSError when the disk is full.

        What was stored is no longer an upload, so that a form shown again stores nothing twice.
        """
        uploads, self.uploads = self.uploads, []
        if not uploads:
            return []
        try:
            quota = quota_of(actor.id, ticket_id=ticket_id)
            return keep_uploads(uploads, now=now, quota=quota)
        except NoRoom as full:
            self.trouble = full.said
            raise

    def cannot_keep(self) -> None:
        """Say that the files could not be stored."""
        self.add_error(
            "files", self.trouble or _("We could not keep the files just now. Please try again.")
        )


class ReplyForm(_WithFiles):
    """What a customer adds to a ticket: a text, files, or both."""

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("body") and not self.uploads and "body" not in self.errors:
            self.add_error("body", _("Write something, or attach a file."))
        return self.cleaned_data


class RatingForm(forms.Form):
    """What a customer thinks of the service."""

    score = forms.TypedChoiceField(
        coerce=int,
        choices=[(str(score), str(score)) for score in range(1, 6)],
        label=gettext_lazy("How was the service?"),
        error_messages={
            "required": gettext_lazy("Choose a score from 1 to 5."),
            "invalid_choice": gettext_lazy("Choose a score from 1 to 5."),
        },
    )
    comment = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea,
        label=gettext_lazy("Comment"),
        error_messages={"max_length": gettext_lazy("Use at most 2,000 characters.")},
    )


class ColleagueForm(forms.Form):
    """Which colleague is meant."""

    person = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class OpeningForm(_WithFiles):
    """A new ticket. ``about`` names organisation and licence at once: ``12-55``, or ``12-``.

    Whether those and the service are the actor's to choose, the action says.

    ``kept``: the files of the draft. Those the form names again still belong to it.
    """

    about = forms.RegexField(
        r"^[0-9]{1,18}-(?:[0-9]{1,18})?$",
        label=gettext_lazy("What is it about?"),
        error_messages={
            "required": gettext_lazy("Choose the product."),
            "invalid": gettext_lazy("Choose one of the products below."),
        },
    )
    service = forms.RegexField(
        r"^[a-z0-9_-]{1,60}$",
        label=gettext_lazy("Kind of help"),
        error_messages={
            "required": gettext_lazy("Choose the kind of help."),
            "invalid": gettext_lazy("Choose one of the kinds of help in the list."),
        },
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=MAX_SUBJECT,
        error_messages={
            "required": gettext_lazy("Say in a few words what it is about."),
            "max_length": gettext_lazy("Shorten the subject; the details go below."),
        },
    )
    follows = forms.CharField(required=False, max_length=20)

    field_order = ("about", "service", "subject", "body", "files", "key", "follows")

    def __init__(
        self,
        data: Any = None,
        files: "MultiValueDict[str, UploadedFile[Any]] | None" = None,
        *,
        kept: Sequence[StoredFile] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files, initial=initial)
        self.drafted = list(kept)
        body = self.fields["body"]
        body.required = True
        body.label = _("What happened?")
        body.error_messages["required"] = _("Tell us what happened.")

    @property
    def kept_files(self) -> list[StoredFile]:
        """The draft's files that are still wanted; all of them until the form says otherwise."""
        if not self.is_bound or not isinstance(self.data, QueryDict):
            return self.drafted
        wanted = set(self.data.getlist("kept"))
        return [file for file in self.drafted if str(file.pk) in wanted]

    def not_among(self, abouts: Collection[str], services: Collection[str]) -> bool:
        """Say which choice is not one of these; whether there was such a choice."""
        for name, offered in (("about", abouts), ("service", services)):
            if self.cleaned_data[name] not in offered:
                self.add_error(name, self.fields[name].error_messages["invalid"])
        return bool(self.errors)

    @property
    def organisation_id(self) -> int:
        return int(str(self.cleaned_data["about"]).partition("-")[0])

    @property
    def licence_id(self) -> int | None:
        licence = str(self.cleaned_data["about"]).partition("-")[2]
        return int(licence) if licence else None


class TypingForm(forms.Form):
    """The opening form while it is being filled in: nothing is required, nothing has a fault."""

    key = forms.RegexField(_KEY.pattern)
    about = forms.RegexField(r"^[0-9]{1,18}-(?:[0-9]{1,18})?$", required=False)
    service = forms.RegexField(r"^[a-z0-9_-]{1,60}$", required=False)
    subject = forms.CharField(required=False)
    body = forms.CharField(required=False, max_length=MAX_BODY)

    @property
    def typed(self) -> dict[str, Any]:
        """What ``keep_typing`` takes."""
        data = self.cleaned_data
        organisation, _dash, licence = data["about"].partition("-")
        return {
            "key": data["key"],
            "subject": data["subject"][:MAX_SUBJECT],
            "body": data["body"].replace("\r\n", "\n"),
            "organisation_id": int(organisation) if organisation else None,
            "licence_id": int(licence) if licence else None,
            "service": data["service"],
        }


def from_draft(draft: Draft) -> dict[str, Any]:
    """What the opening form starts with when a draft is taken up again."""
    about = f"{draft.organisation_id}-{draft.licence_id or ''}" if draft.organisation_id else ""
    return {
        "about": about,
        "service": draft.service.slug if draft.service else "",
        "subject": draft.subject,
        "body": draft.body,
        "key": draft.key,
    }
