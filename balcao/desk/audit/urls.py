"""The record's addresses, under /mesa/auditoria."""

from django.urls import path

from balcao.desk.audit import accesses, events, seals

ROUTES = [
    path("auditoria", events.events, name="desk_events"),
    path("auditoria/acessos", accesses.accesses, name="desk_access"),
    path("auditoria/selos", seals.seals, name="desk_seals"),
]
