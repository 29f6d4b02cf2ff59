"""The settings of what is sold one by one, with the words of their forms."""

from django.utils.translation import gettext_lazy as _

from balcao.policy.book import DOORS
from balcao.rulebook.forms.settings import Setting
from balcao.web.words import tables

ONEOFF = (
    Setting(
        ("oneoff", "months"),
        _("A one-off is good for"),
        "whole",
        _("Months from the day of purchase, to the end of the last day."),
        unit="months",
    ),
    Setting(
        ("oneoff", "date_basis"),
        _("The day of purchase is"),
        "choice",
        choices=(
            ("confirmed", _("the day on which sales confirms the sale")),
            ("ordered", _("the day of the order")),
        ),
    ),
    Setting(
        ("oneoff", "on_closed_day"),
        _("A last day on a holiday or weekend"),
        "choice",
        choices=(("keep", _("stays")), ("next_business_day", _("moves to the next business day"))),
    ),
    Setting(
        ("oneoff", "in_progress"),
        _("A one-off that expires while it is being served"),
        "choice",
        choices=(("finish", _("is served to its end")), ("stop", _("is served no further"))),
    ),
    Setting(
        ("oneoff", "remind_days"),
        _("The holder is reminded so many days before the end"),
        "days",
        _("Each number above the last, such as 1, 7, 30, 90."),
        unit="days",
    ),
    Setting(
        ("oneoff", "sla_from"),
        _("Its deadlines begin"),
        "choice",
        choices=(
            ("submission", _("when its problem is described")),
            ("purchase", _("on the day of purchase")),
        ),
    ),
    Setting(
        ("oneoff", "doors"),
        _("Where it is used and served"),
        "many",
        _("Without the chat, the chat is for talking to sales about it."),
        choices=tuple((door, tables.DOORS[door]) for door in DOORS),
    ),
    Setting(
        ("oneoff", "answer_hours"),
        _("Sales answers whether a service is covered within"),
        "whole",
        _("Business hours."),
        unit="hours",
    ),
    Setting(
        ("oneoff", "same_problem_days"),
        _("The same problem is free again for"),
        "whole",
        _("Days."),
        unit="days",
    ),
    Setting(
        ("oneoff", "portal_invite"),
        _("Who buys a one-off is also invited to sign in to the portal"),
        "flag",
    ),
)
APPOINTMENTS = (
    Setting(
        ("training", "minutes"),
        _("A training is this long"),
        "whole",
        _("Minutes; more is the agent's to give."),
        unit="minutes",
    ),
    Setting(("training", "people"), _("People in a training"), "whole"),
    Setting(
        ("training", "reschedule_hours"),
        _("The customer may move it until so long before"),
        "count",
        _("Hours; 0: until it begins."),
        unit="hours",
    ),
    Setting(
        ("training", "warnings"),
        _("Warnings for who does not come"),
        "count",
        _("After so many, a training that was missed counts as used."),
    ),
    Setting(
        ("appointment", "sla"),
        _("An agreed slot"),
        "choice",
        choices=(
            ("replace", _("is the deadline instead of the usual ones")),
            ("keep", _("stands beside the usual deadlines")),
        ),
    ),
    Setting(
        ("meeting", "providers"),
        _("Meetings are held with"),
        "names",
        _("Names separated by commas."),
    ),
)
PAYMENT = (
    Setting(
        ("payment", "pix_key"),
        _("PIX key"),
        "line",
        _("CNPJ, CPF, e-mail, telephone with +55, or a random key. Empty: no PIX is offered."),
    ),
    Setting(
        ("payment", "pix_name"),
        _("Name that the payer's bank shows"),
        "line",
        _("At most 25 signs; accents are left out."),
    ),
    Setting(
        ("payment", "pix_city"),
        _("Your city"),
        "line",
        _("At most 15 signs; accents are left out."),
    ),
    Setting(
        ("payment", "remind_days"),
        _("Who was sent an order is reminded so many days before its due date"),
        "days",
        _("0: on the day itself. Empty: nobody is reminded."),
        unit="days",
        none=True,
    ),
)
