package fake

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (s *Stripe) createInvoice(r request) answer {
	if name := unknown(r.params, "customer", "currency", "collection_method", "days_until_due", "auto_advance",
		"pending_invoice_items_behavior", "metadata", "description"); name != "" {
		return invalid(name, "Received unknown parameter: "+name)
	}
	customer := r.form.Get("customer")
	if find(r.account.customers, customer) == nil {
		return invalid("customer", "No such customer.")
	}
	days, err := strconv.Atoi(r.form.Get("days_until_due"))
	if r.form.Get("collection_method") == "send_invoice" && (err != nil || days < 0) {
		return invalid("days_until_due", "An invoice that is sent needs days_until_due.")
	}
	metadata, _ := r.params["metadata"].(object)
	if metadata == nil {
		metadata = object{}
	}
	invoice := s.draft(customer, r.form.Get("currency"))
	invoice["metadata"] = metadata
	invoice["due_date"] = s.now().AddDate(0, 0, days).Unix()
	if method := r.form.Get("collection_method"); method != "" {
		invoice["collection_method"] = method
	}
	r.account.invoices = append(r.account.invoices, invoice)
	return ok(invoice)
}

// draft has every field that Stripe's own schema of an invoice requires.
func (s *Stripe) draft(customer, currency string) object {
	if currency == "" {
		currency = "usd"
	}
	now, id := s.now().Unix(), s.newID("in")
	return object{
		"id": id, "object": "invoice", "created": now, "livemode": false, "status": "draft", "currency": strings.ToLower(currency),
		"customer": customer, "collection_method": "charge_automatically", "auto_advance": false, "number": nil,
		"amount_due": 0, "amount_paid": 0, "amount_remaining": 0, "amount_overpaid": 0, "amount_shipping": 0, "amount_paid_off_stripe": 0,
		"subtotal": 0, "total": 0, "starting_balance": 0, "attempt_count": 0, "attempted": false,
		"pre_payment_credit_notes_amount": 0, "post_payment_credit_notes_amount": 0, "period_start": now, "period_end": now,
		"automatic_tax":      object{"enabled": false, "disabled_reason": nil, "liability": nil, "provider": nil, "status": nil},
		"issuer":             object{"type": "self"},
		"payment_settings":   object{"default_mandate": nil, "payment_method_options": nil, "payment_method_types": nil},
		"status_transitions": object{"finalized_at": nil, "marked_uncollectible_at": nil, "paid_at": nil, "voided_at": nil},
		"default_tax_rates":  []any{}, "discounts": []any{}, "hosted_invoice_url": nil,
		"lines": object{"object": "list", "data": []any{}, "has_more": false, "url": "/v1/invoices/" + id + "/lines"},
	}
}

func (s *Stripe) createItem(r request) answer {
	if name := unknown(r.params, "customer", "invoice", "amount", "currency", "description", "metadata", "period"); name != "" {
		return invalid(name, "Received unknown parameter: "+name)
	}
	invoice := find(r.account.invoices, r.form.Get("invoice"))
	amount, err := strconv.Atoi(r.form.Get("amount"))
	switch {
	case invoice == nil:
		return invalid("invoice", "No such invoice.")
	case invoice["status"] != "draft":
		return invalid("invoice", "Items can be added to a draft alone.")
	case invoice["customer"] != r.form.Get("customer"):
		return invalid("customer", "The customer is not the invoice's.")
	case err != nil:
		return invalid("amount", "Invalid integer.")
	case invoice["currency"] != strings.ToLower(r.form.Get("currency")):
		return invalid("currency", "The currency is not the invoice's.")
	}
	metadata, _ := r.params["metadata"].(object)
	if metadata == nil {
		metadata = object{}
	}
	now := s.now().Unix()
	item := object{
		"id": s.newID("ii"), "object": "invoiceitem", "date": now, "livemode": false, "amount": amount, "currency": invoice["currency"],
		"customer": invoice["customer"], "invoice": invoice["id"], "description": r.form.Get("description"), "metadata": metadata,
		"discountable": true, "proration": false, "quantity": 1, "quantity_decimal": "1", "period": object{"start": now, "end": now},
	}
	r.account.items = append(r.account.items, item)
	s.addLine(invoice, item)
	return ok(item)
}

