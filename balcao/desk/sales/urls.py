"""The addresses of sales, under /mesa/."""

from django.urls import path

from balcao.desk.sales import book, charging, glance, order, questions, sale

ROUTES = (
    path("comercial", glance.glance, name="desk_sales_glance"),
    path("comercial/vencimentos", glance.ends, name="desk_sales_ends"),
    path("vendas", book.sales, name="desk_sales"),
    path("vendas/a-vencer", book.expiring, name="desk_expiring"),
    path("vendas/exportar", book.export, name="desk_sales_export"),
    path("vendas/nova", sale.new, name="desk_sale_new"),
    path("vendas/<int:order_id>", order.order, name="desk_order"),
    path("vendas/<int:order_id>/confirmar", order.confirm, name="desk_order_confirm"),
    path("vendas/<int:order_id>/cancelar", order.cancel, name="desk_order_cancel"),
    path("vendas/<int:order_id>/estornar", order.refund, name="desk_order_refund"),
    path("vendas/<int:order_id>/comprovante", order.receipt, name="desk_order_receipt"),
    path("vendas/<int:order_id>/cobranca", charging.charge, name="desk_order_charge"),
    path("vendas/<int:order_id>/pagamento", charging.terms, name="desk_order_terms"),
    path("vendas/<int:order_id>/boleto", charging.boleto, name="desk_order_boleto"),
    path("vendas/<int:order_id>/nota", order.invoice, name="desk_order_invoice"),
    path("vendas/<int:order_id>/nota/arquivo", order.invoice_file, name="desk_order_file"),
    path("duvidas", questions.questions, name="desk_questions"),
    path("duvidas/nova", questions.new, name="desk_question_new"),
    path("duvidas/<int:enquiry_id>", questions.question, name="desk_question"),
    path("duvidas/<int:enquiry_id>/avisado", questions.told, name="desk_question_told"),
    path("duvidas/chamado/<str:number>", questions.of_ticket, name="desk_question_ticket"),
)
