"""What every installation starts with: the shipped policy, one queue, the catalogue of services."""

from datetime import datetime

from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import Service
from balcao.policy.access import SYSTEM
from balcao.rulebook import actions as rulebook
from balcao.tickets import actions as tickets
from balcao.tickets.models import Queue

# Slugs that the shipped policy's scope names (S34, S37, S38), and the ones every vendor needs.
SERVICES = (
    ("incident", "Erro ou falha no sistema", "Error or fault in the system"),
    ("question", "Dúvida de uso", "Question about use"),
    ("configuration", "Configuração", "Configuration"),
    ("integration", "Integração com equipamentos", "Integration with equipment"),
    ("licence_upgrade", "Upgrade de licenças", "Licence upgrade"),
    ("tariff_update", "Atualização de tabelas e tarifas", "Update of tables and tariffs"),
    ("driver_change", "Alteração de drivers", "Driver change"),
    ("register_update", "Atualização de cadastros", "Update of registers"),
    ("custom_report", "Relatório personalizado", "Custom report"),
    ("remote_install", "Instalação por acesso remoto", "Installation by remote access"),
    ("remote_training", "Treinamento remoto", "Remote training"),
    ("other", "Outro assunto", "Something else"),
)


def install(*, now: datetime) -> list[str]:
    """Add what is missing and say what was added; nothing that exists is touched."""
    added = []
    if rulebook.install_shipped(actor=SYSTEM, now=now):
        added.append("Installed the shipped policy as version 1.")
    entitlements.add_services(
        actor=SYSTEM,
        now=now,
        services=(
            Service(slug=slug, name=name, name_en=name_en, place=place)
            for place, (slug, name, name_en) in enumerate(SERVICES)
        ),
    )
    if not Queue.objects.filter(is_default=True).exists():
        tickets.create_queue(actor=SYSTEM, now=now, name="Suporte", slug="suporte", is_default=True)
        added.append("Made the default queue.")
    return added
