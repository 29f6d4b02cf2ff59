"""The desk's addresses, under /mesa/."""

from django.urls import path

from balcao.desk import (
    absences,
    display,
    drafts,
    filters,
    giving_back,
    oneoff,
    palette,
    printing,
    queue,
    rail,
    search,
    skip,
    skips,
    start,
    team_access,
    third,
    ticket,
    timeline,
    transfer,
    write,
)
from balcao.desk.acts import urls as acts
from balcao.desk.agenda import urls as agenda
from balcao.desk.asking import urls as asking
from balcao.desk.audit import urls as audit
from balcao.desk.bulk import urls as bulk
from balcao.desk.calls import urls as calls
from balcao.desk.customers import urls as customers
from balcao.desk.exceptions import urls as exceptions
from balcao.desk.goods import urls as goods
from balcao.desk.mail import urls as mail
from balcao.desk.published import urls as published
from balcao.desk.replies import urls as replies
from balcao.desk.rules import change, home, versions
from balcao.desk.rules import topic as rules
from balcao.desk.rules.topics import PAGES
from balcao.desk.sales import urls as sales
from balcao.desk.team import urls as team

urlpatterns = [
    path("", queue.queue, name="desk_queue"),
    path("inicio", start.start, name="desk_start"),
    path("proximo", queue.take_next, name="desk_next"),
    path("filtros", filters.filters, name="desk_filters"),
    path("exibicao", display.display, name="desk_display"),
    path("exibicao/inicio", display.pin, name="desk_pin"),
    path("visoes", display.save, name="desk_view_save"),
    path("visoes/<int:view_id>/remover", display.remove, name="desk_view_remove"),
    *mail.ROUTES,
    *bulk.ROUTES,
    path("pulados", skips.skips, name="desk_skips"),
    *asking.ROUTES,
    path("regras", home.home, name="rules"),
    *(
        path(f"regras/{page.slug}", rules.topic, {"code": page.topic.value}, name=page.route)
        for page in PAGES
    ),
    path("regras/versoes", versions.versions, name="rules_versions"),
    path("regras/versoes/<int:number>", versions.version, name="rules_version"),
    path("regras/versoes/<int:number>/voltar", versions.go_back, name="rules_go_back"),
    path("regras/comparar", versions.compare, name="rules_compare"),
    path("regras/mudancas/<int:pk>", change.change, name="rules_change"),
    path("regras/mudancas/<int:pk>/salvar", change.submit, name="rules_change_submit"),
    path("regras/mudancas/<int:pk>/juntar", change.join, name="rules_change_join"),
    path("regras/mudancas/<int:pk>/resposta", change.answer, name="rules_change_answer"),
    path("regras/mudancas/<int:pk>/retirar", change.withdraw, name="rules_change_withdraw"),
    *goods.ROUTES,
    *sales.ROUTES,
    path("ausencias", absences.absences, name="desk_absences"),
    path("ausencias/<int:absence_id>/voltar", absences.end, name="desk_absence_end"),
    *agenda.ROUTES,
    path("equipe/acesso", team_access.team_access, name="desk_team_access"),
    path(
        "equipe/<int:user_id>/segundo-fator/redefinir", team_access.reset, name="desk_team_factor"
    ),
    path("paleta", palette.palette, name="desk_palette"),
    path("busca", search.search, name="desk_search"),
    *audit.ROUTES,
    *calls.ROUTES,
    *customers.ROUTES,
    *team.ROUTES,
    *exceptions.ROUTES,
    *acts.ROUTES,
    *published.ROUTES,
    path("rascunhos", drafts.mine, name="desk_drafts"),
    *replies.ROUTES,
    # Books come before this line: whatever is left is a ticket's number.
    path("<str:number>", ticket.ticket, name="desk_ticket"),
    path("<str:number>/responder", write.reply, name="desk_reply"),
    path("<str:number>/rascunho", drafts.draft, name="desk_draft"),
    path("<str:number>/desfazer", drafts.undo, name="desk_undo"),
    path("<str:number>/enviar-agora", drafts.send_now, name="desk_send_now"),
    *replies.OF_TICKET,
    *agenda.OF_TICKET,
    path("<str:number>/nota", write.note, name="desk_note"),
    path("<str:number>/assumir", ticket.take, name="desk_take"),
    path("<str:number>/devolver", giving_back.give_back, name="desk_give_back"),
    path("<str:number>/pular", skip.skip, name="desk_skip"),
    path("<str:number>/resolver", ticket.resolve, name="desk_resolve"),
    path("<str:number>/reabrir", ticket.reopen, name="desk_reopen"),
    path("<str:number>/estado", ticket.state, name="desk_state"),
    path("<str:number>/transferir", transfer.transfer, name="desk_transfer"),
    path("<str:number>/terceiros", third.third, name="desk_third"),
    path("<str:number>/avulso", oneoff.oneoff, name="desk_oneoff"),
    path("<str:number>/cobertura", rail.coverage, name="desk_coverage"),
    path("<str:number>/cliente", rail.customer, name="desk_customer"),
    path("<str:number>/prazo", rail.why, name="desk_why"),
    path("<str:number>/historico", rail.history, name="desk_history"),
    path("<str:number>/imprimir", printing.printed, name="desk_print"),
    path("<str:number>/conversa", timeline.thread, name="desk_thread"),
]
