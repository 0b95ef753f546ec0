package fake

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
)

func (s *Stripe) routes() map[string]func(request) answer {
	return map[string]func(request) answer{
		"POST /v1/customers":              s.createCustomer,
		"GET /v1/customers":               s.listCustomers,
		"GET /v1/customers/{id}":          s.getCustomer,
		"POST /v1/customers/{id}":         s.updateCustomer,
		"DELETE /v1/customers/{id}":       s.deleteCustomer,
		"POST /v1/invoices":               s.createInvoice,
		"GET /v1/invoices":                s.listInvoices,
		"GET /v1/invoices/{id}":           s.getInvoice,
		"DELETE /v1/invoices/{id}":        s.deleteInvoice,
		"POST /v1/invoices/{id}/finalize": s.finalizeInvoice,
		"POST /v1/invoices/{id}/send":     s.sendInvoice,
		"POST /v1/invoices/{id}/void":     s.voidInvoice,
		"POST /v1/invoices/{id}/pay":      s.payInvoice,
		"POST /v1/invoiceitems":           s.createItem,
		"GET /v1/invoiceitems":            s.listItems,
		"GET /v1/invoice_payments":        s.listPayments,
		"GET /v1/invoice_payments/{id}":   func(r request) answer { return one(r.account.payments, r.id, "invoice_payment") },
		"POST /v1/refunds":                s.createRefund,
		"GET /v1/refunds":                 func(r request) answer { return s.list("/v1/refunds", r, r.account.refunds, "charge", "payment_intent") },
		"GET /v1/refunds/{id}":            func(r request) answer { return one(r.account.refunds, r.id, "refund") },
		"GET /v1/disputes/{id}":           func(r request) answer { return one(r.account.disputes, r.id, "dispute") },
		"GET /v1/subscriptions/{id}":      func(r request) answer { return one(r.account.subscriptions, r.id, "subscription") },
		"GET /v1/events":                  s.listEvents,
	}
}

// unknown names a parameter that the call does not take, or is "".
func unknown(params object, known ...string) string {
	for name := range params {
		if !slices.Contains(known, name) {
			return name
		}
	}
	return ""
}

func customerParams() []string {
	return []string{"name", "email", "address", "metadata", "description", "phone", "shipping", "preferred_locales"}
}

func (s *Stripe) createCustomer(r request) answer {
	if name := unknown(r.params, customerParams()...); name != "" {
		return invalid(name, "Received unknown parameter: "+name)
	}
	c := object{
		"id": s.newID("cus"), "object": "customer", "created": s.now().Unix(), "livemode": false,
		"name": nil, "email": nil, "address": nil, "phone": nil, "description": nil, "shipping": nil, "metadata": object{},
	}
	r.account.customers = append(r.account.customers, c)
	return ok(update(c, r.params))
}

func (s *Stripe) updateCustomer(r request) answer {
	c := find(r.account.customers, r.id)
	if c == nil {
		return missing("customer")
	}
	if name := unknown(r.params, customerParams()...); name != "" {
		return invalid(name, "Received unknown parameter: "+name)
	}
	return ok(update(c, r.params))
}

// update sets what params name. Objects are merged, and an empty text unsets:
// in metadata the name goes, elsewhere the value becomes null.
func update(c, params object) object {
	for name, value := range params {
		switch v := value.(type) {
		case object:
			inner, isObject := c[name].(object)
			if !isObject {
				inner = object{}
				if name == "address" {
					inner = object{"line1": nil, "line2": nil, "city": nil, "state": nil, "postal_code": nil, "country": nil}
				}
			}
			c[name] = update(inner, v)
			if name == "metadata" {
				maps.DeleteFunc(inner, func(_ string, kept any) bool { return kept == nil })
			}
		default:
			c[name] = value
			if value == "" {
				c[name] = nil
			}
		}
	}
	return c
}

func (s *Stripe) getCustomer(r request) answer {
	if c := find(r.account.customers, r.id); c != nil {
		return ok(c)
	}
	return missing("customer")
}

func (s *Stripe) deleteCustomer(r request) answer {
	if find(r.account.customers, r.id) == nil {
		return missing("customer")
	}
	r.account.customers = slices.DeleteFunc(r.account.customers, func(o object) bool { return o["id"] == r.id })
	return ok(object{"id": r.id, "object": "customer", "deleted": true})
}

func (s *Stripe) listCustomers(r request) answer {
	return s.list("/v1/customers", r, r.account.customers, "email")
}

func (s *Stripe) listInvoices(r request) answer {
	return s.list("/v1/invoices", r, r.account.invoices, "customer", "status")
}

func (s *Stripe) listItems(r request) answer {
	return s.list("/v1/invoiceitems", r, r.account.items, "customer", "invoice")
}

// list answers one page, newest first, of the objects that equal the given
// filters and are as young as created[gte].
func (s *Stripe) list(path string, r request, objects []object, filters ...string) answer {
	if name := unknown(r.params, append([]string{"limit", "starting_after", "created"}, filters...)...); name != "" {
		return invalid(name, "Received unknown parameter: "+name)
	}
	limit := 10
	if text := r.form.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 100 {
			return invalid("limit", "This value must be between 1 and 100.")
		}
		limit = n
	}
	since, _ := strconv.ParseInt(r.form.Get("created[gte]"), 10, 64)
	after := r.form.Get("starting_after")
	if after != "" && find(objects, after) == nil {
		return invalid("starting_after", "No such object.")
	}
	page, more := []any{}, false
	for _, o := range slices.Backward(objects) {
		if after != "" {
			if o["id"] == after {
				after = ""
			}
			continue
		}
		if !equals(o, r, filters) || bornAt(o) < since {
			continue
		}
		if len(page) == limit {
			more = true
			break
		}
		page = append(page, clone(o))
	}
	return answer{status: http.StatusOK, body: object{"object": "list", "url": path, "has_more": more, "data": page}}
}

func bornAt(o object) int64 {
	if at, isTime := o["created"].(int64); isTime {
		return at
	}
	at, _ := o["date"].(int64)
	return at
}

func equals(o object, r request, filters []string) bool {
	for _, name := range filters {
		if want := r.form.Get(name); want != "" && o[name] != want {
			return false
		}
	}
	return true
}
