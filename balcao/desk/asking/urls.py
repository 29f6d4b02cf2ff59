"""Addresses of the pages that ask the rules."""

from django.urls import path

from balcao.desk.asking import mail, replay, simulator

ROUTES = [
    path("simulador", simulator.simulator, name="desk_simulator"),
    path("simulador/email", mail.simulator_mail, name="desk_simulator_mail"),
    path("reaplicacao", replay.replay, name="desk_replay"),
]
