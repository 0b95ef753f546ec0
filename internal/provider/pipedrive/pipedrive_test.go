package pipedrive_test

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
	"github.com/barrehq/barre/internal/provider/pipedrive"
)

func id(n byte) uuid.UUID {
	return uuid.UUID{1, 0x9a, 0x2b, 0x3c, 0x4d, n, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

type bench struct {
	*testing.T
	provider   *pipedrive.Pipedrive
	fake       *fake.Pipedrive
	links      *fake.Links
	connection provider.Connection
	now        time.Time
	event      byte
}

func newBench(t *testing.T, wrap func(http.Handler) http.Handler) *bench {
	b := &bench{T: t, links: fake.NewLinks(), now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	b.fake = fake.NewPipedrive(fake.PipedriveConfig{Token: "token", Now: clock})
	server := httptest.NewServer(wrap(b.fake))
	t.Cleanup(server.Close)
	transport := provider.Transport()
	transport.DisableKeepAlives = true
	b.provider = pipedrive.New(pipedrive.Config{Transport: transport, Now: clock})
	b.connection = provider.Connection{
		BaseURL: server.URL, Credential: "token", Mode: provider.Development,
		Options: map[string]string{pipedrive.OptionStages: "Contacted=2, Trial booked=3", pipedrive.OptionCompany: "4711"},
	}
	return b
}

func plain(h http.Handler) http.Handler { return h }

func (b *bench) change(kind string) provider.Change {
	b.event++
	return provider.Change{
		Event: provider.Event{ID: id(b.event), TenantID: id(200), Type: kind, OccurredAt: b.now},
		Household: &provider.Household{ID: id(201), Name: "The Sample family", Email: "bills@example.com", Address: provider.Address{
			Line1: "1 Main St", Line2: "Apt 2", City: "Springfield", Region: "IL", PostalCode: "62701", Country: "US"}},
		Person: &provider.Person{ID: id(202), Kind: "guardian", FirstName: "Ann", LastName: "Sample", Email: "ann@example.com", Phone: "+1 555 0100"},
		Deal:   &provider.Deal{ID: id(203), Stage: "Trial booked", Status: provider.DealOpen, Value: 4550, Currency: "USD"},
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

type state struct {
	Organizations, Persons, Deals, Leads []map[string]any
	PersonFields                         []map[string]any
	Received                             []fake.Received
}

func (b *bench) state() state {
	b.Helper()
	recorder := httptest.NewRecorder()
	b.fake.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/_state", nil))
	var s state
	if err := json.Unmarshal(recorder.Body.Bytes(), &s); err != nil {
		b.Fatal(err)
	}
	for _, list := range []*[]map[string]any{&s.Organizations, &s.Persons, &s.Deals, &s.Leads} {
		var live []map[string]any
		for _, o := range *list {
			if o["is_deleted"] != true {
				live = append(live, o)
			}
		}
		*list = live
	}
	return s
}

func TestLifecycle(t *testing.T) {
	b := newBench(t, plain)
	for _, kind := range []string{"household.created", "guardian.created", "deal.created", "household.updated", "guardian.updated", "deal.updated"} {
		if outcome := b.mustDo(b.plan(b.change(kind))); outcome.State != provider.Done || outcome.RemoteID == "" {
			t.Errorf("%s: %+v", kind, outcome)
		}
	}
	s := b.state()
	if len(s.Organizations) != 1 || len(s.Persons) != 1 || len(s.Deals) != 1 || len(s.Leads) != 0 || len(s.PersonFields) != 1 {
		t.Fatalf("%d organizations, %d persons, %d deals, %d leads, %d fields; want 1, 1, 1, 0, 1",
			len(s.Organizations), len(s.Persons), len(s.Deals), len(s.Leads), len(s.PersonFields))
	}
	o, p, d := s.Organizations[0], s.Persons[0], s.Deals[0]
	if text := fmt.Sprint(o["name"], o["address"]); text != "The Sample familymap[country:US value:1 Main St, Apt 2, Springfield, IL 62701]" {
		t.Errorf("organization %s", text)
	}
	if text := fmt.Sprint(p["name"], p["org_id"] == o["id"], p["emails"], p["phones"]); text !=
		"Ann Sampletrue [map[label:home primary:true value:ann@example.com]] [map[label:mobile primary:true value:+1 555 0100]]" {
		t.Errorf("person %s", text)
	}
	if text := fmt.Sprint(d["title"], d["value"], d["currency"], d["stage_id"], d["status"], d["org_id"] == o["id"], d["person_id"] == p["id"]); text !=
		"The Sample family45.5USD3opentrue true" {
		t.Errorf("deal %s", text)
	}
	won := b.change("deal.updated")
	won.Deal.Status = provider.DealWon
	b.mustDo(b.plan(won))
	for _, kind := range []string{"deal.deleted", "guardian.deleted", "household.deleted"} {
		b.mustDo(b.plan(b.change(kind)))
	}
	if s := b.state(); len(s.Organizations)+len(s.Persons)+len(s.Deals) != 0 {
		t.Errorf("left after deleting: %+v", s)
	}
	b.mustDo(b.plan(b.change("deal.deleted"))) // gone is as good as deleted
	b.mustDo(b.plan(b.change("household.restored")))
	if s := b.state(); len(s.Organizations) != 1 {
		t.Errorf("restored: %v", s.Organizations)
	}
}

// A deal in a stage that Pipedrive does not have is a lead, until it moves on.
func TestLead(t *testing.T) {
	b := newBench(t, plain)
	c := b.change("deal.created")
	c.Deal.Stage = "Has asked"
	b.mustDo(b.plan(c))
	b.mustDo(b.plan(c))
	s := b.state()
	if len(s.Leads) != 1 || len(s.Deals) != 0 {
		t.Fatalf("%d leads, %d deals; want 1, 0", len(s.Leads), len(s.Deals))
	}
	if lead := s.Leads[0]; lead["origin_id"] != (provider.Ref{Type: "deal", ID: id(203)}).String() || fmt.Sprint(lead["value"]) != "map[amount:45.5 currency:USD]" {
		t.Errorf("lead %v", lead)
	}
	moved := b.change("deal.updated")
	b.mustDo(b.plan(moved))
	b.mustDo(b.plan(moved))
	if s := b.state(); len(s.Leads) != 1 || s.Leads[0]["is_archived"] != true || len(s.Deals) != 1 || s.Deals[0]["stage_id"] != 3.0 {
		t.Errorf("leads %v, deals %v", s.Leads, s.Deals)
	}
	back := b.change("deal.updated")
	back.Deal.Stage = "Has asked"
	b.mustDo(b.plan(back))
	if s := b.state(); len(s.Leads) != 1 || len(s.Deals) != 1 {
		t.Errorf("a deal that moves back: leads %v, deals %v", s.Leads, s.Deals)
	}
	stranger := b.change("deal.created")
	stranger.Deal.ID, stranger.Deal.Stage, stranger.Household, stranger.Person = id(204), "Has asked", nil, nil
	b.mustDo(b.plan(stranger))
	if s := b.state(); len(s.Deals) != 2 {
		t.Errorf("a lead of nobody is refused by Pipedrive; deals %v", s.Deals)
	}
}

// The connection breaks after the effect of every POST in turn: what was made
// is found by its reference and made once.
func TestUnknownOutcome(t *testing.T) {
	for _, c := range []struct{ path, stage string }{
		{"/api/v2/organizations", "Contacted"}, {"/api/v2/persons", "Contacted"}, {"/api/v2/deals", "Contacted"}, {"/v1/leads", "Has asked"},
	} {
		t.Run(c.path, func(t *testing.T) {
			b := newBench(t, plain)
			change := b.change("deal.created")
			change.Deal.Stage = c.stage
			o := b.plan(change)
			b.fake.Fail(fake.Failure{Method: http.MethodPost, Path: c.path, After: true})
			if _, err := b.do(o); err == nil || provider.ClassOf(err) != provider.Unknown {
				t.Fatalf("Do = %v; want an unknown outcome", err)
			}
			outcome, err := b.provider.Reconcile(t.Context(), b.connection, o, b.links)
			if err != nil || outcome.State != provider.Missing {
				t.Fatalf("Reconcile = %+v, %v", outcome, err)
			}
			o.Round++
			b.mustDo(o)
			if s := b.state(); len(s.Organizations) != 1 || len(s.Persons) != 1 || len(s.Deals)+len(s.Leads) != 1 {
				t.Errorf("%d organizations, %d persons, %d deals and leads; want one of each", len(s.Organizations), len(s.Persons), len(s.Deals)+len(s.Leads))
			}
		})
	}
}

// A process that starts anew finds the field that another one made.
func TestReferenceFieldIsMadeOnce(t *testing.T) {
	b := newBench(t, plain)
	b.mustDo(b.plan(b.change("guardian.created")))
	b.provider, b.links = pipedrive.New(pipedrive.Config{Now: func() time.Time { return b.now }}), fake.NewLinks()
	o := b.plan(b.change("guardian.updated"))
	if _, err := b.provider.Reconcile(t.Context(), b.connection, o, b.links); err != nil {
		t.Fatal(err)
	}
	b.mustDo(o)
	if s := b.state(); len(s.PersonFields) != 1 || len(s.Persons) != 1 {
		t.Errorf("%d fields, %d persons; want one of each", len(s.PersonFields), len(s.Persons))
	}
}

// The last fifth of the day's tokens is kept for deals.
func TestBudget(t *testing.T) {
	b := newBench(t, plain)
	b.connection.Options[pipedrive.OptionDailyTokens] = "100"
	b.mustDo(b.plan(b.change("household.created"))) // 10 to list fields, 5 to make one, 5 for it
	for range 12 {
		b.mustDo(b.plan(b.change("household.updated"))) // 5 each: 80 in all
	}
	_, err := b.do(b.plan(b.change("household.updated")))
	e := (*provider.Error)(nil)
	if !errors.As(err, &e) || e.Class != provider.RateLimited || e.RetryAt != time.Date(2026, 9, 2, 0, 0, 0, 0, time.UTC) {
		t.Fatalf("over the budget: %+v", err)
	}
	before := len(b.state().Received)
	if _, err := b.do(b.plan(b.change("household.updated"))); err == nil || len(b.state().Received) != before {
		t.Error("a call over the budget was made")
	}
	c := b.change("deal.created")
	c.Person = nil
	b.mustDo(b.plan(c)) // 20, which is what is left
	if _, err := b.do(b.plan(c)); provider.ClassOf(err) != provider.RateLimited {
		t.Errorf("nothing is left: %v", err)
	}
	b.now = b.now.Add(24 * time.Hour)
	b.mustDo(b.plan(b.change("household.updated")))
}

func TestErrors(t *testing.T) {
	b := newBench(t, plain)
	o := b.plan(b.change("household.created"))
	for status, want := range map[int]provider.Class{400: provider.Permanent, 401: provider.Auth, 402: provider.Auth, 429: provider.RateLimited, 503: provider.Unknown} {
		b.fake.Fail(fake.Failure{Path: "/api/v2", Status: status})
		_, err := b.do(o)
		if err == nil || provider.ClassOf(err) != want {
			t.Errorf("%d: %v; want %s", status, err, want)
		}
		if e := (*provider.Error)(nil); status == 429 && errors.As(err, &e) && e.RetryAt != b.now.Add(2*time.Second) {
			t.Errorf("429: try again at %v", e.RetryAt)
		}
	}
	if err := b.provider.Check(t.Context(), b.connection); err != nil {
		t.Error(err)
	}
	b.connection.Options[pipedrive.OptionCompany] = "1"
	if err := b.provider.Check(t.Context(), b.connection); err == nil || provider.ClassOf(err) != provider.Auth {
		t.Errorf("token of another company: %v", err)
	}
	b.connection.Credential = "wrong"
	if _, err := b.do(o); err == nil || provider.ClassOf(err) != provider.Auth {
		t.Errorf("wrong token: %v", err)
	}
}

func TestPlan(t *testing.T) {
	b := &bench{T: t, provider: pipedrive.New(pipedrive.Config{}), now: time.Unix(1_700_000_000, 0)}
	c := b.change("deal.updated")
	first, again := b.plan(c), b.plan(c)
	if string(first.Payload) != string(again.Payload) || first.Key != again.Key {
		t.Errorf("planning twice gives %s and %s", first.Payload, again.Payload)
	}
	const golden = `{"ID":"019a2b3c-4dcb-7000-8000-0000000000cb","Title":"The Sample family","Stage":"Trial booked","Status":"open","Value":45.50,"Currency":"USD",` +
		`"Organization":{"ID":"019a2b3c-4dc9-7000-8000-0000000000c9","Name":"The Sample family","Address":"1 Main St, Apt 2, Springfield, IL 62701","Country":"US"},` +
		`"Person":{"ID":"019a2b3c-4dca-7000-8000-0000000000ca","Name":"Ann Sample","Email":"ann@example.com","Phone":"+1 555 0100","Organization":null}}`
	if string(first.Payload) != golden {
		t.Errorf("payload %s; want %s", first.Payload, golden)
	}
	for _, kind := range []string{"household.created", "guardian.updated", "deal.restored", "deal.deleted"} {
		if _, err := b.provider.Plan(provider.Change{Event: provider.Event{Type: kind}}); err == nil {
			t.Errorf("%s without its entity is planned", kind)
		}
	}
	for _, kind := range []string{"student.created", "note.created", "enrollment.created", "invoice.issued", "ticket.created", "endpoint.tested"} {
		if operations, err := b.provider.Plan(b.change(kind)); err != nil || len(operations) != 0 {
			t.Errorf("%s: %v, %v; want nothing", kind, operations, err)
		}
	}
	staff := b.change("deal.created")
	staff.Person.Kind = "staff"
	if o := b.plan(staff); strings.Contains(string(o.Payload), "Ann") {
		t.Errorf("a member of staff is in %s", o.Payload)
	}
}
