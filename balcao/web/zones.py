"""Time zones as people say them: Brazil's by name, others by their city and distance from UTC."""

from datetime import datetime, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_BRAZIL = {
    "America/Araguaina": gettext_lazy("Tocantins time"),
    "America/Bahia": gettext_lazy("Bahia time"),
    "America/Belem": gettext_lazy("Belém time"),
    "America/Boa_Vista": gettext_lazy("Boa Vista time"),
    "America/Campo_Grande": gettext_lazy("Campo Grande time"),
    "America/Cuiaba": gettext_lazy("Cuiabá time"),
    "America/Eirunepe": gettext_lazy("Eirunepé time"),
    "America/Fortaleza": gettext_lazy("Fortaleza time"),
    "America/Maceio": gettext_lazy("Maceió time"),
    "America/Manaus": gettext_lazy("Manaus time"),
    "America/Noronha": gettext_lazy("Fernando de Noronha time"),
    "America/Porto_Velho": gettext_lazy("Porto Velho time"),
    "America/Recife": gettext_lazy("Recife time"),
    "America/Rio_Branco": gettext_lazy("Rio Branco time"),
    "America/Santarem": gettext_lazy("Santarém time"),
    "America/Sao_Paulo": gettext_lazy("Brasília time"),
}


def zone_name(tz: tzinfo, *, at: datetime) -> str:
    """A zone in words, such as `horário do Recife` or `Lisbon, UTC+0`: its distance is that of the
    moment ``at``.
    """
    key = str(getattr(tz, "key", ""))
    if key in _BRAZIL:
        return str(_BRAZIL[key])
    offset = tz.utcoffset(at.astimezone(tz).replace(tzinfo=None))
    minutes = int(offset.total_seconds() // 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    distance = f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
    city = key.rpartition("/")[2].replace("_", " ")
    if not city or "/" not in key or key.startswith("Etc/"):
        return distance if minutes else "UTC"
    return _("%(city)s, %(distance)s") % {"city": city, "distance": distance}
