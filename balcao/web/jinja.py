"""The Jinja2 environment of every page: translation, formatters, icons, addresses.

Formatters registered here read the zone Django has active (the policy's, see the middleware), so a
template writes `format.absolute(row.opened_at, now)`; the pure functions are in `format.py`.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from types import FunctionType, SimpleNamespace
from typing import Any

from django.conf import settings
from django.templatetags.static import static as static_address
from django.urls import reverse
from django.utils import timezone, translation
from jinja2 import Environment, StrictUndefined, Template, Undefined, pass_eval_context
from jinja2.environment import TemplateModule
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from balcao.web import assets, format, words
from balcao.web.addresses import address
from balcao.web.memory import by_language, filled, piece
from balcao.web.zones import zone_name


class _Template(Template):
    """A template whose globals are the environment's, as of all of ours."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        """What an import gets. Jinja2 compares the globals of both at every import: thirty times a
        page, for nothing.
        """
        return super()._get_default_module()


class _Context(Context):
    """Jinja2's, but for how a template calls a plain function or a macro, as it does hundreds of
    times a page: what most are is known without asking what each wants to be given.
    """

    def call(self, called: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """The same as Jinja2's answer."""
        if type(called) is Macro:
            args = (self.eval_ctx, *args)
        elif type(called) is not FunctionType or hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


def environment(**options: Any) -> Environment:
    """The factory named in the settings. A missing variable is an error outside production."""
    strict = settings.DEBUG or getattr(settings, "STRICT_TEMPLATES", False)
    options["undefined"] = StrictUndefined if strict else Undefined
    options["trim_blocks"] = True
    options["lstrip_blocks"] = True
    options["extensions"] = ["jinja2.ext.i18n", "jinja2.ext.do"]
    made = Environment(autoescape=options.pop("autoescape", True), **options)
    made.template_class = _Template
    made.context_class = _Context
    _install_translations(made)
    made.globals.update(
        url=url,
        static=static,
        icon=icon,
        piece=piece,
        filled=filled,
        format=_formatters(),
        words=words,
        language=language,
        languages=_languages,
    )
    made.filters["json"] = _json
    return made


def url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a named route. Raises NoReverseMatch when it does not exist."""
    return reverse(name, kwargs=kwargs) if kwargs else address(name, *args)


def icon(name: str, *, big: bool = False, label: str = "") -> Markup:
    """One icon of the sprite; silent to a screen reader unless it has a label of its own."""
    return _icon(name, big, label, assets.version() if settings.DEBUG else "")


# A list of fifty rows shows two hundred icons of a dozen kinds.
@lru_cache(maxsize=1024)
def _icon(name: str, big: bool, label: str, build: str) -> Markup:
    """``build`` changes while somebody works on the icons; a running desk serves one build."""
    sprite = static("icons.svg")
    voice = (
        Markup('role="img" aria-label="{}"').format(label)
        if label
        else Markup('aria-hidden="true"')
    )
    return Markup('<svg class="icon{}" {}><use href="{}#{}"></use></svg>').format(
        " icon-big" if big else "", voice, sprite, name
    )


def language() -> str:
    """The active language as a BCP 47 tag for the `lang` attribute: `pt-BR`."""
    code, _, region = (translation.get_language() or settings.LANGUAGE_CODE).partition("-")
    return f"{code}-{region.upper()}" if region else code


def _languages() -> tuple[tuple[str, str], ...]:
    """(code, own name) of each language offered."""
    return (("pt-br", "Português"), ("en", "English"))


def _install_translations(made: Environment) -> None:
    install: Callable[..., None] = getattr(made, "install_gettext_callables")  # noqa: B009
    install(
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    # By far the most frequent call of every page: Jinja2's own looks everything up again each time.
    made.globals.update(_=_gettext, gettext=_gettext)


@pass_eval_context
def _gettext(context: EvalContext, text: str, /, **variables: object) -> str:
    """What Jinja2's new style makes of a text: translated, its variables escaped and put in."""
    if not context.autoescape:
        return translation.gettext(text) % variables
    return _said(text) % variables if variables else _plain(text)


@by_language
def _said(text: str) -> Markup:
    return Markup(translation.gettext(text))  # noqa: S704 - a text of our own templates


@by_language
def _plain(text: str) -> Markup:
    return _said(text) % {}


def static(name: str, *, versioned: bool = True) -> str:
    """The address of a built file; its query changes with every build, so it may be cached long."""
    build = (assets.version() if settings.DEBUG else _build()) if versioned else ""
    return _static(name, build)


@lru_cache(maxsize=256)
def _static(name: str, build: str) -> str:
    address = static_address(name)
    return f"{address}?v={build}" if build else address


@lru_cache(maxsize=1)
def _build() -> str:
    """The build this process serves; it changes with a restart."""
    return assets.version()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _formatters() -> SimpleNamespace:
    def zoned(function: Callable[..., str]) -> Callable[[datetime, datetime], str]:
        return lambda moment, now: function(moment, now=now, tz=timezone.get_current_timezone())

    def full(moment: datetime) -> str:
        return format.full(moment, tz=timezone.get_current_timezone())

    def zone(now: datetime) -> str:
        return zone_name(timezone.get_current_timezone(), at=now)

    def time(moment: datetime) -> str:
        return format.time(moment, tz=timezone.get_current_timezone())

    def local_day(moment: datetime) -> date:
        return timezone.localdate(moment)

    def deadline(
        clock: format.Clock, due: datetime | None, now: datetime, what: str = ""
    ) -> format.Chip | None:
        return format.deadline(clock, due, now=now, tz=timezone.get_current_timezone(), what=what)

    return SimpleNamespace(
        absolute=zoned(format.absolute),
        both=zoned(format.both),
        full=full,
        zone=zone,
        time=time,
        dial=format.dial,
        day=format.day,
        local_day=local_day,
        relative=lambda moment, now: format.relative(moment, now=now),
        span=format.span,
        stamp=format.stamp,
        number=format.number,
        phone=format.phone,
        tax_id=format.tax_id,
        decimal=format.decimal,
        file_size=format.file_size,
        money=format.money,
        initials=format.initials,
        deadline=deadline,
    )
