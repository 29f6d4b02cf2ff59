"""The logo of the company's form: a file that was chosen becomes a picture that is kept."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from balcao.policy.book import Company, PolicyError, parse
from balcao.rulebook import actions
from balcao.rulebook.forms import TopicForm
from balcao.web.guards import PageRequest

LOGO, FILE, NONE = "company.logo", "logo_file", "logo_none"


def with_logo(request: PageRequest) -> tuple[QueryDict, str]:
    """What was sent, with the fingerprint of a new picture or without any; and why a file cannot be
    one, in words.
    """
    data = request.POST.copy()
    if data.get(NONE):
        data[LOGO] = ""
    given = request.FILES.get(FILE)
    if given is None:
        return data, ""
    try:
        data[LOGO] = actions.keep_picture(
            actor=request.actor,
            now=request.now,
            content=given.read(actions.PICTURE_BYTES + 1),
        )
    except actions.NoPicture as error:
        return data, _refusal(error.code)
    return data, ""


def _refusal(code: str) -> str:
    least, most = actions.PICTURE_PIXELS
    if code == "large":
        return _("The picture is larger than %(size)d KB. Choose a smaller one.") % {
            "size": actions.PICTURE_BYTES // 1024
        }
    if code == "size":
        return _("Each side must have between %(least)d and %(most)d pixels.") % {
            "least": least,
            "most": most,
        }
    return _("This is not a PNG picture. Save the logo as PNG and choose it again.")


def tried(form: TopicForm) -> Company | None:
    """The company as the form would make it; None while something in it is wrong."""
    if form.is_bound and not form.judge():
        return None
    try:
        return parse(form.drafted() if form.is_bound else form.document, version=1).company
    except PolicyError:
        return None
