package fake

import (
	"fmt"
	"net/http"

	"github.com/oklog/ulid/v2"
)

// acts are what the page offers.
func (f *CustomerIO) acts() []offer {
	var offers []offer
	for _, id := range f.order {
		if person := f.people[id]; person != nil && person["unsubscribed"] != true && person["email"] != nil {
			offers = append(offers, offer{"unsubscribe", id}, offer{"bounce", id}, offer{"complain", id})
		}
	}
	return offers
}

// done has a person unsubscribe or complain, or a message to one bounce: in each
// case Customer.io sends that person no more.
func (f *CustomerIO) done(act, id string) *message {
	report, known := map[string][2]string{"unsubscribe": {"customer", "unsubscribed"}, "bounce": {"email", "bounced"}, "complain": {"email", "spammed"}}[act]
	f.mu.Lock()
	person := f.people[id]
	if !known || person == nil || person["email"] == nil || person["unsubscribed"] == true {
		f.mu.Unlock()
		return nil
	}
	person["unsubscribed"] = true
	data := object{"customer_id": id, "identifiers": object{"id": id, "email": person["email"]}, "recipient": person["email"]}
	if report[0] == "customer" {
		delete(data, "recipient")
		data["email_address"] = person["email"]
	}
	f.mu.Unlock()
	return &message{to: f.hook(id), body: object{
		"event_id": ulid.Make().String(), "object_type": report[0], "metric": report[1], "timestamp": f.now().Unix(), "data": data,
	}}
}

// signed signs a message as Customer.io does.
func (f *CustomerIO) signed(r *http.Request, secret string, body []byte) {
	at := fmt.Sprint(f.now().Unix())
	r.Header.Set("X-CIO-Timestamp", at)
	r.Header.Set("X-CIO-Signature", hexMAC(secret, "v0:"+at+":"+string(body)))
}
