package pipedrive_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/pipedrive"
	"github.com/barrehq/barre/internal/secret"
)

func message(source, company, deal string) string {
	return `{"meta":{"action":"change","entity":"deal","entity_id":"` + deal + `","company_id":"` + company + `","correlation_id":"c1","id":"m1","attempt":1,` +
		`"change_source":"` + source + `","timestamp":"2026-09-01T08:00:00.123Z","user_id":"1","version":"2.0","webhook_id":"9"},"data":{"id":7,"stage_id":99},"previous":{}}`
}

func basic(user, password string) http.Header {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, password)
	return r.Header
}

func TestVerify(t *testing.T) {
	connection := provider.Connection{Secrets: []secret.String{"barre:new", "barre:old"}, Options: map[string]string{pipedrive.OptionCompany: "4711"}}
	for name, c := range map[string]struct {
		header http.Header
		body   string
		ok     bool
	}{
		"new password":     {basic("barre", "new"), message("app", "4711", "7"), true},
		"old password":     {basic("barre", "old"), message("app", "4711", "7"), true},
		"wrong password":   {basic("barre", "newer"), message("app", "4711", "7"), false},
		"beginning of one": {basic("barre", "ne"), message("app", "4711", "7"), false},
		"wrong user":       {basic("other", "new"), message("app", "4711", "7"), false},
		"none":             {http.Header{}, message("app", "4711", "7"), false},
		"bearer":           {http.Header{"Authorization": {"Bearer barre:new"}}, message("app", "4711", "7"), false},
		"other company":    {basic("barre", "new"), message("app", "12", "7"), false},
		"no message":       {basic("barre", "new"), `{}`, false},
		"no JSON":          {basic("barre", "new"), `x`, false},
	} {
		got, err := pipedrive.New(pipedrive.Config{}).Verify(connection, c.header, []byte(c.body), time.Now())
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && (got.ID != "m1" || got.Type != "deal.change" || got.Object != "7" || got.Account != "4711" || got.OccurredAt.Nanosecond() != 123e6) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, err := pipedrive.New(pipedrive.Config{}).Verify(provider.Connection{}, basic("", ""), []byte(message("app", "4711", "7")), time.Now()); err == nil {
		t.Error("a connection without secrets takes an empty one")
	}
}

// What somebody does in Pipedrive comes back as the API tells it, what we did
// ourselves does not come back at all.
func TestHandle(t *testing.T) {
	b := newBench(t, plain)
	o := b.plan(b.change("deal.created"))
	remote := b.mustDo(o).RemoteID
	subject := provider.Subject{Ref: provider.Ref{Type: "deal", ID: id(203)}, RemoteID: remote}
	if facts := b.handle("deal.change", message("api", "4711", remote), remote); len(facts) != 0 {
		t.Errorf("our own write comes back: %+v", facts)
	}
	b.now = b.now.Add(time.Hour)
	for _, c := range []struct {
		changes map[string]any
		want    provider.Fact
	}{
		{map[string]any{"stage_id": 2}, provider.DealMoved{Subject: subject, Stage: "Contacted", Status: provider.DealOpen, At: b.now}},
		{map[string]any{"stage_id": 1}, provider.DealMoved{Subject: subject, Stage: "Lead In", Status: provider.DealOpen, At: b.now}},
		{map[string]any{"status": "lost", "lost_reason": "Too far"}, provider.DealMoved{Subject: subject, Stage: "Lead In", Status: provider.DealLost, LostReason: "Too far", At: b.now}},
	} {
		b.fake.Move(remote, c.changes)
		if facts := b.handle("deal.change", message("app", "4711", remote), remote); fmt.Sprintf("%+v", facts) != fmt.Sprintf("%+v", []provider.Fact{c.want}) {
			t.Errorf("%v: %+v; want %+v", c.changes, facts, c.want)
		}
	}
	for _, kind := range []string{"person.change", "deal.delete", "activity.create", ""} {
		if facts := b.handle(kind, message("app", "4711", remote), remote); len(facts) != 0 {
			t.Errorf("%s: %+v", kind, facts)
		}
	}
	for _, object := range []string{"999", "7/../persons", ""} {
		if facts := b.handle("deal.change", message("app", "4711", "1"), object); len(facts) != 0 {
			t.Errorf("deal %q: %+v", object, facts)
		}
	}
}

func (b *bench) handle(kind, body, object string) []provider.Fact {
	b.Helper()
	facts, err := b.provider.Handle(b.Context(), b.connection, provider.Inbound{Type: kind, Object: object, Body: []byte(strings.TrimSpace(body))})
	if err != nil {
		b.Fatalf("Handle(%s): %v", kind, err)
	}
	return facts
}

// What no message told is found by asking: deals of ours that were changed
// since, and no others.
func TestPoll(t *testing.T) {
	b := newBench(t, plain)
	remote := b.mustDo(b.plan(b.change("deal.created"))).RemoteID
	b.now = b.now.Add(time.Hour)
	since := b.now
	poll := func() []provider.Fact {
		facts, err := b.provider.Poll(t.Context(), b.connection, since, nil)
		if err != nil {
			t.Fatal(err)
		}
		return facts
	}
	if facts := poll(); len(facts) != 0 {
		t.Errorf("nothing has changed: %+v", facts)
	}
	b.fake.Move(remote, map[string]any{"status": "won"})
	want := provider.DealMoved{
		Subject: provider.Subject{Ref: provider.Ref{Type: "deal", ID: id(203)}, RemoteID: remote}, Stage: "Trial booked", Status: provider.DealWon, At: b.now,
	}
	if facts := poll(); len(facts) != 1 || fmt.Sprintf("%+v", facts[0]) != fmt.Sprintf("%+v", want) {
		t.Errorf("%+v; want %+v", facts, want)
	}
	b.fake.Move(remote, map[string]any{"custom_fields": map[string]any{"hash": "nobody's"}})
	if facts := poll(); len(facts) != 0 {
		t.Errorf("a deal that is none of ours: %+v", facts)
	}
}
