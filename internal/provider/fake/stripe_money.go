package fake

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

func one(list []object, id, kind string) answer {
	if o := find(list, id); o != nil {
		return ok(o)
	}
	return missing(kind)
}

// listPayments shows payment intents whole where they are to be expanded.
func (s *Stripe) listPayments(r request) answer {
	if name := unknown(r.params, "limit", "starting_after", "created", "invoice", "payment", "expand", "status"); name != "" {
		return invalid(name, "Received unknown parameter: "+name)
	}
	delete(r.params, "expand")
	delete(r.params, "payment")
	intent := r.form.Get("payment[payment_intent]")
	payments := slices.DeleteFunc(slices.Clone(r.account.payments), func(o object) bool {
		return intent != "" && o["payment"].(object)["payment_intent"].(object)["id"] != intent
	})
	return s.list("/v1/invoice_payments", r, payments, "invoice", "status")
}

func (s *Stripe) listEvents(r request) answer {
	types := r.form["types[]"]
	for name, values := range r.form {
		if strings.HasPrefix(name, "types[") {
			types = append(types, values...)
		}
	}
	delete(r.params, "types")
	events := slices.DeleteFunc(slices.Clone(r.account.events), func(o object) bool {
		return len(types) > 0 && !slices.Contains(types, o["type"].(string))
	})
	return s.list("/v1/events", r, events, "type")
}

// happen records an event about an object and returns its body.
func (s *Stripe) happen(a *account, kind string, about object) object {
	event := object{
		"id": s.newID("evt"), "object": "event", "type": kind, "created": s.now().Unix(), "livemode": false, "api_version": "2026-03-25.dahlia",
		"pending_webhooks": 0, "request": nil, "data": object{"object": clone(about)},
	}
	a.events = append(a.events, event)
	return event
}

// Happened is what a fake vendor would send to a webhook endpoint.
type Happened struct {
	ID, Type, Object string
	Body             object
}

func (s *Stripe) happened(a *account, kind string, about object) Happened {
	event := s.happen(a, kind, about)
	return Happened{ID: event["id"].(string), Type: kind, Object: about["id"].(string), Body: event}
}

// Pay lets a family pay the invoice with our reference by card, in whole or in
// part.
func (s *Stripe) Pay(ref string, amount int64) Happened {
	return s.customer(ref, func(a *account, invoice object) Happened {
		intent := s.intent(a, invoice, amount)
		p := intent["fake_payment"].(object)
		delete(intent, "fake_payment")
		p["status"], p["amount_paid"] = "paid", amount
		p["status_transitions"] = object{"paid_at": s.now().Unix(), "canceled_at": nil}
		invoice["amount_paid"] = toInt(invoice["amount_paid"]) + int(amount)
		invoice["amount_remaining"] = toInt(invoice["amount_due"]) - toInt(invoice["amount_paid"])
		if invoice["amount_remaining"] == 0 {
			s.paid(invoice)
			return s.happened(a, "invoice.paid", invoice)
		}
		return s.happened(a, "invoice_payment.paid", p)
	})
}

// Decline lets a family's attempt to pay fail.
func (s *Stripe) Decline(ref string, amount int64) Happened {
	return s.customer(ref, func(a *account, invoice object) Happened {
		intent := s.intent(a, invoice, amount)
		delete(intent, "fake_payment")
		intent["last_payment_error"] = object{"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds", "message": "Declined."}
		return s.happened(a, "invoice.payment_failed", invoice)
	})
}

func (s *Stripe) intent(a *account, invoice object, amount int64) object {
	charge := object{
		"id": s.newID("ch"), "object": "charge", "created": s.now().Unix(), "amount": amount, "currency": invoice["currency"],
		"payment_method_details": object{"type": "card", "card": object{"brand": "visa"}},
	}
	intent := object{"id": s.newID("pi"), "object": "payment_intent", "amount": amount, "currency": invoice["currency"], "latest_charge": charge}
	payment := object{
		"id": s.newID("inpay"), "object": "invoice_payment", "created": s.now().Unix(), "livemode": false, "status": "open", "amount_paid": nil,
		"amount_requested": amount, "currency": invoice["currency"], "invoice": invoice["id"], "is_default": true,
		"payment":            object{"type": "payment_intent", "payment_intent": intent},
		"status_transitions": object{"paid_at": nil, "canceled_at": nil},
	}
	a.payments = append(a.payments, payment)
	intent["fake_payment"] = payment
	return intent
}

// Refund gives money of the invoice's first payment that succeeded back.
func (s *Stripe) Refund(ref string, amount int64) Happened {
	return s.customer(ref, func(a *account, invoice object) Happened {
		intent, charge := s.moved(a, invoice)
		refund := s.newRefund(a, object{"amount": amount, "currency": invoice["currency"], "payment_intent": intent, "charge": charge})
		refund["reason"] = "requested_by_customer"
		return s.happened(a, "refund.created", refund)
	})
}

