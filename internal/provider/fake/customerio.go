package fake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

// CustomerIOConfig of a CustomerIO. The zero value accepts any credential.
type CustomerIOConfig struct {
	SiteID, TrackKey, AppKey string // empty means any that is not empty
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// CustomerIO behaves as Customer.io's Track API does for people and events,
// and as its App API for transactional mail, both on one address. An event
// whose id was seen is accepted and ignored.
type CustomerIO struct {
	*desk
	config CustomerIOConfig
	mux    *http.ServeMux
	order  []string
	people map[string]object
	gone   map[string]bool // who was suppressed
	seen   map[string]bool
	events []any
	mails  []any
}

// Bounds of the Track API.
const maxEntity = 32 << 10

// NewCustomerIO returns an empty fake.
func NewCustomerIO(c CustomerIOConfig) *CustomerIO {
	f := &CustomerIO{desk: newDesk("Customer.io", c.Now), config: c, mux: http.NewServeMux(), people: map[string]object{}, gone: map[string]bool{}, seen: map[string]bool{}}
	f.offers, f.act, f.sign = f.acts, f.done, f.signed
	f.from = func(r *http.Request) string { user, _, _ := r.BasicAuth(); return user }
	f.route("PUT /api/v1/customers/{id}", f.track, f.identify)
	f.route("DELETE /api/v1/customers/{id}", f.track, f.remove)
	f.route("POST /api/v1/customers/{id}/suppress", f.track, f.suppress)
	f.route("POST /api/v1/customers/{id}/unsuppress", f.track, f.unsuppress)
	f.route("POST /api/v1/customers/{id}/events", f.track, f.event)
	f.route("POST /v1/send/email", f.app, f.send)
	f.route("GET /api/v1/accounts/region", f.track, f.region)
	return f
}

// Fail arranges a failure.
func (f *CustomerIO) Fail(failure Failure) { f.fail(failure) }

// ServeHTTP implements http.Handler.
func (f *CustomerIO) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !f.page(w, r, f.state) {
		f.mux.ServeHTTP(w, r)
	}
}

func (f *CustomerIO) route(pattern string, auth func(*http.Request) bool, run func(id string, body object) answer) {
	f.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if !auth(r) {
			write(w, metaError(http.StatusUnauthorized, "Unauthorized request"))
			return
		}
		text, ok := readBody(w, r)
		if !ok {
			return
		}
		body := object{}
		if len(text) > 0 && json.Unmarshal(text, &body) != nil || len(text) > maxEntity {
			write(w, metaError(http.StatusBadRequest, "invalid or oversized body"))
			return
		}
		f.serve(w, r, Received{Method: r.Method, Path: r.URL.Path, Body: text},
			func() answer { return run(r.PathValue("id"), body) },
			func(status int) answer { return metaError(status, "This failure was arranged.") })
	})
}

func (f *CustomerIO) track(r *http.Request) bool {
	user, password, ok := r.BasicAuth()
	return ok && accepts(f.config.SiteID, user) && accepts(f.config.TrackKey, password)
}

func (f *CustomerIO) app(r *http.Request) bool {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && accepts(f.config.AppKey, key)
}

func accepts(want, got string) bool { return got != "" && (want == "" || want == got) }

func (f *CustomerIO) identify(id string, body object) answer {
	if email, given := body["email"]; given {
		if text, isText := email.(string); !isText || !strings.Contains(text, "@") {
			return metaError(http.StatusBadRequest, "invalid email")
		}
	}
	if f.gone[id] {
		return empty() // accepted and ignored
	}
	person := f.person(id)
	for name, value := range body {
		person[name] = value
	}
	return empty()
}

// person returns the person, made when there was none: the Track API does so
// for an event as well.
func (f *CustomerIO) person(id string) object {
	if f.people[id] == nil {
		f.people[id] = object{"id": id}
		f.own(id)
		f.order = append(f.order, id)
	}
	return f.people[id]
}

func (f *CustomerIO) remove(id string, _ object) answer {
	delete(f.people, id)
	return empty()
}

func (f *CustomerIO) suppress(id string, _ object) answer {
	delete(f.people, id)
	f.gone[id] = true
	return empty()
}

func (f *CustomerIO) unsuppress(id string, _ object) answer {
	delete(f.gone, id)
	return empty()
}

func (f *CustomerIO) event(id string, body object) answer {
	if f.gone[id] {
		return empty()
	}
	if name, isText := body["name"].(string); !isText || name == "" {
		return metaError(http.StatusBadRequest, "name is required")
	}
	key, _ := body["id"].(string)
	if key != "" {
		if _, err := ulid.ParseStrict(key); err != nil {
			return metaError(http.StatusBadRequest, "id is no ULID")
		}
		if f.seen[key] {
			return empty()
		}
		f.seen[key] = true
	}
	f.person(id)
	f.events = append(f.events, object{"person": id, "event": body})
	return empty()
}

func (f *CustomerIO) send(_ string, body object) answer {
	identifiers, _ := body["identifiers"].(object)
	to, _ := body["to"].(string)
	if len(identifiers) != 1 || !strings.Contains(to, "@") || body["transactional_message_id"] == nil {
		return metaError(http.StatusBadRequest, "to, one identifier and transactional_message_id are required")
	}
	f.mails = append(f.mails, body)
	return answer{status: http.StatusOK, body: object{"delivery_id": fmt.Sprintf("fake-delivery-%d", len(f.mails)), "queued_at": f.now().Unix()}}
}

func (f *CustomerIO) region(string, object) answer {
	return answer{status: http.StatusOK, body: object{"url": "https://track.customer.io", "region": "us", "environment_id": 1}}
}

func (f *CustomerIO) state() map[string]any {
	people := []any{}
	for _, id := range f.order {
		if person := f.people[id]; person != nil {
			people = append(people, person)
		}
	}
	return map[string]any{"people": people, "events": append([]any{}, f.events...), "mails": append([]any{}, f.mails...)}
}

func empty() answer { return answer{status: http.StatusOK, body: object{}} }

func metaError(status int, message string) answer {
	return answer{status: status, body: object{"meta": object{"errors": []any{message}}}}
}
