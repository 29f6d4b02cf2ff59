"""The desk's addresses, under /mesa/."""

from django.urls import path

from balcao.desk import history, queue, start, third, ticket, why, write

urlpatterns = [
    path("", queue.queue, name="desk_queue"),
    path("inicio", start.start, name="desk_start"),
    path("proximo", queue.take_next, name="desk_next"),
    # Books come before this line: whatever is left is a ticket's number.
    path("<str:number>", ticket.ticket, name="desk_ticket"),
    path("<str:number>/responder", write.reply, name="desk_reply"),
    path("<str:number>/nota", write.note, name="desk_note"),
    path("<str:number>/assumir", ticket.take, name="desk_take"),
    path("<str:number>/devolver", ticket.give_back, name="desk_give_back"),
    path("<str:number>/resolver", ticket.resolve, name="desk_resolve"),
    path("<str:number>/reabrir", ticket.reopen, name="desk_reopen"),
    path("<str:number>/estado", ticket.state, name="desk_state"),
    path("<str:number>/terceiros", third.third, name="desk_third"),
    path("<str:number>/prazo", why.why, name="desk_why"),
    path("<str:number>/historico", history.history, name="desk_history"),
]