func (s *Stripe) newRefund(a *account, of object) object {
	refund := object{
		"id": s.newID("re"), "object": "refund", "created": s.now().Unix(), "status": "succeeded", "reason": nil, "metadata": object{},
		"balance_transaction": nil, "receipt_number": nil, "source_transfer_reversal": nil, "transfer_reversal": nil,
	}
	maps.Copy(refund, of)
	a.refunds = append(a.refunds, refund)
	return refund
}

// createRefund takes a payment that it knows, and no more than is left of it.
func (s *Stripe) createRefund(r request) answer {
	if name := unknown(r.params, "payment_intent", "charge", "amount", "reason", "metadata"); name != "" {
		return invalid(name, "Received unknown parameter: "+name)
	}
	amount, err := strconv.ParseInt(r.form.Get("amount"), 10, 64)
	if err != nil || amount <= 0 {
		return invalid("amount", "Invalid positive integer")
	}
	for _, p := range r.account.payments {
		intent := p["payment"].(object)["payment_intent"].(object)
		charge := intent["latest_charge"].(object)
		if p["status"] != "paid" || intent["id"] != r.form.Get("payment_intent") && charge["id"] != r.form.Get("charge") {
			continue
		}
		left := int64(toInt(p["amount_paid"]))
		for _, before := range r.account.refunds {
			if before["payment_intent"] == intent["id"] && before["status"] != "failed" {
				left -= before["amount"].(int64)
			}
		}
		if amount > left {
			a := invalid("amount", "Refund amount is greater than unrefunded amount on charge.")
			a.body.(object)["error"].(object)["code"] = "charge_already_refunded"
			return a
		}
		metadata, _ := r.params["metadata"].(object)
		return ok(s.newRefund(r.account, object{
			"amount": amount, "currency": intent["currency"], "payment_intent": intent["id"], "charge": charge["id"], "metadata": clone(metadata),
		}))
	}
	return missing("payment_intent")
}

// Settle says how the newest refund with our reference has gone on: pending,
// succeeded, failed or canceled.
func (s *Stripe) Settle(ref, status string) Happened {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		for _, refund := range slices.Backward(a.refunds) {
			if refund["metadata"].(object)["refund_ref"] != ref {
				continue
			}
			refund["status"] = status
			if status == "failed" {
				refund["failure_reason"] = "expired_or_canceled_card"
				return s.happened(a, "refund.failed", refund)
			}
			return s.happened(a, "refund.updated", refund)
		}
	}
	return Happened{}
}

// Dispute opens a dispute about the invoice's first payment that succeeded, or
// says how the one that there is has gone on.
func (s *Stripe) Dispute(ref, status string) Happened {
	return s.customer(ref, func(a *account, invoice object) Happened {
		intent, charge := s.moved(a, invoice)
		for _, d := range a.disputes {
			if d["payment_intent"] == intent {
				d["status"] = status
				return s.happened(a, "charge.dispute.updated", d)
			}
		}
		dispute := object{
			"id": s.newID("dp"), "object": "dispute", "created": s.now().Unix(), "livemode": false, "amount": invoice["amount_paid"],
			"currency": invoice["currency"], "status": status, "reason": "fraudulent", "payment_intent": intent, "charge": charge,
			"evidence_details": object{"due_by": s.now().Add(7 * 24 * time.Hour).Unix(), "has_evidence": false, "past_due": false, "submission_count": 0},
		}
		a.disputes = append(a.disputes, dispute)
		return s.happened(a, "charge.dispute.created", dispute)
	})
}

func (s *Stripe) moved(a *account, invoice object) (intent, charge any) {
	for _, p := range a.payments {
		if p["invoice"] == invoice["id"] && p["status"] == "paid" {
			of := p["payment"].(object)["payment_intent"].(object)
			return of["id"], of["latest_charge"].(object)["id"]
		}
	}
	return nil, nil
}

// Subscribe begins a subscription of the invoice's customer, or changes it.
func (s *Stripe) Subscribe(ref, status string) Happened {
	return s.customer(ref, func(a *account, invoice object) Happened {
		for _, sub := range a.subscriptions {
			if sub["customer"] == invoice["customer"] {
				sub["status"], sub["canceled_at"] = status, s.now().Unix()
				return s.happened(a, "customer.subscription.updated", sub)
			}
		}
		sub := object{
			"id": s.newID("sub"), "object": "subscription", "created": s.now().Unix(), "livemode": false, "status": status,
			"customer": invoice["customer"], "canceled_at": nil,
		}
		a.subscriptions = append(a.subscriptions, sub)
		return s.happened(a, "customer.subscription.created", sub)
	})
}

// customer acts on the invoice whose metadata has our reference.
func (s *Stripe) customer(ref string, act func(*account, object) Happened) Happened {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		for _, invoice := range a.invoices {
			if metadata, _ := invoice["metadata"].(object); metadata["invoice_ref"] == ref {
				return act(a, invoice)
			}
		}
	}
	return Happened{}
}

func toInt(value any) int {
	switch n := value.(type) {
	case int:
		return n
	case int64:
		return int(n)
	}
	return 0
}
