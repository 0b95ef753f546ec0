package fake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/barrehq/barre/internal/provider"
)

// payCoveCurrency is that of an account, which a checkout does not name.
const payCoveCurrency = "USD"

// checkout opens a page for anybody who knows an account, as PayCove's plugin
// for shops asks for one.
func (f *PayCove) checkout(r *http.Request, body object) answer {
	contact, _ := body["contact"].(object)
	items, _ := body["line_items"].([]any)
	total, err := sum(payCoveCurrency, items)
	said, _ := body["total"].(float64)
	asked, wrong := provider.ParseDecimal(payCoveCurrency, json.Number(strconv.FormatFloat(said, 'f', -1, 64)))
	for _, name := range []string{"order_id", "key", "success_url", "cancel_url", "failure_url"} {
		if text, _ := body[name].(string); text == "" {
			return payCoveError(http.StatusUnprocessableEntity, name+" is required")
		}
	}
	if body["fees"] == nil || body["type"] != "invoice" || contact["email"] == nil || len(items) == 0 || err != nil || wrong != nil || asked != total {
		return payCoveError(http.StatusUnprocessableEntity, "type, contact, line_items, fees and their total are required")
	}
	f.serial++
	unique := fmt.Sprintf("fake-%d", f.serial)
	f.deals = append(f.deals, object{
		"id": f.serial, "unique_deal_id": unique, "account": r.PathValue("account"), "crm_deal_id": body["order_id"], "key": body["key"], "webhook_url": body["webhook_url"],
		"currency": payCoveCurrency, "total": provider.Decimal(payCoveCurrency, total), "contact_id": 0, "org_id": 0, "contact": contact, "org": object{},
		"line_items": items, "payments": []any{},
	})
	return ok(object{"checkout_url": "https://paycove.io/checkout/" + unique})
}

// status is what a shop asks for after a family has come back.
func (f *PayCove) status(r *http.Request, _ object) answer {
	deal := first(f.deals, "unique_deal_id", r.PathValue("unique"))
	if deal == nil {
		return payCoveError(http.StatusNotFound, "Not found.")
	}
	if f.due(deal) > 0 {
		return ok(object{"status": "Pending"})
	}
	return ok(object{"status": "Paid"})
}

// due is what nobody has paid of a deal.
func (f *PayCove) due(deal object) int64 {
	currency := deal["currency"].(string)
	left, _ := provider.ParseDecimal(currency, deal["total"].(json.Number))
	for _, p := range deal["payments"].([]any) {
		amount, _ := provider.ParseDecimal(currency, p.(object)["amount"].(json.Number))
		left -= amount
	}
	return left
}

// acts are what the page offers.
func (f *PayCove) acts() []offer {
	var offers []offer
	for _, deal := range f.deals {
		ref := fmt.Sprint(deal["crm_deal_id"])
		if f.due(deal) > 0 {
			offers = append(offers, offer{"pay", ref})
		} else if deal["unique_deal_id"] == nil {
			offers = append(offers, offer{"refund", ref})
		}
	}
	return offers
}

// done lets a family pay the deal that has our reference, or get the money back.
// What is told of it proves nothing of itself, but a checkout's has its key.
func (f *PayCove) done(act, ref string) *message {
	var due int64
	var of object
	f.customer(ref, func(deal object) { due, of = f.due(deal), clone(deal) })
	switch {
	case of == nil:
		return nil
	case act == "pay" && due > 0:
		f.Pay(ref, due)
	case act == "refund" && due == 0 && of["unique_deal_id"] == nil:
		f.Refund(ref)
	default:
		return nil
	}
	if of["unique_deal_id"] == nil {
		return &message{to: f.hook(ref), body: object{"event": "deal.updated", "data": object{"id": of["id"]}}}
	}
	told := &message{body: object{"order_id": ref, "key": of["key"], "deal_id": of["id"], "unique_deal_id": of["unique_deal_id"]}}
	if url, _ := of["webhook_url"].(string); url != "" {
		told.to = &Hook{URL: url}
	}
	return told
}
