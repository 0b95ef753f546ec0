package paycove_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"testing"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/paycove"
	"github.com/barrehq/barre/internal/secret"
)

// shop is a bench whose connection has no API, and what its hook was told.
func shop(t *testing.T) (b *bench, told *[][]byte) {
	t.Helper()
	b, told = newBench(t, plain), new([][]byte)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*told = append(*told, body)
	}))
	t.Cleanup(hook.Close)
	b.connection.Credential, b.connection.Secrets, b.connection.Hook = "acct-7", []secret.String{"of the studio's choice"}, secret.String(hook.URL)
	b.connection.Options = map[string]string{paycove.OptionMode: paycove.ModeCheckout, paycove.OptionReturn: "https://classes.example.com/paid", paycove.OptionTemplate: "7"}
	return b, told
}

// pays lets the family pay on PayCove's page.
func (b *bench) pays() {
	b.Helper()
	request := httptest.NewRequest(http.MethodPost, "/_act", nil)
	request.PostForm = url.Values{"act": {"pay"}, "on": {ref()}}
	answer := httptest.NewRecorder()
	if b.fake.ServeHTTP(answer, request); answer.Code != http.StatusSeeOther {
		b.Fatalf("paying: %d %s", answer.Code, answer.Body)
	}
}

func TestCheckout(t *testing.T) {
	b, told := shop(t)
	issued := b.mustDo(b.plan("invoice.issued", 1))
	about := provider.Ref{Type: "invoice", ID: id(202)}
	want := []provider.Fact{provider.PaymentPage{Subject: provider.Subject{Ref: about, RemoteID: ref()}, URL: "https://paycove.io/checkout/fake-1"}}
	if issued.State != provider.Done || issued.RemoteID != ref() || !reflect.DeepEqual(issued.Facts, want) {
		t.Errorf("%+v", issued)
	}
	if again := b.mustDo(b.plan("invoice.issued", 1)); again.State != provider.Done || len(b.deals()) != 1 {
		t.Errorf("again: %+v, %d deals", again, len(b.deals()))
	}
	b.pays()
	if len(*told) != 1 {
		t.Fatalf("PayCove told %q", *told)
	}
	in, err := b.paycove.Verify(b.connection, nil, (*told)[0], b.now)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := b.paycove.Handle(t.Context(), b.connection, in)
	paid := []provider.Fact{provider.PaymentSucceeded{Subject: provider.Subject{Ref: about}, Reference: "test-fake-1", Whole: true, Method: provider.ByCard, At: b.now}}
	if err != nil || !reflect.DeepEqual(facts, paid) {
		t.Errorf("%+v, %v; want %+v", facts, err, paid)
	}
	if facts, err := b.paycove.Poll(t.Context(), b.connection, b.now, []provider.Subject{{Ref: about, RemoteID: ref()}}); len(facts) != 0 || err != nil {
		t.Errorf("Poll = %v, %v", facts, err)
	}
}

// What the checkout cannot do is not passed over in silence.
func TestCheckoutCannot(t *testing.T) {
	b, _ := shop(t)
	if outcome := b.mustDo(b.plan("invoice.voided", 1)); outcome.State != provider.Skipped || outcome.RemoteID != "" {
		t.Errorf("voiding what was never sent: %+v", outcome)
	}
	b.mustDo(b.plan("invoice.issued", 2))
	for _, kind := range []string{"invoice.voided", "invoice.paid"} {
		if outcome := b.mustDo(b.plan(kind, 3)); outcome.State != provider.Skipped || outcome.RemoteID != ref() || outcome.Note == "" {
			t.Errorf("%s: %+v", kind, outcome)
		}
	}
	if outcome := b.mustDo(b.refund("test-fake-1", 100)); told(outcome).Status != provider.RefundFailed || told(outcome).Code != "unsupported_by_provider" {
		t.Errorf("giving back: %+v", outcome)
	}
	gone := provider.Erasure{Refs: []provider.Ref{{Type: "invoice", ID: id(202)}}}
	if said, err := b.paycove.Erase(t.Context(), b.connection, gone, b.links); len(said) != 0 || provider.ClassOf(err) != provider.Permanent || err == nil {
		t.Errorf("erasing: %v, %v", said, err)
	}
}

