"""The addresses of the agenda, under /mesa/."""

from django.urls import path

from balcao.desk.agenda import appointment, away, feed, hours, week

ROUTES = (
    path("agenda", week.week, name="desk_agenda"),
    path("agenda/ausencias", away.away, name="desk_agenda_away"),
    path("agenda/horarios", hours.hours, name="desk_agenda_hours"),
    path("agenda/horarios/<int:user_id>", hours.hours_of, name="desk_agenda_hours_of"),
    path("agenda/endereco", feed.address, name="desk_agenda_feed"),
    path("agenda/<str:token>.ics", feed.read, name="agenda_feed"),
)
"""Books, before the lines of tickets."""

OF_TICKET = (path("<str:number>/horarios", appointment.appointment, name="desk_appointment"),)
