package fake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// PayCoveConfig of a PayCove. The zero value accepts any token.
type PayCoveConfig struct {
	Token string // empty means any that is not empty
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// PayCove behaves as PayCove's documentation says for deals. It takes the same
// deal twice, for nothing there prevents that.
type PayCove struct {
	*desk
	token  string
	mux    *http.ServeMux
	deals  []object
	serial int
}

// NewPayCove returns an empty fake.
func NewPayCove(c PayCoveConfig) *PayCove {
	f := &PayCove{desk: newDesk("PayCove", c.Now), token: c.Token, mux: http.NewServeMux()}
	f.offers, f.act = f.acts, f.done
	f.from = func(r *http.Request) string { return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") }
	for pattern, run := range map[string]func(*http.Request, object) answer{
		"POST /api/v1/deals/with-relations": f.create,
		"GET /api/v1/deals":                 f.list,
		"GET /api/v1/deals/{id}":            f.get,
		"DELETE /api/v1/deals/{id}":         f.remove,
		"POST /api/v1/issue-refund":         f.giveBack,
		"DELETE /api/v1/contacts/{id}":      f.removeContact,
		"PATCH /api/v1/organizations/{id}":  f.patchOrganization,
		"POST /api/checkout/{account}":      f.checkout,
		"GET /api/deals/{unique}/status":    f.status,
		"GET /api/v1/user":                  func(*http.Request, object) answer { return ok(object{"id": 1, "name": "Studio"}) },
	} {
		f.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { f.handle(w, r, run) })
	}
	return f
}

// Fail arranges a failure.
func (f *PayCove) Fail(failure Failure) { f.fail(failure) }

// ServeHTTP implements http.Handler.
func (f *PayCove) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.page(w, r, f.state) {
		return
	}
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if strings.HasPrefix(r.URL.Path, "/api/v1/") && (!bearer || !accepts(f.token, token)) {
		write(w, payCoveError(http.StatusUnauthorized, "Unauthenticated."))
		return
	}
	f.mux.ServeHTTP(w, r)
}

func (f *PayCove) handle(w http.ResponseWriter, r *http.Request, run func(*http.Request, object) answer) {
	text, readable := readBody(w, r)
	if !readable {
		return
	}
	body := object{}
	record := Received{Method: r.Method, Path: r.URL.Path, Fields: r.URL.Query()}
	if len(text) > 0 {
		record.Body = text
		if json.Unmarshal(text, &body) != nil {
			write(w, payCoveError(http.StatusBadRequest, "Bad request."))
			return
		}
	}
	f.serve(w, r, record, func() answer { return run(r, body) }, func(status int) answer { return payCoveError(status, "This failure was arranged.") })
}

func (f *PayCove) create(_ *http.Request, body object) answer {
	contact, _ := body["contact"].(object)
	org, _ := body["org"].(object)
	items, _ := body["line_items"].([]any)
	switch {
	case body["name"] == nil || body["type"] != "invoice" && body["type"] != "quote", len(items) == 0:
		return payCoveError(http.StatusUnprocessableEntity, "name, type and line_items are required")
	case contact["id"] == nil && (contact["name"] == nil || contact["email"] == nil || contact["email"] == ""), org["name"] == nil && org["id"] == nil:
		return payCoveError(http.StatusUnprocessableEntity, "contact and org are required")
	}
	currency, _ := body["currency"].(string)
	total, err := sum(currency, items)
	if err != nil {
		return payCoveError(http.StatusUnprocessableEntity, "price is no amount")
	}
	f.serial++
	deal := object{
		"id": f.serial, "crm_deal_id": body["crm_deal_id"], "name": body["name"], "type": body["type"], "currency": currency,
		"contact_id": f.known("contact", contact), "org_id": f.known("org", org),
		"total": provider.Decimal(currency, total), "contact": contact, "org": org, "line_items": items, "payments": []any{},
		"checkout_url": fmt.Sprintf("https://paycove.io/checkout/fake-%d", f.serial),
	}
	f.deals = append(f.deals, deal)
	f.own(body["crm_deal_id"])
	return answer{status: http.StatusCreated, body: clone(deal)}
}

// sum is what items cost.
func sum(currency string, items []any) (total int64, err error) {
	for _, item := range items {
		price, _ := item.(object)["price"].(float64)
		amount, err := provider.ParseDecimal(currency, json.Number(strconv.FormatFloat(price, 'f', -1, 64)))
		if err != nil {
			return 0, err
		}
		total += amount
	}
	return total, nil
}

