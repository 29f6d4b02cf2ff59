"""The addresses of saved replies, and of what a composer offers."""

from django.urls import path

from balcao.desk.replies import book, picking

ROUTES = (
    path("respostas", book.replies, name="desk_replies"),
    path("respostas/nova", book.reply_new, name="desk_reply_new"),
    path("respostas/<int:reply_id>", book.reply_edit, name="desk_reply_edit"),
    path("respostas/<int:reply_id>/retirar", book.reply_retire, name="desk_reply_retire"),
)
OF_TICKET = (
    path("<str:number>/respostas", picking.choose, name="desk_choose_reply"),
    path("<str:number>/colegas", picking.colleagues, name="desk_colleagues"),
)
