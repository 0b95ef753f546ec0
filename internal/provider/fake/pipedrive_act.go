package fake

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// acts are what the page offers.
func (f *Pipedrive) acts() []offer {
	var offers []offer
	for _, deal := range f.records["deals"] {
		if id := fmt.Sprint(deal["id"]); deal["status"] == "open" && deal["is_deleted"] != true {
			offers = append(offers, offer{"advance", id}, offer{"win", id}, offer{"lose", id})
		}
	}
	return offers
}

// done has somebody move an open deal to the last stage, win or lose it.
func (f *Pipedrive) done(act, id string) *message {
	changes, known := map[string]map[string]any{
		"advance": {"stage_id": len(f.config.Stages)}, "win": {"status": "won"}, "lose": {"status": "lost", "lost_reason": "Too far away"},
	}[act]
	f.mu.Lock()
	deal := f.record("deals", id)
	open := deal != nil && deal["status"] == "open"
	f.mu.Unlock()
	if !known || !open {
		return nil
	}
	f.Move(id, changes)
	return &message{to: f.hook(id), body: object{
		"meta": object{
			"id": uuid.NewString(), "action": "change", "entity": "deal", "entity_id": id, "company_id": fmt.Sprint(f.config.Company), "user_id": "1",
			"change_source": "app", "timestamp": f.stamp(), "version": "2.0", "attempt": 1, "host": "fake.pipedrive.com",
		},
		"data": changes,
	}}
}

// withPassword is all that Pipedrive proves itself with: the user and the
// password of the webhook.
func withPassword(r *http.Request, secret string, _ []byte) {
	user, password, _ := strings.Cut(secret, ":")
	r.SetBasicAuth(user, password)
}
