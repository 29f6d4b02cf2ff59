"""The addresses of exceptions and refusals."""

from django.urls import path

from balcao.desk import refusals
from balcao.desk.exceptions import asking, listing, one

ROUTES = (
    path("recusas", refusals.refusals, name="refusals"),
    path("excecoes", listing.exceptions, name="exceptions"),
    path("excecoes/nova", asking.exception_new, name="exception_new"),
    path("excecoes/<int:pk>", one.exception, name="exception"),
    path("excecoes/<int:pk>/resposta", one.answer, name="exception_answer"),
    path("excecoes/<int:pk>/encerrar", one.end, name="exception_end"),
)
