"""The customer's addresses, and the ones everybody shares: sign-in, preferences, files."""

from django.urls import path

from balcao.portal import (
    files,
    home,
    opening,
    preferences,
    recover,
    second_factor,
    set_password,
    sign_in,
    ticket,
    tickets,
    why,
)
from balcao.portal.account import factor, overview, password, sessions

urlpatterns = [
    path("", home.start, name="home"),
    path("entrar", sign_in.sign_in, name="sign_in"),
    path("entrar/segundo-fator", second_factor.second_factor, name="second_factor"),
    path("entrar/recuperar", recover.recover, name="recover"),
    path("sair", sign_in.sign_out, name="sign_out"),
    path("convite/<str:token>", set_password.invitation, name="invitation"),
    path("nova-senha/<str:token>", set_password.reset, name="reset"),
    path("conta", overview.account, name="account"),
    path("conta/idioma", overview.language, name="account_language"),
    path("conta/senha", password.password, name="account_password"),
    path("conta/segundo-fator", factor.factor, name="account_factor"),
    path("conta/segundo-fator/codigos", factor.codes, name="account_codes"),
    path("conta/segundo-fator/codigos/novos", factor.new_codes, name="account_codes_new"),
    path("conta/segundo-fator/remover", factor.remove, name="account_factor_remove"),
    path("conta/sessoes", sessions.sessions, name="account_sessions"),
    path("conta/sessoes/encerrar-outras", sessions.end_others, name="account_sessions_end"),
    path("conta/sessoes/<int:session_id>/encerrar", sessions.end, name="account_session_end"),
    path("idioma", preferences.set_language, name="set_language"),
    path("tema", preferences.set_theme, name="set_theme"),
    path("inicio", home.portal_home, name="portal_home"),
    path("chamados", tickets.tickets, name="tickets"),
    path("chamados/abrir", opening.ticket_new, name="ticket_new"),
    path("chamados/rascunhos/descartar", opening.draft_discard, name="draft_discard"),
    path("chamados/<str:number>", ticket.ticket, name="ticket"),
    path("chamados/<str:number>/aberto", opening.ticket_opened, name="ticket_opened"),
    path("chamados/<str:number>/responder", ticket.reply, name="ticket_reply"),
    path("chamados/<str:number>/resolvi", ticket.resolve, name="ticket_resolve"),
    path("chamados/<str:number>/reabrir", ticket.reopen, name="ticket_reopen"),
    path("chamados/<str:number>/cancelar", ticket.cancel, name="ticket_cancel"),
    path("chamados/<str:number>/prazo", why.why, name="ticket_why"),
    path("arquivos/<uuid:file_id>", files.download, name="file"),
]
