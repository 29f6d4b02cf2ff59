"""The addresses of notices and opinions."""

from django.urls import path

from balcao.desk.published import feedback, notices

ROUTES = (
    path("avisos", notices.notices, name="desk_notices"),
    path("avisos/novo", notices.new, name="desk_notice_new"),
    path("avisos/<int:notice_id>", notices.notice, name="desk_notice"),
    path("avisos/<int:notice_id>/encerrar", notices.end, name="desk_notice_end"),
    path("opinioes", feedback.feedback, name="desk_feedback"),
    path("opinioes/<int:feedback_id>/lida", feedback.read, name="desk_feedback_read"),
)
