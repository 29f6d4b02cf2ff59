"""The addresses of contracts, licences and the catalogue, under /mesa/."""

from django.urls import path

from balcao.desk.goods import book, catalogue, company, contract, licence

ROUTES = (
    path("clientes/<int:organisation_id>/contratos", company.company, name="desk_goods"),
    path("clientes/<int:organisation_id>/contratos/novo", contract.new, name="desk_contract_new"),
    path("clientes/<int:organisation_id>/licencas/nova", licence.new, name="desk_licence_new"),
    path("contratos", book.contracts, name="desk_contracts"),
    path("contratos/<int:contract_id>", contract.contract, name="desk_contract"),
    path("contratos/<int:contract_id>/alterar", contract.change, name="desk_contract_change"),
    path("contratos/<int:contract_id>/renovar", contract.renew, name="desk_contract_renew"),
    path("contratos/<int:contract_id>/suspender", contract.suspend, name="desk_contract_suspend"),
    path("contratos/<int:contract_id>/retomar", contract.resume, name="desk_contract_resume"),
    path("contratos/<int:contract_id>/encerrar", contract.end, name="desk_contract_end"),
    path("licencas", book.licences, name="desk_licences"),
    path("licencas/<int:licence_id>", licence.licence, name="desk_licence"),
    path("licencas/<int:licence_id>/chave", licence.key, name="desk_licence_key"),
    path("licencas/<int:licence_id>/alterar", licence.change, name="desk_licence_change"),
    path("licencas/<int:licence_id>/renovar", licence.renew, name="desk_licence_renew"),
    path("licencas/<int:licence_id>/encerrar", licence.end, name="desk_licence_end"),
    path("catalogo", catalogue.catalogue, name="desk_catalogue"),
    path("catalogo/produtos/novo", catalogue.product_new, name="desk_product_new"),
    path("catalogo/produtos/<int:product_id>", catalogue.product, name="desk_product"),
    path("catalogo/servicos/novo", catalogue.service_new, name="desk_service_new"),
    path("catalogo/servicos/<int:service_id>", catalogue.service, name="desk_service"),
)
