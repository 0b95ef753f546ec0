package recurly_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/testkit/contract"
	"github.com/barrehq/barre/internal/testkit/node"
)

const vendor = "https://v3.recurly.com"

// document is Recurly's own description of its API, from Recurly's npm package.
func document(t *testing.T) (doc *openapi3.T, packages string) {
	t.Helper()
	packages = node.Install(t, "testdata")
	doc = contract.Load(t, filepath.Join(packages, "node_modules", "recurly", "openapi", "api.yaml"))
	// The document's own default for the state of invoices is none of its values.
	doc.Components.Parameters["invoice_state"].Value.Schema.Value.Default = nil
	return doc, packages
}

func TestVendorDocument(t *testing.T) {
	doc, _ := document(t)
	var judge *contract.Judge
	b := newBench(t, func(h http.Handler) http.Handler { judge = contract.NewJudge(t, doc, vendor, h); return judge })
	b.mustDo(b.plan("household.created", 1))
	b.mustDo(b.plan("household.updated", 2))
	o := b.plan("invoice.issued", 3)
	b.mustDo(o)
	if _, err := b.recurly.Reconcile(t.Context(), b.connection, o, fake.NewLinks()); err != nil {
		t.Error(err)
	}
	number := b.fake.Pay(po(), 1_000)
	payment := b.handle("charge_invoice.paid", "number-"+number)[0].(provider.PaymentSucceeded).Reference
	b.mustDo(b.refund(payment, 200))
	if _, err := b.recurly.Reconcile(t.Context(), b.connection, b.refund(payment, 200), fake.NewLinks()); err != nil {
		t.Error(err)
	}
	b.fake.Refund(po(), 500)
	b.handle("charge_invoice.paid", "number-"+number)
	b.handle("payment.succeeded", "uuid-x")
	b.handle("subscription.created", "uuid-"+b.fake.Subscribe("code", "active"))
	if _, err := b.recurly.Poll(t.Context(), b.connection, b.now.AddDate(0, 0, -1), nil); err != nil {
		t.Error(err)
	}
	b.mustDo(b.plan("invoice.paid", 4))
	b.links = fake.NewLinks()
	c := b.change("invoice.issued", 5)
	c.Invoice.ID = id(210)
	operations, err := b.recurly.Plan(c)
	if err != nil {
		t.Fatal(err)
	}
	b.mustDo(operations[0])
	c.Event.Type = "invoice.voided"
	if operations, err = b.recurly.Plan(c); err != nil {
		t.Fatal(err)
	}
	b.mustDo(operations[0])
	if err := b.recurly.Check(t.Context(), b.connection); err != nil {
		t.Error(err)
	}
	family := provider.Erasure{Refs: []provider.Ref{{Type: "household", ID: id(201)}}}
	if said, err := b.recurly.Erase(t.Context(), b.connection, family, b.links); err != nil || len(said) != 1 {
		t.Errorf("Erase: %v, %v", said, err)
	}
	judged := judge.Judged()
	for _, operation := range []string{"create_account", "update_account", "list_accounts", "create_purchase", "list_account_invoices", "get_invoice",
		"list_invoices", "record_external_transaction", "mark_invoice_failed", "get_transaction", "get_subscription", "list_subscriptions", "redact_account", "refund_invoice"} {
		if judged[operation] == 0 {
			t.Errorf("%s was never judged", operation)
		}
	}
}

