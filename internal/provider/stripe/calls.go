package stripe

import "github.com/barrehq/barre/internal/provider"

// calls are the only ones that may be made. What a call withholds, Stripe would
// take: cards and bank accounts, telephone, tax ids and free text above all.
func calls() []provider.Call {
	refs := provider.Fields(provider.OpaqueRef, "metadata.tenant_ref", "metadata.household_ref")
	customer := provider.Join(refs, provider.Fields(provider.Name, "name"), provider.Fields(provider.Email, "email"), provider.Fields(provider.BillingAddress,
		"address.line1", "address.line2", "address.city", "address.state", "address.postal_code", "address.country"))
	onCustomer := []string{
		"balance", "business_name", "cash_balance", "description", "expand", "individual_name", "invoice_prefix", "invoice_settings",
		"next_invoice_sequence", "phone", "preferred_locales", "shipping", "source", "tax", "tax_exempt",
	}
	invoice := provider.Join(provider.Fields(provider.OpaqueRef, "customer", "metadata.tenant_ref", "metadata.invoice_ref"),
		provider.Fields(provider.PaymentDetails, "currency", "days_until_due"),
		provider.Fields(provider.Operational, "collection_method", "auto_advance", "pending_invoice_items_behavior"))
	item := provider.Join(provider.Fields(provider.OpaqueRef, "customer", "invoice", "metadata.line_ref"),
		provider.Fields(provider.PaymentDetails, "amount", "currency", "description"))
	refund := provider.Join(provider.Fields(provider.OpaqueRef, "payment_intent", "charge", "metadata.tenant_ref", "metadata.refund_ref"),
		provider.Fields(provider.PaymentDetails, "amount"))
	page := provider.Fields(provider.Operational, "limit", "starting_after", "created.gte")
	of := func(names ...string) []provider.Field {
		return provider.Join(provider.Fields(provider.OpaqueRef, names...), page)
	}
	payments := provider.Join(of("invoice", "payment.payment_intent"), provider.Fields(provider.Operational, "expand[]", "payment.type"))
	expand := []string{"expand"}
	return []provider.Call{
		{Name: "create customer", Method: "POST", Path: "/v1/customers", Body: refs,
			Withheld: append([]string{"name", "email", "address", "payment_method", "tax_id_data", "test_clock"}, onCustomer...)},
		{Name: "update customer", Method: "POST", Path: "/v1/customers/{id}", Body: customer,
			Withheld: append([]string{"bank_account", "card", "default_alipay_account", "default_bank_account", "default_card", "default_source"}, onCustomer...)},
		{Name: "delete customer", Method: "DELETE", Path: "/v1/customers/{id}"},
		{Name: "list customers", Method: "GET", Path: "/v1/customers", Query: page},
		{Name: "create invoice", Method: "POST", Path: "/v1/invoices", Body: invoice, Withheld: []string{
			"account_tax_ids", "application_fee_amount", "automatic_tax", "automatically_finalizes_at", "custom_fields", "customer_account",
			"default_payment_method", "default_source", "default_tax_rates", "description", "discounts", "due_date", "effective_at", "expand", "footer",
			"from_invoice", "issuer", "number", "on_behalf_of", "payment_settings", "rendering", "shipping_cost", "shipping_details",
			"statement_descriptor", "subscription", "transfer_data",
		}},
		{Name: "get invoice", Method: "GET", Path: "/v1/invoices/{id}"},
		{Name: "list invoices", Method: "GET", Path: "/v1/invoices", Query: of("customer")},
		{Name: "delete draft invoice", Method: "DELETE", Path: "/v1/invoices/{id}"},
		{Name: "create invoice item", Method: "POST", Path: "/v1/invoiceitems", Body: item, Withheld: []string{
			"customer_account", "discountable", "discounts", "expand", "period", "price_data", "pricing", "quantity", "quantity_decimal", "subscription",
			"tax_behavior", "tax_code", "tax_rates", "unit_amount_decimal",
		}},
		{Name: "list invoice items", Method: "GET", Path: "/v1/invoiceitems", Query: of("invoice")},
		{Name: "finalize invoice", Method: "POST", Path: "/v1/invoices/{id}/finalize", Body: provider.Fields(provider.Operational, "auto_advance"), Withheld: expand},
		{Name: "send invoice", Method: "POST", Path: "/v1/invoices/{id}/send", Withheld: expand},
		{Name: "void invoice", Method: "POST", Path: "/v1/invoices/{id}/void", Withheld: expand},
		{Name: "settle invoice", Method: "POST", Path: "/v1/invoices/{id}/pay", Body: provider.Fields(provider.PaymentDetails, "paid_out_of_band"),
			Withheld: []string{"expand", "forgive", "mandate", "off_session", "payment_method", "source"}},
		{Name: "list payments of invoices", Method: "GET", Path: "/v1/invoice_payments", Query: payments},
		{Name: "get payment of an invoice", Method: "GET", Path: "/v1/invoice_payments/{id}"},
		{Name: "list events", Method: "GET", Path: "/v1/events", Query: provider.Join(provider.Fields(provider.Operational, "types[]"), page)},
		{Name: "create refund", Method: "POST", Path: "/v1/refunds", Body: refund, Withheld: []string{
			"currency", "customer", "expand", "instructions_email", "origin", "reason", "refund_application_fee", "reverse_transfer",
		}},
		{Name: "list refunds", Method: "GET", Path: "/v1/refunds", Query: of("charge", "payment_intent")},
		{Name: "get refund", Method: "GET", Path: "/v1/refunds/{id}"},
		{Name: "get dispute", Method: "GET", Path: "/v1/disputes/{id}"},
		{Name: "get subscription", Method: "GET", Path: "/v1/subscriptions/{id}"},
	}
}
