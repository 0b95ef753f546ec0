package fake

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// FusionAuthConfig of a FusionAuth. The zero value accepts any key.
type FusionAuthConfig struct {
	Key string // empty means any that is not empty
	// Application is the id of the one application; empty takes any.
	Application string
	// ListErrors writes the errors of fields as FusionAuth's document has them, a
	// list, in place of its manual's lists by field.
	ListErrors bool
	// Keys is the page of public keys.
	Keys json.RawMessage
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// FusionAuth behaves as FusionAuth's API does for users and registrations,
// whose ids the caller chooses.
type FusionAuth struct {
	*desk
	config FusionAuthConfig
	mux    *http.ServeMux
	users  []object
	mails  []any // "set your password"
}

// NewFusionAuth returns an empty fake.
func NewFusionAuth(c FusionAuthConfig) *FusionAuth {
	if c.Keys == nil {
		c.Keys = json.RawMessage(`{"keys":[]}`)
	}
	f := &FusionAuth{desk: newDesk("FusionAuth", c.Now), config: c, mux: http.NewServeMux()}
	f.offers, f.act, f.sign = f.acts, f.done, signedByToken
	f.from = func(r *http.Request) string { return r.Header.Get("Authorization") }
	f.route("POST /api/user/{id}", f.create)
	f.route("GET /api/user/{id}", f.get)
	f.route("PATCH /api/user/{id}", f.patch)
	f.route("PUT /api/user/{id}", f.reactivate)
	f.route("DELETE /api/user/{id}", f.deactivate)
	f.route("POST /api/user/registration/{id}", f.register)
	f.route("PATCH /api/user/registration/{id}", f.changeRegistration)
	f.route("POST /api/user/forgot-password", f.forgot)
	f.route("GET /api/application/{id}", f.application)
	f.mux.HandleFunc("GET /.well-known/jwks.json", func(w http.ResponseWriter, r *http.Request) {
		f.serve(w, r, Received{Method: r.Method, Path: r.URL.Path}, func() answer {
			return answer{status: http.StatusOK, body: f.config.Keys}
		}, fusionError)
	})
	return f
}

// Fail arranges a failure.
func (f *FusionAuth) Fail(failure Failure) { f.fail(failure) }

// SetKeys replaces the page of public keys.
func (f *FusionAuth) SetKeys(keys json.RawMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.config.Keys = keys
}

// ServeHTTP implements http.Handler.
func (f *FusionAuth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !f.page(w, r, f.state) {
		f.mux.ServeHTTP(w, r)
	}
}

// fusionCall is one call with what was read of it. The user is nil where there
// is none of the id.
type fusionCall struct {
	request *http.Request
	id      string
	user    object
	body    object
}

func (f *FusionAuth) route(pattern string, run func(fusionCall) answer) {
	f.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		// "Bearer" is for a user's token: an API key stands alone.
		if key := r.Header.Get("Authorization"); strings.HasPrefix(key, "Bearer ") || !accepts(f.config.Key, key) {
			write(w, answer{status: http.StatusUnauthorized})
			return
		}
		text, ok := readBody(w, r)
		if !ok {
			return
		}
		body := object{}
		if len(text) > 0 && json.Unmarshal(text, &body) != nil {
			write(w, f.refusal("", "[invalidJSON]"))
			return
		}
		f.serve(w, r, Received{Method: r.Method, Path: r.URL.Path, Fields: r.URL.Query(), Body: text},
			func() answer {
				return run(fusionCall{r, r.PathValue("id"), find(f.users, r.PathValue("id")), body})
			}, fusionError)
	})
}

func (f *FusionAuth) create(c fusionCall) answer {
	given, _ := c.body["user"].(object)
	email, _ := given["email"].(string)
	password, _ := given["password"].(string)
	sends := c.body["sendSetPasswordEmail"] == true
	switch {
	case uuid.Validate(c.id) != nil:
		return f.refusal("userId", "[couldNotConvert]userId")
	case c.user != nil:
		return f.refusal("user.id", "[duplicate]user.id")
	case !strings.Contains(email, "@"):
		return f.refusal("user.email", "[blank]user.email")
	case slices.ContainsFunc(f.users, func(o object) bool { return strings.EqualFold(o["email"].(string), email) }):
		return f.refusal("user.email", "[duplicate]user.email")
	case password == "" && !sends:
		return f.refusal("user.password", "[blank]user.password")
	}
	made := object{"id": c.id, "email": email, "active": true, "verified": false, "registrations": []any{}, "insertInstant": f.stamp(), "lastUpdateInstant": f.stamp()}
	for _, name := range []string{"fullName", "firstName", "lastName"} {
		if text, isText := given[name].(string); isText {
			made[name] = text
		}
	}
	f.users = append(f.users, made)
	f.own(c.id)
	if sends {
		f.mails = append(f.mails, object{"to": email, "template": "set-password"})
	}
	return ok(object{"user": clone(made)})
}

