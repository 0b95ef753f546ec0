package paycove_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/paycove"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

func key(letter string) secret.String {
	return secret.String("whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(letter, 32))))
}

// heard is one message to a bridge.
type heard struct {
	id, kind string
	data     map[string]any
}

// bridged is a bench whose connection leads to a bridge, and what that heard; it
// answers with the statuses in turn, and then 204.
func bridged(t *testing.T, statuses ...int) (*bench, *[]heard) {
	t.Helper()
	b, all := newBench(t, plain), new([]heard)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := webhook.Verify([]secret.String{key("o")}, r.Header, body, b.now); err != nil {
			t.Errorf("%v: %s", err, body)
		}
		var m struct {
			Type string
			Data map[string]any
		}
		if err := json.Unmarshal(body, &m); err != nil || r.URL.Path != "/paycove/in" || r.Header.Get("Authorization") != "" {
			t.Errorf("%s %s, %v", r.URL, body, err)
		}
		*all = append(*all, heard{r.Header.Get(webhook.HeaderID), m.Type, m.Data})
		status := http.StatusNoContent
		if len(statuses) > 0 {
			status, statuses = statuses[0], statuses[1:]
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	b.connection.Credential, b.connection.Secrets = key("o"), []secret.String{key("i")}
	b.connection.Options = map[string]string{paycove.OptionMode: paycove.ModeSigned, paycove.OptionBridge: server.URL + "/paycove/in", paycove.OptionTemplate: "7"}
	return b, all
}

// A bridge is told what PayCove would be, each with an id of its own, and nothing
// goes to PayCove itself.
func TestBridge(t *testing.T) {
	b, all := bridged(t)
	b.mustDo(b.plan("invoice.voided", 1)) // never sent
	b.mustDo(b.plan("invoice.issued", 2))
	b.mustDo(b.plan("invoice.issued", 2))
	b.mustDo(b.plan("invoice.paid", 3))
	b.mustDo(b.plan("invoice.voided", 4))
	b.mustDo(b.refund("pay-1", 545))
	if err := b.paycove.Check(t.Context(), b.connection); err != nil {
		t.Error(err)
	}
	gone := provider.Erasure{Refs: []provider.Ref{{Type: "invoice", ID: id(202)}, {Type: "invoice", ID: id(203)}}}
	if said, err := b.paycove.Erase(t.Context(), b.connection, gone, b.links); err != nil || len(said) != 1 || said[0].State != provider.Accepted {
		t.Errorf("Erase: %+v, %v", said, err)
	}
	var kinds []string
	ids := map[string]bool{}
	for _, m := range *all {
		kinds, ids[m.id] = append(kinds, m.kind), true
	}
	if want := []string{"invoice.issue", "invoice.settle", "invoice.void", "refund.make", "ping", "invoice.erase"}; !reflect.DeepEqual(kinds, want) || len(ids) != len(want) {
		t.Fatalf("told %v under %v", kinds, ids)
	}
	deal := (*all)[0].data
	if deal["crm_deal_id"] != ref() || deal["currency"] != "USD" || deal["template_id"] != "7" || fmt.Sprint(deal["line_items"]) != "[map[name:Tuition – Ballet II – Fall 2026 price:120.45 quantity:1] map[name:Discount – Sibling price:-5 quantity:1]]" {
		t.Errorf("deal %v", deal)
	}
	if (*all)[2].data["crm_deal_id"] != ref() || (*all)[5].data["crm_deal_id"] != ref() || (*all)[3].data["refund_amount"] != 5.45 || (*all)[3].data["charge_id"] != "pay-1" {
		t.Errorf("told %+v", *all)
	}
	if n := len(b.deals()); n != 0 {
		t.Errorf("PayCove has %d deals", n)
	}
}

// A message that may have been heard is said again under its id.
func TestBridgeInterrupted(t *testing.T) {
	b, all := bridged(t, http.StatusBadGateway)
	o := b.plan("invoice.issued", 1)
	if _, err := b.do(o); provider.ClassOf(err) != provider.Unknown {
		t.Fatalf("Do: %v", err)
	}
	if found, err := b.paycove.Reconcile(t.Context(), b.connection, o, b.links); err != nil || found.State != provider.Missing {
		t.Errorf("%+v, %v", found, err)
	}
	o.Round++
	b.mustDo(o)
	if len(*all) != 2 || (*all)[0].id != (*all)[1].id {
		t.Errorf("told %+v", *all)
	}
}

// says has the bridge sign a message with the given key.
func (b *bench) says(by secret.String, id, body string) (provider.Inbound, error) {
	b.Helper()
	signature, err := webhook.Sign([]secret.String{by}, id, b.now, []byte(body))
	if err != nil {
		b.Fatal(err)
	}
	header := http.Header{}
	header.Set(webhook.HeaderID, id)
	header.Set(webhook.HeaderTimestamp, strconv.FormatInt(b.now.Unix(), 10))
	header.Set(webhook.HeaderSignature, signature)
	return b.paycove.Verify(b.connection, header, []byte(body), b.now)
}

func TestBridgeReports(t *testing.T) {
	b, _ := bridged(t)
	about := provider.Subject{Ref: provider.Ref{Type: "invoice", ID: id(202)}}
	back := provider.Refunded{Subject: about, Refund: provider.Ref{Type: "refund", ID: id(220)}, Payment: "pay-1", Reference: "back-1", Amount: 545, Currency: "USD", Status: provider.RefundSucceeded, At: b.now}
	failed := back
	failed.Status, failed.Code = provider.RefundFailed, "closed"
	message := func(kind, data string) string {
		return fmt.Sprintf(`{"type":%q,"timestamp":%q,"data":{"invoice":%q,%s}}`, kind, b.now.Format(time.RFC3339), ref(), data)
	}
	refund := `"refund":"` + back.Refund.String() + `","payment":"pay-1","reference":"back-1","amount":545,"currency":"USD"`
	for body, want := range map[string]provider.Fact{
		message("invoice.page", `"url":"https://paycove.io/x"`): provider.PaymentPage{Subject: about, URL: "https://paycove.io/x"},
		message("payment.succeeded", `"reference":"pay-1","amount":11545,"currency":"USD","method":"CARD"`): provider.PaymentSucceeded{
			Subject: about, Reference: "pay-1", Amount: 11_545, Currency: "USD", Method: provider.ByCard, At: b.now},
		message("payment.failed", `"code":"card_declined"`): provider.PaymentFailed{Subject: about, Code: "card_declined", At: b.now},
		message("refund.succeeded", refund):                 back,
		message("refund.failed", refund+`,"code":"closed"`): failed,
		message("deal.painted", `"code":""`):                nil,
	} {
		in, err := b.says(key("i"), "m1", body)
		if err != nil || in.ID != "m1" {
			t.Fatalf("%s: %+v, %v", body, in, err)
		}
		facts, err := b.paycove.Handle(t.Context(), b.connection, in)
		if err != nil || want == nil && facts != nil || want != nil && !reflect.DeepEqual(facts, []provider.Fact{want}) {
			t.Errorf("%s: %+v, %v", body, facts, err)
		}
	}
	for _, body := range []string{`{}`, message("payment.succeeded", `"reference":"pay-1"`), message("payment.succeeded", `"amount":1`), message("refund.failed", `"code":"x"`),
		strings.Replace(message("payment.failed", `"code":"x"`), ref(), "invoice_1", 1)} {
		in, err := b.says(key("i"), "m1", body)
		if err != nil {
			t.Fatal(err)
		}
		if facts, err := b.paycove.Handle(t.Context(), b.connection, in); err == nil || provider.ClassOf(err) != provider.Permanent {
			t.Errorf("%s: %v, %v", body, facts, err)
		}
	}
	if _, err := b.says(key("o"), "m1", `{}`); !errors.Is(err, paycove.ErrUnverified) {
		t.Errorf("what we sign ourselves comes back: %v", err)
	}
	if _, err := b.paycove.Verify(b.connection, nil, []byte(`{"deal_id":1}`), b.now); !errors.Is(err, paycove.ErrUnverified) {
		t.Errorf("without a signature: %v", err)
	}
}

// What does not go together is refused before anything is sent, and a bridge
// inside of the network is not reached however it came to be there.
func TestFits(t *testing.T) {
	strict := paycove.New(paycove.Config{})
	checkout := map[string]string{paycove.OptionMode: paycove.ModeCheckout, paycove.OptionReturn: "https://classes.example.com/paid"}
	signed := func(address string) map[string]string {
		return map[string]string{paycove.OptionMode: paycove.ModeSigned, paycove.OptionBridge: address}
	}
	kept := []secret.String{""}
	for name, c := range map[string]struct {
		connection provider.Connection
		fits       bool
	}{
		"the API":                 {provider.Connection{Credential: "token"}, true},
		"the API by name":         {provider.Connection{Credential: "token", Options: map[string]string{paycove.OptionMode: "API"}}, true},
		"another mode":            {provider.Connection{Credential: "token", Options: map[string]string{paycove.OptionMode: "PIGEON"}}, false},
		"a checkout":              {provider.Connection{Credential: "acct-7", Secrets: kept, Options: checkout}, true},
		"without a secret":        {provider.Connection{Credential: "acct-7", Options: checkout}, false},
		"an account with a slash": {provider.Connection{Credential: "acct/7", Secrets: kept, Options: checkout}, false},
		"without a page":          {provider.Connection{Credential: "acct-7", Secrets: kept, Options: map[string]string{paycove.OptionMode: paycove.ModeCheckout}}, false},
		"a bridge":                {provider.Connection{Credential: key("o"), Secrets: []secret.String{key("i")}, Options: signed("https://bridge.example.com/in")}, true},
		"with a kept secret":      {provider.Connection{Credential: key("o"), Secrets: kept, Options: signed("https://bridge.example.com/in")}, true},
		"signed with no key":      {provider.Connection{Credential: "token", Secrets: kept, Options: signed("https://bridge.example.com/in")}, false},
		"verified with no key":    {provider.Connection{Credential: key("o"), Secrets: []secret.String{"x"}, Options: signed("https://bridge.example.com/in")}, false},
		"a query":                 {provider.Connection{Credential: key("o"), Secrets: kept, Options: signed("https://bridge.example.com/in?a=b")}, false},
		"no TLS in live mode":     {provider.Connection{Credential: key("o"), Secrets: kept, Mode: provider.Live, Options: signed("http://bridge.example.com/in")}, false},
		"the inside":              {provider.Connection{Credential: key("o"), Secrets: kept, Options: signed("http://127.0.0.1:9090/in")}, false},
		"metadata of a cloud":     {provider.Connection{Credential: key("o"), Secrets: kept, Options: signed("http://169.254.169.254/")}, false},
	} {
		if problem := strict.Fits(c.connection); (problem == "") != c.fits {
			t.Errorf("%s: %q", name, problem)
		}
	}
	b, all := bridged(t)
	if _, err := strict.Do(t.Context(), b.connection, b.plan("invoice.issued", 1), b.links); err == nil || len(*all) != 0 {
		t.Errorf("a bridge on loopback: %v, told %v", err, *all)
	}
	b.connection.Mode = provider.Live
	if _, err := b.do(b.plan("invoice.issued", 1)); !errors.Is(err, provider.ErrEgressBlocked) || len(*all) != 0 {
		t.Errorf("in live mode: %v, told %v", err, *all)
	}
}
