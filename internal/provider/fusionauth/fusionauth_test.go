package fusionauth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/fusionauth"
)

const application = "3c219e58-ed0e-4b18-ad48-f4f92793ae32"

func id(n byte) uuid.UUID {
	return uuid.UUID{1, 0x9a, 0x2b, 0x3c, 0x4d, n, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

type bench struct {
	*testing.T
	provider   *fusionauth.FusionAuth
	fake       *fake.FusionAuth
	links      *fake.Links
	connection provider.Connection
	now        time.Time
	event      byte
}

func newBench(t *testing.T, wrap func(http.Handler) http.Handler) *bench {
	return newBenchOf(t, false, wrap)
}

// newBenchOf has a fake that writes errors in one of FusionAuth's two forms.
func newBenchOf(t *testing.T, listErrors bool, wrap func(http.Handler) http.Handler) *bench {
	b := &bench{T: t, links: fake.NewLinks(), now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	b.fake = fake.NewFusionAuth(fake.FusionAuthConfig{Key: "key", Application: application, ListErrors: listErrors, Now: clock})
	server := httptest.NewServer(wrap(b.fake))
	t.Cleanup(server.Close)
	transport := provider.Transport()
	transport.DisableKeepAlives = true
	b.provider = fusionauth.New(fusionauth.Config{Config: provider.Config{Transport: transport, Now: clock}})
	b.connection = provider.Connection{
		BaseURL: server.URL, Credential: "key", Mode: provider.Development, Options: map[string]string{fusionauth.OptionApplication: application},
	}
	return b
}

func plain(h http.Handler) http.Handler { return h }

func (b *bench) change(kind string) provider.Change {
	b.event++
	return provider.Change{
		Event:  provider.Event{ID: id(b.event), TenantID: id(200), Type: kind, OccurredAt: b.now},
		Member: &provider.Member{ID: id(201), Name: "Ann Sample", Email: "ann@example.com", Role: "FRONT_DESK"},
	}
}

func (b *bench) plan(c provider.Change) provider.Operation {
	b.Helper()
	operations, err := b.provider.Plan(c)
	if err != nil || len(operations) != 1 {
		b.Fatalf("Plan(%s) = %v, %v", c.Event.Type, operations, err)
	}
	return operations[0]
}

func (b *bench) do(o provider.Operation) (provider.Outcome, error) {
	return b.provider.Do(b.Context(), b.connection, o, b.links)
}

func (b *bench) mustDo(o provider.Operation) provider.Outcome {
	b.Helper()
	outcome, err := b.do(o)
	if err != nil {
		b.Fatalf("Do(%s): %v", o.Name, err)
	}
	return outcome
}

type user struct {
	ID, Email, FullName string
	Active              bool
	Registrations       []struct {
		ApplicationID string
		Roles         []string
	}
}

func (b *bench) state() (s struct {
	Users []user
	Mails []map[string]any
}) {
	b.Helper()
	if err := json.Unmarshal([]byte(b.text()), &s); err != nil {
		b.Fatal(err)
	}
	return s
}

// text is all that the fake knows.
func (b *bench) text() string {
	recorder := httptest.NewRecorder()
	b.fake.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/_state", nil))
	return recorder.Body.String()
}

func TestLifecycle(t *testing.T) {
	b := newBench(t, plain)
	for _, kind := range []string{"membership.invited", "membership.accepted"} {
		b.mustDo(b.plan(b.change(kind)))
	}
	promoted := b.change("membership.updated")
	promoted.Member.Role, promoted.Member.Name = "ADMIN", "Ann Sample-Okafor"
	outcome := b.mustDo(b.plan(promoted))
	s := b.state()
	if len(s.Users) != 1 || len(s.Mails) != 1 {
		t.Fatalf("%d users, %d mails; want one of each", len(s.Users), len(s.Mails))
	}
	if text := fmt.Sprintf("%+v", s.Users[0]); text != "{ID:"+outcome.RemoteID+" Email:ann@example.com FullName:Ann Sample-Okafor Active:true Registrations:[{ApplicationID:"+application+" Roles:[ADMIN]}]}" {
		t.Errorf("user %s", text)
	}
	if parsed, err := uuid.Parse(outcome.RemoteID); err != nil || parsed.Version() != 5 {
		t.Errorf("id %s; want a UUID of version 5", outcome.RemoteID)
	}
	b.mustDo(b.plan(b.change("membership.revoked")))
	if b.state().Users[0].Active {
		t.Error("a revoked member may sign in")
	}
	b.mustDo(b.plan(b.change("membership.invited")))
	if s := b.state(); !s.Users[0].Active || len(s.Users) != 1 {
		t.Errorf("invited again: %+v", s.Users)
	}
}

// The connection breaks after the effect of each call that makes something: a
// user that exists already is compared, and is one.
func TestUnknownOutcome(t *testing.T) {
	for n, path := range []string{"/api/user/" + provider5(t), "/api/user/registration/", "/api/user/" + provider5(t), "/api/user/registration/"} {
		b := newBenchOf(t, n >= 2, plain)
		o := b.plan(b.change("membership.invited"))
		b.fake.Fail(fake.Failure{Method: http.MethodPost, Path: path, After: true})
		if _, err := b.do(o); err == nil || provider.ClassOf(err) != provider.Unknown {
			t.Fatalf("%s: %v; want an unknown outcome", path, err)
		}
		outcome, err := b.provider.Reconcile(t.Context(), b.connection, o, b.links)
		if err != nil || outcome.State != provider.Missing {
			t.Fatalf("Reconcile = %+v, %v", outcome, err)
		}
		b.mustDo(o)
		if s := b.state(); len(s.Users) != 1 || len(s.Mails) != 1 || len(s.Users[0].Registrations) != 1 {
			t.Errorf("%s: %+v", path, s)
		}
	}
}

// provider5 is the id that the bench's member has at FusionAuth.
func provider5(t *testing.T) string {
	t.Helper()
	member := id(201)
	return uuid.NewSHA1(id(200), member[:]).String()
}

func TestErrors(t *testing.T) {
	b := newBench(t, plain)
	o := b.plan(b.change("membership.invited"))
	for status, want := range map[int]provider.Class{400: provider.Permanent, 401: provider.Auth, 423: provider.Transient, 429: provider.RateLimited, 504: provider.Unknown} {
		b.fake.Fail(fake.Failure{Path: "/api", Status: status})
		if _, err := b.do(o); err == nil || provider.ClassOf(err) != want {
			t.Errorf("%d: %v; want %s", status, err, want)
		}
	}
	b.mustDo(o)
	twin := b.change("membership.invited")
	twin.Member.ID = id(202)
	_, err := b.do(b.plan(twin))
	if e := (*provider.Error)(nil); !errors.As(err, &e) || e.Class != provider.Permanent || e.Code != "[duplicate]user.email" {
		t.Errorf("an address that somebody else has: %v", err)
	}
	if err := b.provider.Check(t.Context(), b.connection); err != nil {
		t.Error(err)
	}
	b.connection.Options[fusionauth.OptionApplication] = "6b1e9f58-ed0e-4b18-ad48-f4f92793ae32"
	if err := b.provider.Check(t.Context(), b.connection); provider.ClassOf(err) != provider.Permanent {
		t.Errorf("no such application: %v", err)
	}
	b.connection.Credential = "wrong"
	if err := b.provider.Check(t.Context(), b.connection); err == nil || provider.ClassOf(err) != provider.Auth {
		t.Errorf("wrong key: %v", err)
	}
	b.connection.BaseURL = ""
	if _, err := b.do(o); err == nil || provider.ClassOf(err) != provider.Permanent {
		t.Errorf("no FusionAuth: %v", err)
	}
	if outcome, err := b.provider.Do(t.Context(), newBench(t, plain).connection, b.plan(b.change("membership.revoked")), b.links); err != nil || outcome.State != provider.Skipped {
		t.Errorf("revoked before there was a user: %+v, %v", outcome, err)
	}
}

// Nothing but the deployment's own FusionAuth is reached.
func TestHost(t *testing.T) {
	b := newBench(t, plain)
	own := fusionauth.New(fusionauth.Config{URL: "https://auth.example.com"})
	if hosts := own.Card().Hosts; len(hosts) != 1 || hosts[0] != "auth.example.com" {
		t.Errorf("hosts %v", hosts)
	}
	if hosts := b.provider.Card().Hosts; len(hosts) != 0 {
		t.Errorf("hosts without a deployment's: %v", hosts)
	}
	b.connection.BaseURL, b.connection.Mode = "https://elsewhere.example", provider.Live
	if _, err := own.Do(t.Context(), b.connection, b.plan(b.change("membership.invited")), b.links); !errors.Is(err, provider.ErrEgressBlocked) {
		t.Errorf("another host: %v", err)
	}
}

func TestPlan(t *testing.T) {
	b := &bench{T: t, provider: fusionauth.New(fusionauth.Config{}), now: time.Unix(1_700_000_000, 0)}
	c := b.change("membership.invited")
	first, again := b.plan(c), b.plan(c)
	if string(first.Payload) != string(again.Payload) || first.Key != again.Key {
		t.Errorf("planning twice gives %s and %s", first.Payload, again.Payload)
	}
	const golden = `{"Member":"019a2b3c-4dc9-7000-8000-0000000000c9","User":"%s","Email":"ann@example.com","Name":"Ann Sample","Role":"FRONT_DESK","Unsent":false}`
	if want := fmt.Sprintf(golden, provider5(t)); string(first.Payload) != want {
		t.Errorf("payload %s; want %s", first.Payload, want)
	}
	other := c
	other.Event.TenantID = id(199)
	if o := b.plan(other); strings.Contains(string(o.Payload), provider5(t)) {
		t.Error("two studios share a user")
	}
	for _, kind := range []string{"membership.invited", "membership.revoked"} {
		if _, err := b.provider.Plan(provider.Change{Event: provider.Event{Type: kind}}); err == nil {
			t.Errorf("%s without its entity is planned", kind)
		}
	}
	for _, kind := range []string{"student.created", "guardian.created", "household.created"} {
		if operations, err := b.provider.Plan(b.change(kind)); err != nil || len(operations) != 0 {
			t.Errorf("%s: %v, %v; want nothing", kind, operations, err)
		}
	}
}

// FusionAuth writes to every new user; one to whom nothing may be sent is not
// made, and one who is there is kept equal.
func TestSuppressed(t *testing.T) {
	b := newBench(t, plain)
	c := b.change("membership.invited")
	c.Member.Suppressed = true
	if outcome := b.mustDo(b.plan(c)); outcome.State != provider.Skipped {
		t.Errorf("a new user: %+v", outcome)
	}
	b.mustDo(b.plan(b.change("membership.invited")))
	if outcome := b.mustDo(b.plan(c)); outcome.State != provider.Done {
		t.Errorf("one who is there: %+v", outcome)
	}
}
