package stripe_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
)

func (b *bench) handle(h fake.Happened) []provider.Fact {
	b.Helper()
	facts, err := b.stripe.Handle(b.Context(), b.connection, provider.Inbound{ID: h.ID, Type: h.Type, Object: h.Object})
	if err != nil {
		b.Fatalf("Handle(%s %s): %v", h.Type, h.Object, err)
	}
	return facts
}

func (b *bench) poll(since time.Time) []provider.Fact {
	b.Helper()
	facts, err := b.stripe.Poll(b.Context(), b.connection, since, nil)
	if err != nil {
		b.Fatalf("Poll: %v", err)
	}
	return facts
}

func invoiceRef() string { return provider.Ref{Type: "invoice", ID: id(202)}.String() }

func TestHandle(t *testing.T) {
	b := newBench(t)
	about := provider.Subject{Ref: provider.Ref{Type: "invoice", ID: id(202)}, RemoteID: b.mustDo(b.plan("invoice.issued", 1)).RemoteID}
	want := []provider.Fact{provider.PaymentFailed{Subject: about, Code: "insufficient_funds", At: b.now}}
	if got := b.handle(b.fake.Decline(invoiceRef(), 11_500)); !reflect.DeepEqual(got, want) {
		t.Errorf("declined: %+v; want %+v", got, want)
	}
	b.turn(time.Hour)
	part := b.handle(b.fake.Pay(invoiceRef(), 1_500))
	paid, succeeded := part[0].(provider.PaymentSucceeded)
	if !succeeded || paid.Subject != about || paid.Amount != 1_500 || paid.Currency != "USD" || paid.Method != provider.ByCard || !paid.At.Equal(b.now) {
		t.Errorf("paid in part: %+v", part)
	}
	b.turn(time.Hour)
	whole := b.handle(b.fake.Pay(invoiceRef(), 10_000))
	if len(whole) != 2 || whole[1] != provider.Fact(paid) {
		t.Errorf("paid: %+v; want both payments and no failure", whole)
	}
	refunded := b.handle(b.fake.Refund(invoiceRef(), 700))
	last := refunded[len(refunded)-1].(provider.Refunded)
	if !reflect.DeepEqual(refunded[:2], whole) || last.Subject != about || last.Payment != paid.Reference || last.Amount != 700 || last.Reference == "" {
		t.Errorf("refunded: %+v", refunded)
	}
	if polled := b.poll(b.now.Add(-3 * time.Hour)); !contains(polled, whole) || !contains(polled, []provider.Fact{last}) {
		t.Errorf("Poll: %+v", polled)
	}
	if polled := b.poll(b.now.Add(time.Hour)); len(polled) != 0 {
		t.Errorf("Poll of the future: %+v", polled)
	}
}

func contains(facts, wanted []provider.Fact) bool {
	for _, w := range wanted {
		found := false
		for _, f := range facts {
			found = found || reflect.DeepEqual(f, w)
		}
		if !found {
			return false
		}
	}
	return true
}

func TestDispute(t *testing.T) {
	b := newBench(t)
	b.mustDo(b.plan("invoice.issued", 1))
	b.fake.Pay(invoiceRef(), 11_500)
	reference := ""
	for _, c := range []struct {
		status string
		want   provider.DisputeStatus
	}{{"needs_response", provider.DisputeOpen}, {"under_review", provider.DisputeOpen}, {"won", provider.DisputeWon}} {
		facts := b.handle(b.fake.Dispute(invoiceRef(), c.status))
		got := facts[len(facts)-1].(provider.Disputed)
		if got.Status != c.want || got.Amount != 11_500 || got.Payment != facts[0].(provider.PaymentSucceeded).Reference || got.DueBy.IsZero() {
			t.Errorf("%s: %+v", c.status, got)
		}
		if reference != "" && got.Reference != reference {
			t.Errorf("%s: another dispute", c.status)
		}
		reference = got.Reference
	}
}

func TestSubscription(t *testing.T) {
	b := newBench(t)
	b.mustDo(b.plan("invoice.issued", 1))
	customer, _ := b.links.Lookup(t.Context(), provider.Ref{Type: "household", ID: id(201)})
	for status, want := range map[string]provider.SubscriptionStatus{
		"active": provider.SubscriptionActive, "past_due": provider.SubscriptionPastDue, "canceled": provider.SubscriptionCanceled,
	} {
		got := b.handle(b.fake.Subscribe(invoiceRef(), status))
		if len(got) != 1 || got[0].(provider.SubscriptionChanged).Status != want || got[0].About().RemoteID != customer {
			t.Errorf("%s: %+v", status, got)
		}
	}
	if got := b.handle(b.fake.Subscribe(invoiceRef(), "incomplete")); len(got) != 0 {
		t.Errorf("incomplete: %+v", got)
	}
}

// What we told Stripe ourselves is no news, and neither is another account's.
func TestNoNews(t *testing.T) {
	b := newBench(t)
	remote := b.mustDo(b.plan("invoice.issued", 1)).RemoteID
	b.mustDo(b.plan("invoice.paid", 2))
	if got := b.handle(fake.Happened{Type: "invoice.paid", Object: remote}); len(got) != 0 {
		t.Errorf("our own settlement: %+v", got)
	}
	for _, h := range []fake.Happened{{Type: "invoice.paid", Object: "in_gone"}, {Type: "invoice.upcoming", Object: remote}, {Type: "un.heard", Object: "x"}} {
		if got := b.handle(h); len(got) != 0 {
			t.Errorf("%s: %+v", h.Type, got)
		}
	}
	facts, err := b.stripe.Handle(t.Context(), b.connection, provider.Inbound{Type: "invoice.paid", Object: remote, Account: "acct_other"})
	if len(facts) != 0 || err != nil {
		t.Errorf("another account's: %+v, %v", facts, err)
	}
}

func TestCheck(t *testing.T) {
	b := newBench(t)
	if err := b.stripe.Check(t.Context(), b.connection); err != nil {
		t.Error(err)
	}
	b.connection.Credential = "wrong"
	if err := b.stripe.Check(t.Context(), b.connection); provider.ClassOf(err) != provider.Auth {
		t.Errorf("a wrong key: %v", err)
	}
}
