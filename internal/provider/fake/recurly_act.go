package fake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/barrehq/barre/internal/provider"
)

// acts are what the page offers.
func (f *Recurly) acts() []offer {
	var offers []offer
	for _, invoice := range f.invoices {
		switch po, _ := invoice["po_number"].(string); {
		case po == "":
		case invoice["state"] == "pending":
			offers = append(offers, offer{"pay", po}, offer{"decline", po})
		case f.refundable(invoice) > 0:
			offers = append(offers, offer{"refund", po})
		}
	}
	return offers
}

// done lets a family pay, decline or get back the invoice that has our reference.
func (f *Recurly) done(act, po string) *message {
	due, paid := f.standing(po)
	kind, event, number := "charge_invoice", "", ""
	switch {
	case act == "pay" && due > 0:
		event, number = "paid", f.Pay(po, due)
	case act == "decline" && due > 0:
		event, number = "failed", f.Decline(po, due)
	case act == "refund" && paid > 0:
		kind, event, number = "credit_invoice", "created", f.Refund(po, paid)
	default:
		return nil
	}
	f.mu.Lock()
	id := f.newID("ntf")
	f.mu.Unlock()
	return &message{to: f.hook(po), header: map[string]string{"Recurly-Notification-Id": id}, body: object{
		"id": id, "object_type": kind, "site_id": "fake", "event_type": event, "event_time": f.stamp(), "invoice_number": number,
	}}
}

// standing tells what of an invoice is due and what can be given back.
func (f *Recurly) standing(po string) (due, paid int64) {
	f.customer(po, func(invoice object) {
		due, _ = provider.ParseDecimal(invoice["currency"].(string), invoice["balance"].(json.Number))
		paid = f.refundable(invoice)
	})
	return due, paid
}

// signed signs a message as Recurly does.
func (f *Recurly) signed(r *http.Request, secret string, body []byte) {
	at := strconv.FormatInt(f.now().UnixMilli(), 10)
	r.Header.Set("Recurly-Signature", fmt.Sprintf("%s,%s", at, hexMAC(secret, at+"."+string(body))))
}
