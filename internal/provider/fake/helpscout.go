package fake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// HelpScoutConfig of a HelpScout. The zero value accepts any credential.
type HelpScoutConfig struct {
	AppID, AppSecret string // empty means any that is not empty
	// Lifetime of a token; 0 means the 48 hours of the real one.
	Lifetime time.Duration
	// Page is how many threads a page of them has; 0 means 25.
	Page int
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// HelpScout behaves as Help Scout's Mailbox API does for conversations and
// their threads: tokens that expire, ids in the Resource-ID header of answers
// without a body, lists as HAL.
type HelpScout struct {
	*desk
	config        HelpScoutConfig
	mux           *http.ServeMux
	tokens        map[string]time.Time // when each expires
	apps          map[string]string    // whose each is
	conversations []object
	people        []object // whom conversations are with
	serial        int64
}

// NewHelpScout returns an empty fake.
func NewHelpScout(c HelpScoutConfig) *HelpScout {
	if c.Lifetime == 0 {
		c.Lifetime = 48 * time.Hour
	}
	if c.Page == 0 {
		c.Page = 25
	}
	f := &HelpScout{desk: newDesk("Help Scout", c.Now), config: c, mux: http.NewServeMux(), tokens: map[string]time.Time{}, apps: map[string]string{}, serial: 1000}
	f.offers, f.act, f.sign = f.acts, f.done, f.signed
	f.from = func(r *http.Request) string {
		return f.apps[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	}
	f.mux.HandleFunc("POST /v2/oauth2/token", f.grant)
	f.route("POST /v2/conversations", f.open)
	f.route("GET /v2/conversations", f.list)
	f.route("GET /v2/conversations/{id}", f.get)
	f.route("PATCH /v2/conversations/{id}", f.patch)
	f.route("DELETE /v2/conversations/{id}", f.remove)
	f.route("GET /v2/customers", f.customers)
	f.route("DELETE /v2/customers/{customer}", f.removeCustomer)
	f.route("GET /v2/conversations/{id}/threads", f.threads)
	f.route("POST /v2/conversations/{id}/customer", f.write("customer"))
	f.route("POST /v2/conversations/{id}/reply", f.write("reply"))
	f.route("POST /v2/conversations/{id}/notes", f.write("note"))
	f.route("GET /v2/users/me", func(helpScoutCall) answer {
		return answer{status: http.StatusOK, body: object{"id": 1, "firstName": "Fake", "lastName": "User", "role": "owner"}}
	})
	return f
}

// Fail arranges a failure.
func (f *HelpScout) Fail(failure Failure) { f.fail(failure) }

// ForgetTokens makes every token invalid before its time, as Help Scout does
// when an app's secret is changed.
func (f *HelpScout) ForgetTokens() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.tokens)
}

// Reply writes what an agent answers, or a customer by e-mail, and returns the
// thread's id. Kind is a thread's type: message, customer, note.
func (f *HelpScout) Reply(conversation, kind, markup string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strconv.FormatInt(f.append(find(f.conversations, conversation), kind, markup, "email"), 10)
}

// Delete removes a conversation, as an agent may.
func (f *HelpScout) Delete(conversation string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.conversations = slices.DeleteFunc(f.conversations, func(o object) bool { return o["id"] == conversation })
}

// ServeHTTP implements http.Handler.
func (f *HelpScout) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !f.page(w, r, f.state) {
		f.mux.ServeHTTP(w, r)
	}
}

func (f *HelpScout) grant(w http.ResponseWriter, r *http.Request) {
	text, ok := readBody(w, r)
	if !ok {
		return
	}
	form, _ := url.ParseQuery(string(text))
	if form.Get("grant_type") != "client_credentials" || !accepts(f.config.AppID, form.Get("client_id")) || !accepts(f.config.AppSecret, form.Get("client_secret")) {
		write(w, answer{status: http.StatusBadRequest, body: object{"error": "invalid_client", "error_description": "Client authentication failed."}})
		return
	}
	record := Received{Method: r.Method, Path: r.URL.Path, Fields: url.Values{"grant_type": form["grant_type"]}}
	f.serve(w, r, record, func() answer {
		token := fmt.Sprintf("fake-token-%d", f.next())
		f.tokens[token], f.apps[token] = f.now().Add(f.config.Lifetime), form.Get("client_id")
		return answer{status: http.StatusOK, body: object{"token_type": "bearer", "access_token": token, "expires_in": int(f.config.Lifetime.Seconds())}}
	}, vndError)
}