func (f *PayCove) list(r *http.Request, _ object) answer {
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	limit, page = min(max(limit, 1), 50), max(page, 1)
	newest := slices.Clone(f.deals)
	slices.Reverse(newest)
	data := []any{}
	for _, deal := range newest[min((page-1)*limit, len(newest)):min(page*limit, len(newest))] {
		data = append(data, clone(deal))
	}
	return answer{status: http.StatusOK, body: object{"data": data, "current_page": page, "last_page": max((len(newest)+limit-1)/limit, 1)}}
}

// known returns the id of a contact or organization, which has that of the deal
// it came with; the same address is the same party.
func (f *PayCove) known(kind string, party object) any {
	for _, deal := range f.deals {
		if before := deal[kind].(object); before["email"] == party["email"] && before["name"] == party["name"] {
			return deal[kind+"_id"]
		}
	}
	return f.serial
}

func (f *PayCove) removeContact(r *http.Request, _ object) answer {
	return f.overwrite("contact", r.PathValue("id"), object{})
}

func (f *PayCove) patchOrganization(r *http.Request, body object) answer {
	return f.overwrite("org", r.PathValue("id"), body)
}

func (f *PayCove) overwrite(kind, id string, with object) answer {
	found := false
	for _, deal := range f.deals {
		if fmt.Sprint(deal[kind+"_id"]) == id && len(deal[kind].(object)) > 0 {
			found, deal[kind] = true, clone(with)
		}
	}
	if !found {
		return payCoveError(http.StatusNotFound, "Not found.")
	}
	return ok(object{"id": id})
}

func (f *PayCove) deal(id string) object {
	for _, deal := range f.deals {
		if fmt.Sprint(deal["id"]) == id {
			return deal
		}
	}
	return nil
}

func (f *PayCove) get(r *http.Request, _ object) answer {
	deal := f.deal(r.PathValue("id"))
	if deal == nil {
		return payCoveError(http.StatusNotFound, "Not found.")
	}
	shown := clone(deal)
	if r.URL.Query().Get("include_payments") != "true" {
		delete(shown, "payments")
	}
	return ok(shown)
}

func (f *PayCove) remove(r *http.Request, _ object) answer {
	if f.deal(r.PathValue("id")) == nil {
		return payCoveError(http.StatusNotFound, "Not found.")
	}
	f.deals = slices.DeleteFunc(f.deals, func(o object) bool { return fmt.Sprint(o["id"]) == r.PathValue("id") })
	return ok(object{"deleted": true})
}

// giveBack shows a payment as refunded once all of it has gone back.
func (f *PayCove) giveBack(_ *http.Request, body object) answer {
	for _, deal := range f.deals {
		currency := deal["currency"].(string)
		for _, p := range deal["payments"].([]any) {
			payment := p.(object)
			if fmt.Sprint(payment["id"]) != fmt.Sprint(body["charge_id"]) || payment["status"] != "Paid" {
				continue
			}
			asked, err := provider.ParseDecimal(currency, json.Number(fmt.Sprint(body["refund_amount"])))
			all, _ := provider.ParseDecimal(currency, payment["amount"].(json.Number))
			before, _ := payment["fake_refunded"].(int64)
			if err != nil || asked <= 0 || before+asked > all {
				return payCoveError(http.StatusUnprocessableEntity, "refund_amount is too much")
			}
			if payment["fake_refunded"] = before + asked; before+asked == all {
				payment["status"] = "Refunded"
			}
			return ok(object{"success": true})
		}
	}
	return payCoveError(http.StatusNotFound, "Not found.")
}

// Pay lets a family pay the deal with our reference, in whole or in part, and
// returns the deal's id, which a hook names.
func (f *PayCove) Pay(ref string, amount int64) (id string) {
	return f.customer(ref, func(deal object) {
		deal["payments"] = append(deal["payments"].([]any), object{
			"id": 100*deal["id"].(int) + len(deal["payments"].([]any)), "status": "Paid", "amount": provider.Decimal(deal["currency"].(string), amount),
			"payment_method": "card", "created_at": f.now().UTC().Format(time.RFC3339),
		})
	})
}

// Refund gives the deal's first payment back.
func (f *PayCove) Refund(ref string) (id string) {
	return f.customer(ref, func(deal object) { deal["payments"].([]any)[0].(object)["status"] = "Refunded" })
}

func (f *PayCove) customer(ref string, act func(deal object)) (id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, deal := range f.deals {
		if deal["crm_deal_id"] == ref {
			act(deal)
			return fmt.Sprint(deal["id"])
		}
	}
	return ""
}

func (f *PayCove) state() map[string]any {
	return map[string]any{"deals": appendAll([]any{}, f.deals)}
}

func payCoveError(status int, message string) answer {
	return answer{status: status, body: object{"message": message}}
}
