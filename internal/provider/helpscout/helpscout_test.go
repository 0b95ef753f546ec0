package helpscout_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/helpscout"
	"github.com/barrehq/barre/internal/secret"
)

func id(n byte) uuid.UUID {
	return uuid.UUID{1, 0x9a, 0x2b, 0x3c, 0x4d, n, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

type bench struct {
	*testing.T
	provider   *helpscout.HelpScout
	fake       *fake.HelpScout
	links      *fake.Links
	connection provider.Connection
	now        time.Time
}

func newBench(t *testing.T) *bench {
	b := &bench{T: t, links: fake.NewLinks(), now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	b.fake = fake.NewHelpScout(fake.HelpScoutConfig{AppID: "app", AppSecret: "key", Page: 2, Now: clock})
	server := httptest.NewServer(b.fake)
	t.Cleanup(server.Close)
	transport := provider.Transport()
	transport.DisableKeepAlives = true
	b.provider = helpscout.New(helpscout.Config{Transport: transport, Now: clock})
	b.connection = provider.Connection{
		BaseURL: server.URL, Credential: "app:key", Mode: provider.Development, Options: map[string]string{helpscout.OptionMailbox: "85"},
	}
	return b
}

func (b *bench) change(kind string, n byte, author provider.Author, text string) provider.Change {
	return provider.Change{
		Event:  provider.Event{ID: id(n), TenantID: id(200), Type: kind, OccurredAt: b.now},
		Ticket: &provider.Ticket{ID: id(201), Subject: "Pick-up on Friday", Status: provider.TicketOpen},
		Reply:  &provider.Reply{ID: id(n), Author: author, Text: text, At: b.now},
		Person: &provider.Person{ID: id(202), Kind: "guardian", FirstName: "Ann", LastName: "Sample", Email: "ann@example.com", Phone: "+1 555 0100"},
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

func (b *bench) reply(n byte, author provider.Author, text string) provider.Operation {
	return b.plan(b.change("ticketreply.created", n, author, text))
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

type conversation struct {
	ID, Subject, Status string
	MailboxID           float64
	Tags                []struct{ Tag string }
	PrimaryCustomer     struct{ Email string }
	Threads             []struct {
		ID         float64
		Type, Body string
	}
}

func (b *bench) conversations() []conversation {
	b.Helper()
	recorder := httptest.NewRecorder()
	b.fake.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/_state", nil))
	var state struct{ Conversations []conversation }
	if err := json.Unmarshal(recorder.Body.Bytes(), &state); err != nil {
		b.Fatal(err)
	}
	return state.Conversations
}

func TestLifecycle(t *testing.T) {
	b := newBench(t)
	b.mustDo(b.reply(1, provider.Family, "When is <pick-up>?\nBest, Ann"))
	b.mustDo(b.reply(2, provider.Staff, "At five"))
	b.mustDo(b.reply(3, provider.Family, "Thank you"))
	c := b.change("ticket.updated", 4, "", "")
	c.Ticket.Status = provider.TicketClosed
	b.mustDo(b.plan(c))
	all := b.conversations()
	if len(all) != 1 || len(all[0].Threads) != 3 {
		t.Fatalf("conversations %+v; want one of three threads", all)
	}
	got := all[0]
	wantTags := provider.Ref{Type: "ticket", ID: id(201)}.String()
	if got.Subject != "Pick-up on Friday" || got.Status != "closed" || got.MailboxID != 85 || got.PrimaryCustomer.Email != "ann@example.com" ||
		len(got.Tags) != 2 || got.Tags[1].Tag != "sr-"+wantTags || !strings.HasPrefix(got.Tags[0].Tag, "t-tenant_") {
		t.Errorf("conversation %+v", got)
	}
	for n, want := range []struct{ kind, body string }{{"customer", "When is &lt;pick-up&gt;?<br>Best, Ann"}, {"message", "At five"}, {"customer", "Thank you"}} {
		if thread := got.Threads[n]; thread.Type != want.kind || thread.Body != want.body {
			t.Errorf("thread %+v; want %+v", thread, want)
		}
	}
}

// The connection breaks after the effect: whatever was created is found by its
// tag and its words, and nothing is said twice.
func TestUnknownOutcome(t *testing.T) {
	for name, path := range map[string]string{"opening": "/v2/conversations", "adding": "/customer"} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			operations := []provider.Operation{b.reply(1, provider.Family, "One"), b.reply(2, provider.Family, "Two")}
			b.fake.Fail(fake.Failure{Method: http.MethodPost, Suffix: path, After: true})
			for _, o := range operations {
				_, err := b.do(o)
				if err == nil {
					continue
				}
				if provider.ClassOf(err) != provider.Unknown {
					t.Fatalf("Do = %v; want an unknown outcome", err)
				}
				outcome, err := b.provider.Reconcile(t.Context(), b.connection, o, b.links)
				if err != nil || outcome.State != provider.Done {
					t.Fatalf("Reconcile = %+v, %v; want it found", outcome, err)
				}
				b.mustDo(o)
			}
			if all := b.conversations(); len(all) != 1 || len(all[0].Threads) != 2 {
				t.Errorf("conversations %+v; want one of two threads", all)
			}
		})
	}
}

// What the studio answers is mailed to the family, unless nothing may be sent
// there: then it stands among the notes. Neither reopens what was closed.
func TestAnswer(t *testing.T) {
	b := newBench(t)
	b.mustDo(b.reply(1, provider.Family, "When?"))
	for n, suppressed := range []bool{false, true} {
		c := b.change("ticketreply.created", byte(n+2), provider.Staff, "At five")
		c.Ticket.Status, c.Person.Suppressed = provider.TicketPending, suppressed
		b.mustDo(b.plan(c))
	}
	got := b.conversations()[0]
	if got.Threads[1].Type != "message" || got.Threads[2].Type != "note" || got.Status != "pending" {
		t.Errorf("conversation %+v", got)
	}
	b.now = b.now.Add(time.Hour)
	o := b.reply(9, provider.Staff, "At six")
	b.fake.Fail(fake.Failure{Suffix: "/reply", After: true})
	if _, err := b.do(o); provider.ClassOf(err) != provider.Unknown {
		t.Fatalf("Do = %v; want an unknown outcome", err)
	}
	if outcome, err := b.provider.Reconcile(t.Context(), b.connection, o, b.links); err != nil || outcome.State != provider.Done {
		t.Errorf("Reconcile = %+v, %v; want it found", outcome, err)
	}
}

// What never arrived is missing, even where the same words were written before.
func TestReconcileMissing(t *testing.T) {
	b := newBench(t)
	first := b.reply(1, provider.Family, "Thanks")
	if outcome, err := b.provider.Reconcile(t.Context(), b.connection, first, b.links); err != nil || outcome.State != provider.Missing {
		t.Errorf("nothing written: %+v, %v", outcome, err)
	}
	b.mustDo(first)
	b.now = b.now.Add(time.Hour)
	again := b.reply(2, provider.Family, "Thanks")
	if outcome, err := b.provider.Reconcile(t.Context(), b.connection, again, b.links); err != nil || outcome.State != provider.Missing {
		t.Errorf("the same words an hour before: %+v, %v", outcome, err)
	}
}

// A lost link costs nothing but a search: the tag is the ticket's.
func TestLostLink(t *testing.T) {
	b := newBench(t)
	o := b.reply(1, provider.Family, "One")
	b.links.FailNextSave(errors.New("gone"))
	if _, err := b.do(o); provider.ClassOf(err) != provider.Unknown {
		t.Fatalf("Do = %v; want an unknown outcome", err)
	}
	if outcome, err := b.provider.Reconcile(t.Context(), b.connection, o, b.links); err != nil || outcome.State != provider.Done {
		t.Fatalf("Reconcile = %+v, %v", outcome, err)
	}
	b.mustDo(b.reply(2, provider.Family, "Two"))
	if all := b.conversations(); len(all) != 1 || len(all[0].Threads) != 2 {
		t.Errorf("conversations %+v", all)
	}
}

func TestToken(t *testing.T) {
	b := newBench(t)
	b.mustDo(b.reply(1, provider.Family, "One"))
	b.mustDo(b.reply(2, provider.Family, "Two"))
	if n := b.grants(); n != 1 {
		t.Errorf("%d tokens for two operations; want 1", n)
	}
	b.fake.ForgetTokens()
	b.mustDo(b.reply(3, provider.Family, "Three"))
	if n := b.grants(); n != 2 {
		t.Errorf("%d tokens after one was refused; want 2", n)
	}
	b.now = b.now.Add(48 * time.Hour)
	b.mustDo(b.reply(4, provider.Family, "Four"))
	if n := b.grants(); n != 3 {
		t.Errorf("%d tokens after one expired; want 3", n)
	}
	b.fake.Fail(fake.Failure{Method: http.MethodPost, Suffix: "/customer", Status: http.StatusUnauthorized, Times: 3})
	if _, err := b.do(b.reply(5, provider.Family, "Five")); provider.ClassOf(err) != provider.Auth {
		t.Errorf("refused with a fresh token as well: %v", err)
	}
	if n := b.grants(); n != 4 {
		t.Errorf("%d tokens; a refused call is repeated once", n)
	}
}

func (b *bench) grants() (n int) {
	b.Helper()
	recorder := httptest.NewRecorder()
	b.fake.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/_state", nil))
	if strings.Contains(recorder.Body.String(), `"key"`) {
		b.Error("the fake shows the app's secret")
	}
	return strings.Count(recorder.Body.String(), `"path":"/v2/oauth2/token"`)
}

func TestErrors(t *testing.T) {
	b := newBench(t)
	o := b.reply(1, provider.Family, "One")
	for _, credential := range []secret.String{"", "app", "app:wrong", ":key"} {
		b.connection.Credential = credential
		if _, err := b.do(o); err == nil || provider.ClassOf(err) != provider.Auth {
			t.Errorf("credential %q: %v", credential.Reveal(), err)
		}
	}
	b.connection.Credential = "app:key"
	for status, want := range map[int]provider.Class{400: provider.Permanent, 412: provider.Permanent, 429: provider.RateLimited, 503: provider.Unknown} {
		b.fake.Fail(fake.Failure{Path: "/v2/conversations", Status: status})
		_, err := b.do(o)
		if provider.ClassOf(err) != want || err == nil {
			t.Errorf("%d: %v; want %s", status, err, want)
		}
		if e := (*provider.Error)(nil); status == 429 && errors.As(err, &e) && e.RetryAt != b.now.Add(7*time.Second) {
			t.Errorf("429: try again at %v", e.RetryAt)
		}
	}
	bad := b.change("ticketreply.created", 1, provider.Family, "One")
	bad.Ticket.Subject = ""
	b.connection.Options = map[string]string{helpscout.OptionMailbox: "0"}
	if _, err := b.do(b.plan(bad)); err == nil || !strings.Contains(err.Error(), "mailboxId") {
		t.Errorf("a refused field is not named: %v", err)
	}
	b.connection.Options = nil
	if _, err := b.do(o); provider.ClassOf(err) != provider.Permanent {
		t.Errorf("without a mailbox: %v", err)
	}
	nobody := b.change("ticketreply.created", 1, provider.Family, "One")
	nobody.Person = nil
	if outcome := b.mustDo(b.plan(nobody)); outcome.State != provider.Skipped {
		t.Errorf("nobody to answer: %+v", outcome)
	}
}

// A conversation that was deleted is opened anew; its status is nobody's.
func TestDeletedThere(t *testing.T) {
	b := newBench(t)
	b.mustDo(b.reply(1, provider.Family, "One"))
	remote, _ := b.links.Lookup(t.Context(), provider.Ref{Type: "ticket", ID: id(201)})
	b.fake.Delete(remote)
	if outcome := b.mustDo(b.plan(b.change("ticket.updated", 2, "", ""))); outcome.State != provider.Skipped {
		t.Errorf("move = %+v", outcome)
	}
	b.mustDo(b.reply(3, provider.Family, "Two"))
	if all := b.conversations(); len(all) != 1 || all[0].ID == remote {
		t.Errorf("conversations %+v", all)
	}
}

func TestPlan(t *testing.T) {
	b := &bench{T: t, provider: helpscout.New(helpscout.Config{}), now: time.Unix(1_700_000_000, 0)}
	first, again := b.reply(1, provider.Family, "x"), b.reply(1, provider.Family, "x")
	if string(first.Payload) != string(again.Payload) || first.Key != again.Key {
		t.Errorf("planning twice gives %s and %s", first.Payload, again.Payload)
	}
	const golden = `{"Tenant":"019a2b3c-4dc8-7000-8000-0000000000c8","Ticket":"019a2b3c-4dc9-7000-8000-0000000000c9",` +
		`"Reply":"019a2b3c-4d01-7000-8000-000000000001","Subject":"Pick-up on Friday","Kind":"customer","Status":"active","Text":"x",` +
		`"Customer":{"email":"ann@example.com","firstName":"Ann","lastName":"Sample"}}`
	if string(first.Payload) != golden {
		t.Errorf("payload %s; want %s", first.Payload, golden)
	}
	if first.Lane != (provider.Ref{Type: "ticket", ID: id(201)}) {
		t.Errorf("lane %v; want the ticket's", first.Lane)
	}
	echo := b.change("ticketreply.created", 1, provider.Staff, "x")
	echo.Reply.Reference = "4711"
	if operations, err := b.provider.Plan(echo); err != nil || len(operations) != 0 {
		t.Errorf("a reply from Help Scout is sent back: %v, %v", operations, err)
	}
	for _, kind := range []string{"ticketreply.created", "ticket.updated"} {
		if _, err := b.provider.Plan(provider.Change{Event: provider.Event{Type: kind}}); err == nil {
			t.Errorf("%s without its entity is planned", kind)
		}
	}
	for _, kind := range []string{"ticket.created", "student.created", "guardian.created", "note.created"} {
		if operations, err := b.provider.Plan(b.change(kind, 1, provider.Family, "x")); err != nil || len(operations) != 0 {
			t.Errorf("%s: %v, %v; want nothing", kind, operations, err)
		}
	}
}

func TestCheck(t *testing.T) {
	b := newBench(t)
	if err := b.provider.Check(t.Context(), b.connection); err != nil {
		t.Error(err)
	}
	b.connection.Credential = "app:wrong"
	if err := b.provider.Check(t.Context(), b.connection); provider.ClassOf(err) != provider.Auth || err == nil {
		t.Errorf("wrong secret: %v", err)
	}
}
