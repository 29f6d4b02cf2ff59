"""The addresses of what is done on a ticket besides answering, under /mesa/."""

from django.urls import path

from balcao.desk.acts import followers, product, remote, separate, spent, subject, work

ROUTES = (
    path("tempo-gasto", spent.spent, name="desk_times"),
    path("<str:number>/acesso-remoto", remote.remote, name="desk_remote"),
    path(
        "<str:number>/acesso-remoto/<int:session_id>/encerrar", remote.end, name="desk_remote_end"
    ),
    path("<str:number>/atendimento", work.work, name="desk_work"),
    path("<str:number>/tempo", work.log, name="desk_time"),
    path("<str:number>/tempo/<int:time_id>/remover", work.remove, name="desk_time_remove"),
    path("<str:number>/produto", product.product, name="desk_product_change"),
    path("<str:number>/assunto", subject.subject, name="desk_subject"),
    path("<str:number>/acompanham", followers.followers, name="desk_followers"),
    path("<str:number>/separar", separate.separate, name="desk_split"),
)
