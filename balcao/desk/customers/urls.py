"""The addresses of Clientes; desk/urls.py takes them in."""

from django.urls import path

from balcao.desk.customers import listing, members, organisation, person, recovery

ROUTES = [
    path("clientes", listing.customers, name="desk_customers"),
    path("clientes/nova", organisation.new, name="desk_organisation_new"),
    path("clientes/<int:organisation_id>", organisation.organisation, name="desk_organisation"),
    path("clientes/<int:organisation_id>/dados", organisation.edit, name="desk_organisation_edit"),
    path(
        "clientes/<int:organisation_id>/historico",
        organisation.past,
        name="desk_organisation_history",
    ),
    path(
        "clientes/<int:organisation_id>/situacao",
        organisation.switch,
        name="desk_organisation_switch",
    ),
    path(
        "clientes/<int:organisation_id>/unidades/nova", organisation.unit_new, name="desk_unit_new"
    ),
    path(
        "clientes/<int:organisation_id>/unidades/<int:unit_id>",
        organisation.unit_edit,
        name="desk_unit_edit",
    ),
    path("clientes/<int:organisation_id>/pessoas/nova", members.person_new, name="desk_person_new"),
    path(
        "clientes/<int:organisation_id>/pessoas/<int:user_id>/administra",
        members.admin,
        name="desk_member_admin",
    ),
    path(
        "clientes/<int:organisation_id>/pessoas/<int:user_id>/unidade",
        members.unit,
        name="desk_member_unit",
    ),
    path(
        "clientes/<int:organisation_id>/pessoas/<int:user_id>/saida",
        members.leave,
        name="desk_member_leave",
    ),
    path("pessoas/<int:user_id>", person.person, name="desk_person"),
    path("pessoas/<int:user_id>/nome", person.rename, name="desk_person_rename"),
    path("pessoas/<int:user_id>/telefones", person.phone, name="desk_person_phone"),
    path(
        "pessoas/<int:user_id>/telefones/<int:phone_id>/retirar",
        person.phone_retire,
        name="desk_person_phone_retire",
    ),
    path("pessoas/<int:user_id>/convidar", person.invite, name="desk_person_invite"),
    path("pessoas/<int:user_id>/encerrar", person.close, name="desk_person_close"),
    path("pessoas/<int:user_id>/devolver", person.reopen, name="desk_person_reopen"),
    path("pessoas/<int:user_id>/recuperar", recovery.ask, name="desk_recovery_ask"),
    path("recuperacoes", recovery.recoveries, name="desk_recoveries"),
    path("recuperacoes/<int:request_id>/dispensar", recovery.drop, name="desk_request_drop"),
    path("recuperacoes/<int:change_id>/decidir", recovery.decide, name="desk_recovery_decide"),
    path("recuperacoes/<int:change_id>/interromper", recovery.stop, name="desk_recovery_stop"),
]