func (f *FusionAuth) get(c fusionCall) answer {
	if c.user == nil {
		return answer{status: http.StatusNotFound}
	}
	return ok(object{"user": clone(c.user)})
}

func (f *FusionAuth) patch(c fusionCall) answer {
	if c.user == nil {
		return answer{status: http.StatusNotFound}
	}
	given, _ := c.body["user"].(object)
	for name, value := range given {
		c.user[name] = value
	}
	c.user["lastUpdateInstant"] = f.stamp()
	return f.get(c)
}

func (f *FusionAuth) reactivate(c fusionCall) answer {
	if c.user == nil {
		return answer{status: http.StatusNotFound}
	}
	if c.request.URL.Query().Get("reactivate") != "true" {
		return f.refusal("user", "[blank]user")
	}
	c.user["active"], c.user["lastUpdateInstant"] = true, f.stamp()
	return f.get(c)
}

func (f *FusionAuth) deactivate(c fusionCall) answer {
	if c.user == nil {
		return answer{status: http.StatusNotFound}
	}
	if c.request.URL.Query().Get("hardDelete") == "true" {
		f.users = slices.DeleteFunc(f.users, func(o object) bool { return o["id"] == c.id })
		return answer{status: http.StatusOK}
	}
	c.user["active"], c.user["lastUpdateInstant"] = false, f.stamp()
	return answer{status: http.StatusOK}
}

// registration is the one of the call's user for the application, or nil.
func (f *FusionAuth) registration(c fusionCall) (object, object) {
	given, _ := c.body["registration"].(object)
	if c.user != nil {
		for _, each := range c.user["registrations"].([]any) {
			if r := each.(object); r["applicationId"] == given["applicationId"] {
				return given, r
			}
		}
	}
	return given, nil
}

func (f *FusionAuth) register(c fusionCall) answer {
	given, known := f.registration(c)
	application, _ := given["applicationId"].(string)
	switch {
	case c.user == nil:
		return answer{status: http.StatusNotFound}
	case !accepts(f.config.Application, application):
		return f.refusal("registration.applicationId", "[invalid]registration.applicationId")
	case known != nil:
		return f.refusal("registration", "[duplicate]registration")
	}
	made := object{"id": uuid.NewString(), "applicationId": application, "roles": given["roles"], "insertInstant": f.stamp()}
	c.user["registrations"] = append(c.user["registrations"].([]any), made)
	return ok(object{"registration": clone(made), "user": clone(c.user)})
}

func (f *FusionAuth) changeRegistration(c fusionCall) answer {
	given, known := f.registration(c)
	if known == nil {
		return answer{status: http.StatusNotFound}
	}
	known["roles"] = given["roles"]
	return ok(object{"registration": clone(known)})
}

// forgot writes to the user who signs in with the given id, unless it is asked
// not to.
func (f *FusionAuth) forgot(c fusionCall) answer {
	login, _ := c.body["loginId"].(string)
	application, _ := c.body["applicationId"].(string)
	for _, user := range f.users {
		if !strings.EqualFold(user["email"].(string), login) || user["active"] != true {
			continue
		}
		if application != "" && !accepts(f.config.Application, application) {
			return f.refusal("applicationId", "[invalid]applicationId")
		}
		if c.body["sendForgotPasswordEmail"] != false {
			f.mails = append(f.mails, object{"to": user["email"], "template": "forgot-password"})
		}
		return ok(object{"changePasswordId": uuid.NewString()})
	}
	return answer{status: http.StatusNotFound}
}

func (f *FusionAuth) application(c fusionCall) answer {
	if !accepts(f.config.Application, c.id) {
		return answer{status: http.StatusNotFound}
	}
	return ok(object{"application": object{"id": c.id, "name": "Fake", "active": true}})
}

func (f *FusionAuth) stamp() int64 { return f.now().UnixMilli() }

func (f *FusionAuth) state() map[string]any {
	return map[string]any{"users": appendAll([]any{}, f.users), "mails": slices.Clone(f.mails)}
}

func fusionError(status int) answer {
	return answer{status: status, body: object{"generalErrors": []any{object{"code": "[arranged]", "message": "This failure was arranged."}}}}
}

func (f *FusionAuth) refusal(field, code string) answer {
	problem := []any{object{"code": code, "message": "This is refused."}}
	if field == "" {
		return answer{status: http.StatusBadRequest, body: object{"generalErrors": problem}}
	}
	var problems any = object{field: problem}
	if f.config.ListErrors {
		problems = problem
	}
	return answer{status: http.StatusBadRequest, body: object{"fieldErrors": problems, "generalErrors": []any{}}}
}