// helpScoutCall is one call with what was read of it. The conversation is nil
// where the path names none.
type helpScoutCall struct {
	conversation object
	customer     string // the id of the path, where it names one
	query        url.Values
	body         object
}

func (f *HelpScout) route(pattern string, run func(helpScoutCall) answer) {
	f.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		text, ok := readBody(w, r)
		if !ok {
			return
		}
		body := object{}
		if len(text) > 0 && json.Unmarshal(text, &body) != nil {
			write(w, vndError(http.StatusBadRequest))
			return
		}
		f.serve(w, r, Received{Method: r.Method, Path: r.URL.Path, Fields: r.URL.Query(), Body: text}, func() answer {
			key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
			if expires, known := f.tokens[key]; !known || !f.now().Before(expires) {
				return vndError(http.StatusUnauthorized)
			}
			found := find(f.conversations, r.PathValue("id"))
			if r.PathValue("id") != "" && found == nil {
				return vndError(http.StatusNotFound)
			}
			return run(helpScoutCall{found, r.PathValue("customer"), r.URL.Query(), body})
		}, vndError)
	})
}

func (f *HelpScout) open(c helpScoutCall) answer {
	threads, _ := c.body["threads"].([]any)
	customer, _ := c.body["customer"].(object)
	email, _ := customer["email"].(string)
	mailbox, isNumber := c.body["mailboxId"].(float64)
	for path, wrong := range map[string]bool{
		"subject": c.body["subject"] == nil, "type": !slices.Contains([]any{"chat", "email", "phone"}, c.body["type"]),
		"status": !slices.Contains([]any{"active", "closed", "pending"}, c.body["status"]), "mailboxId": !isNumber || mailbox < 1,
		"customer": !strings.Contains(email, "@") && customer["id"] == nil, "threads": len(threads) == 0,
	} {
		if wrong {
			return vndInvalid(path)
		}
	}
	id := f.next()
	tags := []any{}
	names, _ := c.body["tags"].([]any)
	for _, name := range names {
		tags = append(tags, object{"id": f.next(), "tag": name, "color": "#929499"})
	}
	made := object{
		"id": strconv.FormatInt(id, 10), "number": id, "type": c.body["type"], "status": c.body["status"], "state": "published", "subject": c.body["subject"],
		"mailboxId": mailbox, "tags": tags, "createdAt": f.stamp(), "userUpdatedAt": f.stamp(),
		"source": object{"type": "api", "via": "customer"}, "primaryCustomer": object{"id": f.customer(email), "email": email}, "threads": []any{},
	}
	for n, given := range threads {
		thread, _ := given.(object)
		kind, _ := thread["type"].(string)
		text, _ := thread["text"].(string)
		if !slices.Contains([]string{"chat", "customer", "note", "phone", "reply"}, kind) || text == "" {
			return vndInvalid(fmt.Sprintf("threads[%d]", n))
		}
		f.append(made, kind, text, "api")
	}
	f.conversations = append(f.conversations, made)
	f.own(made["id"])
	return created(id)
}

// append adds a thread and returns its id.
func (f *HelpScout) append(conversation object, kind, markup, source string) int64 {
	id := f.next()
	via := "user"
	switch kind {
	case "customer":
		via = "customer"
	case "reply":
		kind = "message" // as lists call it
	}
	conversation["threads"] = append(conversation["threads"].([]any), object{
		"id": id, "type": kind, "status": conversation["status"], "state": "published", "body": markup,
		"source": object{"type": source, "via": via}, "createdAt": f.stamp(),
	})
	conversation["userUpdatedAt"] = f.stamp()
	return id
}

func (f *HelpScout) write(kind string) func(helpScoutCall) answer {
	return func(c helpScoutCall) answer {
		text, _ := c.body["text"].(string)
		customer, _ := c.body["customer"].(object)
		switch {
		case text == "":
			return vndInvalid("text")
		case kind != "note" && customer["email"] == nil && customer["id"] == nil:
			return vndInvalid("customer")
		case len(c.conversation["threads"].([]any)) >= 100:
			return vndError(http.StatusPreconditionFailed)
		}
		if kind != "note" {
			c.conversation["status"] = "active"
			if status, given := c.body["status"]; given {
				c.conversation["status"] = status
			}
		}
		return created(f.append(c.conversation, kind, text, "api"))
	}
}

