"""Giving a stored file to those who may read its message, at the portal and at the desk."""

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from balcao.events.access import TICKET, Act, saw
from balcao.files.queries import open_file
from balcao.lib.sniff import served_type
from balcao.policy.access import Actor
from balcao.tickets.queries import Attachment, StoredFile, attachment_for
from balcao.web import words
from balcao.web.guards import PageRequest, guard

# Even a picture that a browser shows by itself can do nothing and load nothing (I4).
_POLICY = "sandbox; default-src 'none'"
_CHUNK = 256 * 1024


@guard("signed_in")
def download(request: PageRequest, file_id: UUID) -> HttpResponseBase:
    """One attachment; for everybody else it does not exist (B1)."""
    return give(request, request.actor, attachment_for(request.actor, file_id))


def give(request: PageRequest, actor: Actor, attachment: Attachment) -> HttpResponseBase:
    """The file of an attachment that the actor may read. Every download is noted (A9)."""
    file = attachment.file
    if file.held:
        return _held(request, file)
    saw(
        Act.DOWNLOADED,
        TICKET,
        attachment.message.ticket_id,
        actor=actor,
        now=request.now,
        address=request.META.get("REMOTE_ADDR"),
        detail=file.pk.hex,
    )
    try:
        content = open_file(file)
    except FileNotFoundError:
        return _lost(request, file.name)
    content_type, inline = served_type(file.content_type)
    response = FileResponse(
        content, as_attachment=not inline, filename=file.name, content_type=content_type
    )
    response.block_size = _CHUNK
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _held(request: PageRequest, file: StoredFile) -> HttpResponse:
    """A file that the virus scanner has not let through, in words (I3)."""
    said = {"name": file.name, "text": words.file_held(file.held)}
    return render(request, "web/errors/file_held.html", said, status=403)


def _lost(request: PageRequest, name: str) -> HttpResponse:
    return render(request, "portal/file_lost.html", {"name": name}, status=404)