func (s *Stripe) addLine(invoice, item object) {
	lines := invoice["lines"].(object)
	lines["data"] = append(lines["data"].([]any), object{
		"id": s.newID("il"), "object": "line_item", "amount": item["amount"], "subtotal": item["amount"], "currency": item["currency"],
		"description": item["description"], "discountable": true, "discounts": []any{}, "livemode": false, "metadata": item["metadata"],
		"invoice": invoice["id"], "period": item["period"], "quantity": 1,
	})
	total := invoice["total"].(int) + item["amount"].(int)
	invoice["subtotal"], invoice["total"] = total, total
	invoice["amount_due"], invoice["amount_remaining"] = max(total, 0), max(total, 0)
}

// move checks the state of the request's invoice and sets the next one.
func (s *Stripe) move(r request, to, stamp string, from ...string) (object, *answer) {
	invoice := find(r.account.invoices, r.id)
	if invoice == nil {
		a := missing("invoice")
		return nil, &a
	}
	if !slices.Contains(from, invoice["status"].(string)) {
		a := invalid("", fmt.Sprintf("This invoice is %s and cannot become %s.", invoice["status"], to))
		return nil, &a
	}
	invoice["status"] = to
	invoice["status_transitions"].(object)[stamp] = s.now().Unix()
	return invoice, nil
}

func (s *Stripe) finalizeInvoice(r request) answer {
	invoice, refused := s.move(r, "open", "finalized_at", "draft")
	if refused != nil {
		return *refused
	}
	s.serial++
	invoice["number"] = fmt.Sprintf("FAKE-%04d", s.serial)
	invoice["hosted_invoice_url"] = "https://invoice.stripe.com/i/" + r.id
	if invoice["total"].(int) <= 0 {
		s.paid(invoice)
	}
	return ok(invoice)
}

func (s *Stripe) paid(invoice object) {
	invoice["status"] = "paid"
	invoice["amount_paid"], invoice["amount_remaining"] = invoice["amount_due"], 0
	invoice["status_transitions"].(object)["paid_at"] = s.now().Unix()
}

// sendInvoice counts the mails in a field that Stripe does not have, for tests
// to see.
func (s *Stripe) sendInvoice(r request) answer {
	invoice := find(r.account.invoices, r.id)
	if invoice == nil {
		return missing("invoice")
	}
	if invoice["status"] != "open" && invoice["status"] != "paid" || invoice["collection_method"] != "send_invoice" {
		return invalid("", "This invoice cannot be sent.")
	}
	sent, _ := invoice["fake_mails"].(int)
	invoice["fake_mails"] = sent + 1
	return ok(invoice)
}

func (s *Stripe) voidInvoice(r request) answer {
	invoice, refused := s.move(r, "void", "voided_at", "open", "uncollectible")
	if refused != nil {
		return *refused
	}
	invoice["amount_remaining"] = 0
	return ok(invoice)
}

func (s *Stripe) payInvoice(r request) answer {
	if r.form.Get("paid_out_of_band") != "true" {
		return refusal(http.StatusPaymentRequired, "card_error", "", "The fake has no payment methods.")
	}
	invoice, refused := s.move(r, "paid", "paid_at", "open", "uncollectible")
	if refused != nil {
		return *refused
	}
	s.paid(invoice)
	return ok(invoice)
}

func (s *Stripe) getInvoice(r request) answer {
	if invoice := find(r.account.invoices, r.id); invoice != nil {
		return ok(invoice)
	}
	return missing("invoice")
}

func (s *Stripe) deleteInvoice(r request) answer {
	invoice := find(r.account.invoices, r.id)
	if invoice == nil {
		return missing("invoice")
	}
	if invoice["status"] != "draft" {
		return invalid("", "Only a draft can be deleted.")
	}
	r.account.invoices = slices.DeleteFunc(r.account.invoices, func(o object) bool { return o["id"] == r.id })
	r.account.items = slices.DeleteFunc(r.account.items, func(o object) bool { return o["invoice"] == r.id })
	return answer{status: http.StatusOK, body: object{"id": r.id, "object": "invoice", "deleted": true}}
}