func (f *HelpScout) patch(c helpScoutCall) answer {
	status, _ := c.body["value"].(string)
	if c.body["op"] != "replace" || c.body["path"] != "/status" || !slices.Contains([]string{"active", "closed", "pending", "spam"}, status) {
		return vndInvalid("value")
	}
	c.conversation["status"], c.conversation["userUpdatedAt"] = status, f.stamp()
	return answer{status: http.StatusNoContent}
}

// customer returns the id of whoever has the address.
func (f *HelpScout) customer(email string) any {
	for _, p := range f.people {
		if strings.EqualFold(p["email"].(string), email) {
			return p["id"]
		}
	}
	f.people = append(f.people, object{"id": f.next(), "email": email})
	return f.serial
}

func (f *HelpScout) customers(c helpScoutCall) answer {
	var found []any
	for _, p := range f.people {
		if c.query.Get("query") == fmt.Sprintf("(email:%q)", p["email"]) {
			found = append(found, object{"id": p["id"]})
		}
	}
	return hal("customers", found, 1, 50)
}

// removeCustomer deletes a customer with all conversations.
func (f *HelpScout) removeCustomer(c helpScoutCall) answer {
	before := len(f.people)
	f.people = slices.DeleteFunc(f.people, func(o object) bool { return fmt.Sprint(o["id"]) == c.customer })
	if len(f.people) == before {
		return vndError(http.StatusNotFound)
	}
	f.conversations = slices.DeleteFunc(f.conversations, func(o object) bool {
		return fmt.Sprint(o["primaryCustomer"].(object)["id"]) == c.customer
	})
	return answer{status: http.StatusNoContent}
}

func (f *HelpScout) remove(c helpScoutCall) answer {
	f.conversations = slices.DeleteFunc(f.conversations, func(o object) bool { return o["id"] == c.conversation["id"] })
	return answer{status: http.StatusNoContent}
}

func (f *HelpScout) get(c helpScoutCall) answer { return ok(shown(c.conversation)) }

// shown is a conversation as the API shows it: with a number for an id, and
// how many threads it has in place of them.
func shown(conversation object) object {
	o := clone(conversation)
	o["id"] = o["number"]
	o["threads"] = len(conversation["threads"].([]any))
	return o
}

func (f *HelpScout) list(c helpScoutCall) answer {
	var found []any
	for _, conversation := range f.conversations {
		for _, tag := range conversation["tags"].([]any) {
			if status := c.query.Get("status"); tag.(object)["tag"] == c.query.Get("tag") && (status == "all" || status == conversation["status"]) {
				found = append(found, shown(conversation))
			}
		}
	}
	return hal("conversations", found, 1, 25)
}

func (f *HelpScout) threads(c helpScoutCall) answer {
	number, err := strconv.Atoi(c.query.Get("page"))
	if err != nil {
		number = 1
	}
	newest := slices.Clone(c.conversation["threads"].([]any))
	slices.Reverse(newest)
	return hal("threads", newest, number, f.config.Page)
}

// hal is one page of a list. A list that is empty is absent.
func hal(name string, all []any, number, size int) answer {
	from, to := min((number-1)*size, len(all)), min(number*size, len(all))
	body := object{"page": object{"size": size, "totalElements": len(all), "totalPages": (len(all) + size - 1) / size, "number": number}}
	if from < to {
		body["_embedded"] = object{name: all[from:to]}
	}
	return answer{status: http.StatusOK, body: body}
}

func (f *HelpScout) next() int64 { f.serial++; return f.serial }

func (f *HelpScout) stamp() string { return f.now().UTC().Format(time.RFC3339) }

func (f *HelpScout) state() map[string]any {
	return map[string]any{"conversations": appendAll([]any{}, f.conversations), "customers": appendAll([]any{}, f.people)}
}

// created answers as Help Scout does: the id is in a header, and there is no body.
func created(id int64) answer {
	return answer{status: http.StatusCreated, header: map[string]string{"Resource-ID": strconv.FormatInt(id, 10)}}
}

func vndError(status int) answer {
	if status == http.StatusTooManyRequests {
		return answer{status: status, body: object{"message": "API rate limit exceeded"}, header: map[string]string{"X-RateLimit-Retry-After": "7"}}
	}
	return answer{status: status, body: object{"logRef": "fake-log", "message": "This is refused."}}
}

func vndInvalid(path string) answer {
	return answer{status: http.StatusBadRequest, body: object{
		"logRef": "fake-log", "message": "Bad request", "_embedded": object{"errors": []any{object{"path": path, "message": "is wrong", "source": "JSON"}}},
	}}
}
