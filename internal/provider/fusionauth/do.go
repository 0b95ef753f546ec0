package fusionauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// call is one operation on its way: what every step of it needs.
type call struct {
	*FusionAuth
	connection provider.Connection
	links      provider.Links
}

// user is what is read of one; FusionAuth's has much more, which we do not
// want to know.
type user struct {
	Email    string `json:"email"`
	FullName string `json:"fullName"`
	Active   bool   `json:"active"`
	Verified bool   `json:"verified"`
	Updated  int64  `json:"lastUpdateInstant"` // Unix milliseconds
}

// Do implements provider.Provider.
func (f *FusionAuth) Do(ctx context.Context, connection provider.Connection, o provider.Operation, links provider.Links) (provider.Outcome, error) {
	c := &call{f, connection, links}
	var a account
	if err := json.Unmarshal(o.Payload, &a); err != nil {
		return provider.Outcome{}, permanent("unreadable payload of " + o.Name)
	}
	switch o.Name {
	case saveUser:
		return c.save(ctx, a)
	case deactivateUser:
		return c.deactivate(ctx, a)
	case resetPassword:
		return c.reset(ctx, a, o)
	}
	return provider.Outcome{}, permanent("unknown operation " + o.Name)
}

// Reconcile implements provider.Provider. Every call may be made again: the
// user's id is ours, and one that exists is compared and not made twice. A mail
// is asked for once more, as its link takes the place of the one before, and not
// a third time.
func (f *FusionAuth) Reconcile(_ context.Context, _ provider.Connection, o provider.Operation, _ provider.Links) (provider.Outcome, error) {
	if o.Name == resetPassword && o.Round > 0 {
		return provider.Outcome{State: provider.Unresolved, Note: "The mail may have been sent; FusionAuth cannot say."}, nil
	}
	return provider.Outcome{State: provider.Missing}, nil
}

func done(a account) provider.Outcome {
	return provider.Outcome{State: provider.Done, RemoteID: a.User.String()}
}

// save makes the user, or makes the one that is there equal, and registers it.
func (c *call) save(ctx context.Context, a account) (provider.Outcome, error) {
	remote, err := c.links.Lookup(ctx, provider.Ref{Type: "membership", ID: a.Member})
	if err != nil {
		return provider.Outcome{}, &provider.Error{Provider: ID, Class: provider.Transient, Cause: err}
	}
	if remote == "" && a.Unsent {
		return provider.Outcome{State: provider.Skipped, Note: "FusionAuth would write to a new user, and nothing may be sent to the address."}, nil
	}
	if remote == "" {
		err = c.create(ctx, a)
	} else if err = c.compare(ctx, a); provider.Gone(err) {
		err = c.create(ctx, a)
	}
	if err == nil && c.connection.Options[OptionApplication] != "" {
		err = c.register(ctx, a)
	}
	return done(a), err
}

// create makes the user, to whom FusionAuth writes: one without a password it
// takes on no other terms. A user that is there already was made by an attempt
// that nobody heard the end of.
func (c *call) create(ctx context.Context, a account) error {
	err := c.call(ctx, provider.Request{Method: http.MethodPost, URL: a.path(), Body: map[string]any{
		"sendSetPasswordEmail": true, "skipVerification": false, "user": a.body(),
	}})
	if refused(err, "[duplicate]user.id") {
		err = c.compare(ctx, a)
	}
	if err != nil {
		return err
	}
	if err := c.links.Save(ctx, provider.Ref{Type: "membership", ID: a.Member}, a.User.String()); err != nil {
		return &provider.Error{Provider: ID, Class: provider.Unknown, Cause: err}
	}
	return nil
}

// compare makes the user equal to the member, and active.
func (c *call) compare(ctx context.Context, a account) error {
	var found struct {
		User user `json:"user"`
	}
	if err := c.call(ctx, provider.Request{Method: http.MethodGet, URL: a.path(), Into: &found}); err != nil {
		return err
	}
	if !found.User.Active {
		if err := c.call(ctx, provider.Request{Method: http.MethodPut, URL: a.path() + "?reactivate=true"}); err != nil {
			return err
		}
	}
	if strings.EqualFold(found.User.Email, a.Email) && found.User.FullName == a.Name {
		return nil
	}
	return c.call(ctx, provider.Request{Method: http.MethodPatch, URL: a.path(), Body: map[string]any{"user": a.body()}})
}

// register gives the user its role; a registration that is there gets another.
func (c *call) register(ctx context.Context, a account) error {
	r := provider.Request{Method: http.MethodPost, URL: "/api/user/registration/" + a.User.String(), Body: map[string]any{
		"registration": map[string]any{"applicationId": c.connection.Options[OptionApplication], "roles": []string{a.Role}},
	}}
	err := c.call(ctx, r)
	if refused(err, "[duplicate]registration") {
		r.Method = http.MethodPatch
		err = c.call(ctx, r)
	}
	return err
}

// deactivate keeps the user from signing in; what it did stays.
func (c *call) deactivate(ctx context.Context, a account) (provider.Outcome, error) {
	err := c.call(ctx, provider.Request{Method: http.MethodDelete, URL: a.path()})
	if provider.Gone(err) {
		return provider.Outcome{State: provider.Skipped, Note: "There is no such user."}, nil
	}
	return done(a), err
}

// maxResetAge is up to when somebody waits for the mail that they asked for.
const maxResetAge = time.Hour

// reset has FusionAuth mail the link to its own page for a new password, which
// never passes through here.
func (c *call) reset(ctx context.Context, a account, o provider.Operation) (provider.Outcome, error) {
	remote, err := c.links.Lookup(ctx, provider.Ref{Type: "membership", ID: a.Member})
	switch {
	case err != nil:
		return provider.Outcome{}, &provider.Error{Provider: ID, Class: provider.Transient, Cause: err}
	case remote == "":
		return provider.Outcome{State: provider.Skipped, Note: "The member is no user of FusionAuth."}, nil
	case a.Unsent:
		return provider.Outcome{State: provider.Skipped, Note: "Nothing may be sent to the address."}, nil
	case c.config.Now().Sub(o.OccurredAt) > maxResetAge:
		return provider.Outcome{State: provider.Skipped, Note: "The wish is older than an hour, too old to write about."}, nil
	}
	body := map[string]any{"loginId": a.Email, "sendForgotPasswordEmail": true}
	if application := c.connection.Options[OptionApplication]; application != "" {
		body["applicationId"] = application
	}
	err = c.call(ctx, provider.Request{Method: http.MethodPost, URL: "/api/user/forgot-password", Body: body})
	if provider.Gone(err) {
		return provider.Outcome{State: provider.Skipped, Note: "FusionAuth knows no active user of the address."}, nil
	}
	return done(a), err
}

func (c *call) call(ctx context.Context, r provider.Request) error {
	return c.FusionAuth.call(ctx, c.connection, r)
}

func (a account) path() string { return "/api/user/" + a.User.String() }

func (a account) body() map[string]string {
	body := map[string]string{"email": a.Email}
	if a.Name != "" {
		body["fullName"] = a.Name
	}
	return body
}

// refused reports whether FusionAuth's reason was of the kind that code names.
func refused(err error, code string) bool {
	e := (*provider.Error)(nil)
	return errors.As(err, &e) && e.Status == http.StatusBadRequest && strings.Contains(e.Code, code)
}
