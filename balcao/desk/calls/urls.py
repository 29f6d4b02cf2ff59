"""The addresses of calls."""

from django.urls import path

from balcao.desk.calls import assisted, card, ending, listing

ROUTES = (
    path("ligacoes", listing.calls, name="desk_calls"),
    path("ligacoes/nova", card.new, name="desk_call_new"),
    path("ligacoes/conferir", card.check, name="desk_call_check"),
    path("ligacoes/assistida", assisted.new, name="desk_assisted_new"),
    path("ligacoes/assistida/<int:pk>", assisted.one, name="desk_assisted"),
    path("ligacoes/pessoas/<int:user_id>/numero", ending.send_to, name="desk_numbers_send"),
    path("ligacoes/<int:pk>", card.call, name="desk_call"),
    path("ligacoes/<int:pk>/numero", ending.send, name="desk_call_send"),
    path("ligacoes/<int:pk>/comercial", ending.to_sales, name="desk_call_sales"),
    path("ligacoes/<int:pk>/sem-chamado", ending.without, name="desk_call_without"),
    path("ligacoes/<int:pk>/atendida", ending.served, name="desk_call_served"),
    path("ligacoes/<int:pk>/anotada", ending.taken_down, name="desk_call_taken_down"),
    path("ligacoes/<int:pk>/encerrar", ending.end, name="desk_call_end"),
)
