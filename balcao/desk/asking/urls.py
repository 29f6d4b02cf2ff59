"""Addresses of the pages that ask the rules."""

from django.urls import path

from balcao.desk.asking import replay, simulator

ROUTES = [
    path("simulador", simulator.simulator, name="desk_simulator"),
    path("reaplicacao", replay.replay, name="desk_replay"),
]
