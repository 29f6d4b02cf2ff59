"""The faults that the policy finds in a document (book.Problem), in the reader's language."""

from django.utils.translation import gettext, gettext_noop

from balcao.policy.book import Problem

TEXTS = (
    gettext_noop("is missing"),
    gettext_noop("is unknown"),
    gettext_noop("is unknown; did you mean %(near)s?"),
    gettext_noop("must be a table"),
    gettext_noop("must be a list"),
    gettext_noop("must be a text"),
    gettext_noop("must be one of %(known)s"),
    gettext_noop("must be one of %(known)s; did you mean %(near)s?"),
    gettext_noop("must be a positive number"),
    gettext_noop("must be a whole number above zero"),
    gettext_noop("must be a whole number, zero or more"),
    gettext_noop("must be true or false"),
    gettext_noop("must be below 100"),
    gettext_noop("must be at most %(most)s"),
    gettext_noop("must be at most %(most)s signs"),
    gettext_noop("must be names of at most %(most)s signs"),
    gettext_noop("must name at least one"),
    gettext_noop("must be a PIX key: CNPJ, CPF, e-mail, +55 telephone or random key"),
    gettext_noop("must be whole numbers above zero, each above the last"),
    gettext_noop("must be whole numbers from 0 to %(most)s, each above the last, or none"),
    gettext_noop("%(value)s is not one of %(known)s"),
    gettext_noop("must be an address that begins with https:// or http://"),
    gettext_noop("must be one e-mail address"),
    gettext_noop("must be a colour such as #0f5c5c"),
    gettext_noop("must be the fingerprint of a picture that was kept"),
    gettext_noop("must be a time zone such as America/Recife"),
    gettext_noop("must be a date such as 2026-12-25"),
    gettext_noop("%(value)s is there twice"),
    gettext_noop('"%(value)s" must be like "08:00-18:00", the end after the start'),
    gettext_noop('"%(value)s" must begin after the one before it ends'),
    gettext_noop("must be after the beginning"),
    gettext_noop("must be a moment with its offset, such as 2026-11-20T08:00-03:00"),
    gettext_noop("must say %(name)s"),
    gettext_noop("%(name)s is not known"),
    gettext_noop('must be the short name of a service, or "*" for any'),
)


def words(problem: Problem) -> str:
    """What is wrong, as a sentence beside its field."""
    text = gettext(problem.text)
    said = text % problem.values if problem.values else text
    return f"{said[:1].upper()}{said[1:]}."
