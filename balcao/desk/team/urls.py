"""The addresses of Equipe; desk/urls.py takes them in."""

from django.urls import path

from balcao.desk.team import deputies, staff

ROUTES = [
    path("equipe", staff.team, name="desk_team"),
    path("equipe/nova", staff.new, name="desk_team_new"),
    path("equipe/<int:user_id>", staff.hats, name="desk_team_hats"),
    path("substitutos", deputies.deputies, name="desk_deputies"),
    path("substitutos/<int:deputy_id>/encerrar", deputies.end, name="desk_deputy_end"),
]