// An answer that was lost leaves a page that nobody knows; another one is made,
// and one of both is in the books.
func TestCheckoutInterrupted(t *testing.T) {
	b, _ := shop(t)
	b.fake.Fail(fake.Failure{Path: "/api/checkout/", After: true})
	o := b.plan("invoice.issued", 1)
	if _, err := b.do(o); provider.ClassOf(err) != provider.Unknown {
		t.Fatalf("Do: %v", err)
	}
	if found, err := b.paycove.Reconcile(t.Context(), b.connection, o, b.links); err != nil || found.State != provider.Missing {
		t.Errorf("%+v, %v", found, err)
	}
	if outcome := b.mustDo(o); outcome.State != provider.Done {
		t.Errorf("%+v", outcome)
	}
}

// Only PayCove has the key of an order: neither the address alone, nor the key of
// another order, nor that of another studio lets a message through.
func TestOrdersOfOthers(t *testing.T) {
	b, told := shop(t)
	b.mustDo(b.plan("invoice.issued", 1))
	b.pays()
	var real map[string]any
	if err := json.Unmarshal((*told)[0], &real); err != nil {
		t.Fatal(err)
	}
	with := func(name string, value any) []byte {
		changed := map[string]any{}
		for n, v := range real {
			changed[n] = v
		}
		changed[name] = value
		body, _ := json.Marshal(changed)
		return body
	}
	other := provider.Ref{Type: "invoice", ID: id(203)}.String()
	for name, body := range map[string][]byte{
		"no key": with("key", ""), "another key": with("key", "AAAA"), "another order": with("order_id", other), "no order": with("order_id", ""),
	} {
		if _, err := b.paycove.Verify(b.connection, nil, body, b.now); !errors.Is(err, paycove.ErrUnverified) {
			t.Errorf("%s: %v", name, err)
		}
	}
	before := b.connection.Secrets
	b.connection.Secrets = []secret.String{"newer", before[0]} // while one is changed, both count
	if _, err := b.paycove.Verify(b.connection, nil, (*told)[0], b.now); err != nil {
		t.Error(err)
	}
	b.connection.Secrets = []secret.String{"of another studio"}
	if _, err := b.paycove.Verify(b.connection, nil, (*told)[0], b.now); !errors.Is(err, paycove.ErrUnverified) {
		t.Errorf("at another studio: %v", err)
	}
	b.connection.Secrets = before
	// A path must not be led elsewhere by what a message holds.
	for _, deal := range []string{"../v1/user", "a b", ""} {
		in, err := b.paycove.Verify(b.connection, nil, with("unique_deal_id", deal), b.now)
		if facts, wrong := b.paycove.Handle(t.Context(), b.connection, in); err != nil || wrong != nil || facts != nil {
			t.Errorf("%q: %v, %v, %v", deal, err, facts, wrong)
		}
	}
}

// What is not paid is not believed to be.
func TestOrderNotPaid(t *testing.T) {
	b, told := shop(t)
	b.mustDo(b.plan("invoice.issued", 1))
	b.fake.Pay(ref(), 500) // a part, of which PayCove's status says nothing
	b.pays()
	in, err := b.paycove.Verify(b.connection, nil, (*told)[0], b.now)
	if err != nil {
		t.Fatal(err)
	}
	in.Object = "fake-99"
	if facts, err := b.paycove.Handle(t.Context(), b.connection, in); facts != nil || err != nil {
		t.Errorf("of no deal: %v, %v", facts, err)
	}
	unpaid, _ := shop(t)
	unpaid.mustDo(unpaid.plan("invoice.issued", 1))
	in.Object = "fake-1"
	if facts, err := unpaid.paycove.Handle(t.Context(), unpaid.connection, in); facts != nil || err != nil {
		t.Errorf("of one that is open: %v, %v", facts, err)
	}
}