// The judge is worth something only if it refuses what is wrong.
func TestVendorDocumentRefuses(t *testing.T) {
	doc, _ := document(t)
	judge := contract.NewJudge(t, doc, vendor, nil)
	for name, c := range map[string]struct{ method, path, body string }{
		"purchase without an account": {"POST", "/purchases", `{"currency":"USD"}`},
		"a currency that is none":     {"POST", "/purchases", `{"currency":"DOLLAR","account":{"code":"x"}}`},
		"a text for an amount":        {"POST", "/purchases", `{"currency":"USD","account":{"code":"x"},"line_items":[{"currency":"USD","type":"charge","unit_amount":"1"}]}`},
		"an unknown field":            {"POST", "/purchases", `{"currency":"USD","account":{"code":"x","student":"x"}}`},
		"an unknown way to pay":       {"POST", "/invoices/x/transactions", `{"payment_method":"pigeon"}`},
		"an operation that is none":   {"POST", "/invoices/x/forget", `{}`},
		"a long code":                 {"POST", "/accounts", `{"code":"` + fmt.Sprintf("%051d", 0) + `"}`},
	} {
		if !judge.Refuses(c.method, c.path, c.body) {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestCardIsComplete(t *testing.T) {
	doc, _ := document(t)
	contract.Classified(t, doc, "", newBench(t, plain).recurly.Card().Calls)
}

// wire keeps requests as method, path and body.
type wire struct {
	next http.Handler
	seen map[string]any
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(text))
	var body any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	decoder.Decode(&body)
	name := r.Method + " " + r.URL.Path
	if _, known := w.seen[name]; !known { // the first of each kind
		w.seen[name] = exact(body)
	}
	if accept := r.Header.Get("Accept"); accept != "application/vnd.recurly.v2021-02-25" {
		w.seen["Accept"] = accept
	}
	w.next.ServeHTTP(rw, r)
}

// exact makes equal numbers look the same.
func exact(value any) any {
	switch v := value.(type) {
	case json.Number:
		if n, ok := new(big.Rat).SetString(string(v)); ok {
			return "number " + n.RatString()
		}
	case map[string]any:
		for name := range v {
			v[name] = exact(v[name])
		}
	case []any:
		for i := range v {
			v[i] = exact(v[i])
		}
	}
	return value
}

// TestVendorClient lets Recurly's own client do what our adapter does: our fake
// must satisfy it, and both must send the same.
func TestVendorClient(t *testing.T) {
	_, packages := document(t)
	theirs := &wire{fake.NewRecurly(fake.RecurlyConfig{}), map[string]any{}}
	server := httptest.NewServer(theirs)
	defer server.Close()
	input, _ := json.Marshal(map[string]any{
		"code": provider.Ref{Type: "household", ID: id(201)}.String(), "invoice": po(), "name": "Family Sample & Co", "email": "sample@example.com",
		"address":  map[string]any{"phone": "+1 555 0100", "street1": "1 Main St", "street2": "Apt 2", "city": "Springfield", "region": "IL", "postalCode": "62701", "country": "US"},
		"currency": "USD", "days": 14,
		"lines": []any{map[string]any{"text": "Tuition – Ballet II – Fall 2026", "amount": 120}, map[string]any{"text": "Fee – Costume", "amount": 5.45}},
	})
	out := node.Run(t, packages, filepath.Join("testdata", "sdk.mjs"), server.URL, string(input))
	const want = `{"listed":1,"state":"paid","balance":0,"transaction":"success","failed":"failed","refused":"ValidationError"}` + "\n"
	if out != want {
		t.Errorf("Recurly's client says %s; want %s", out, want)
	}

	ours := &wire{seen: map[string]any{}}
	b := newBench(t, func(h http.Handler) http.Handler { ours.next = h; return ours })
	b.mustDo(b.plan("household.created", 1))
	b.mustDo(b.plan("invoice.issued", 2))
	b.mustDo(b.plan("invoice.paid", 3))
	compared := 0
	for name, mine := range ours.seen {
		other, known := theirs.seen[name]
		if !known {
			continue // ids of the two fakes differ
		}
		compared++
		a, _ := json.Marshal(mine)
		z, _ := json.Marshal(other)
		if mine != nil && string(a) != string(z) {
			t.Errorf("%s:\nwe send   %s\nRecurly's %s", name, a, z)
		}
	}
	if compared < 3 {
		t.Errorf("only %d calls compared: %v and %v", compared, ours.seen, theirs.seen)
	}
}
