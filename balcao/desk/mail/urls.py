"""Addresses of the desk's post."""

from django.urls import path

from balcao.desk.mail import accounts, listing, one, register, undelivered

ROUTES = [
    path("retidos", listing.kept, name="desk_kept"),
    path("retidos/descartar", listing.discard, name="desk_kept_discard"),
    path("retidos/recuperar", listing.restore, name="desk_kept_restore"),
    path("retidos/<int:inbound_id>", one.kept_one, name="desk_kept_one"),
    path("retidos/<int:inbound_id>/original", one.original, name="desk_kept_original"),
    path("retidos/<int:inbound_id>/incluir", one.release, name="desk_kept_release"),
    path("retidos/<int:inbound_id>/avisar", one.tell, name="desk_kept_tell"),
    path("retidos/<int:inbound_id>/como-foi-escrito", one.written, name="desk_kept_written"),
    path("retidos/<int:inbound_id>/cadastrar", register.ask, name="desk_kept_address"),
    path("contas-de-email", accounts.mail_accounts, name="desk_accounts"),
    path("contas-de-email/<str:name>/testar", accounts.account_test, name="desk_account_test"),
    path("nao-entregues", undelivered.undelivered, name="desk_undelivered"),
    path(
        "nao-entregues/<int:delivery_id>/de-novo", undelivered.retry, name="desk_undelivered_retry"
    ),
    path(
        "nao-entregues/<int:delivery_id>/resolver",
        undelivered.leave,
        name="desk_undelivered_leave",
    ),
    path("retidos/<int:inbound_id>/voltar", one.restore, name="desk_kept_back"),
]
