"""Addresses of what is done to several tickets, under /mesa/varios."""

from django.urls import path

from balcao.desk.bulk import pages

ROUTES = [
    path("varios", pages.several, name="desk_bulk"),
    path("varios/feito", pages.done, name="desk_bulk_done"),
    path("varios/desfazer", pages.undo, name="desk_bulk_undo"),
]
