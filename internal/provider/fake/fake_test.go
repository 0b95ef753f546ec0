package fake_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/barrehq/barre/internal/provider/fake"
)

type answer struct {
	status int
	header http.Header
	body   map[string]any
}

// post sends one form, or a GET when form is nil.
func post(t *testing.T, h http.Handler, path, key string, form url.Values) answer {
	t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Authorization", "Bearer sk_test_1")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Idempotency-Key", key)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header()}
	if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
		t.Fatalf("%s: %v: %s", path, err, w.Body)
	}
	return a
}

func TestIdempotencyKeys(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	f := fake.NewStripe(fake.StripeConfig{Now: func() time.Time { return now }})
	form := url.Values{"name": {"A"}}
	first := post(t, f, "/v1/customers", "k1", form)
	again := post(t, f, "/v1/customers", "k1", form)
	if first.status != 200 || again.body["id"] != first.body["id"] || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("%v, then %v", first, again)
	}
	other := post(t, f, "/v1/customers", "k1", url.Values{"name": {"B"}})
	if kind := other.body["error"].(map[string]any)["type"]; other.status != 400 || kind != "idempotency_error" {
		t.Errorf("same key, other parameters: %v", other)
	}
	if bad := post(t, f, "/v1/customers", "k2", url.Values{"shoe_size": {"9"}}); bad.status != 400 {
		t.Errorf("unknown parameter: %v", bad)
	}
	if good := post(t, f, "/v1/customers", "k2", form); good.status != 200 {
		t.Errorf("a refused request used its key up: %v", good)
	}
	post(t, f, "/v1/customers/"+first.body["id"].(string), "", url.Values{"name": {"Z"}})
	if replay := post(t, f, "/v1/customers", "k1", form); replay.body["name"] != "A" {
		t.Errorf("the replay shows the present: %v", replay.body["name"])
	}
	now = now.Add(25 * time.Hour)
	if late := post(t, f, "/v1/customers", "k1", form); late.body["id"] == first.body["id"] {
		t.Error("the key is kept for more than a day")
	}
}

func TestNestedForm(t *testing.T) {
	f := fake.NewStripe(fake.StripeConfig{})
	got := post(t, f, "/v1/customers", "", url.Values{
		"address[line1]": {"1 Main St"}, "address[city]": {"Bonn"}, "metadata[a_ref]": {"x"},
		"preferred_locales[0]": {"de"}, "preferred_locales[1]": {"en"},
	}).body
	want := "map[city:Bonn country:<nil> line1:1 Main St line2:<nil> postal_code:<nil> state:<nil>] map[a_ref:x] [de en]"
	if text := fmt.Sprint(got["address"], got["metadata"], got["preferred_locales"]); text != want {
		t.Errorf("read %s; want %s", text, want)
	}
	id := got["id"].(string)
	got = post(t, f, "/v1/customers/"+id, "", url.Values{"address[city]": {"Ulm"}, "metadata[b_ref]": {"y"}, "metadata[a_ref]": {""}}).body
	if text := fmt.Sprintf("%v %v", got["address"], got["metadata"]); text != "map[city:Ulm country:<nil> line1:1 Main St line2:<nil> postal_code:<nil> state:<nil>] map[b_ref:y]" {
		t.Errorf("merged %s", text)
	}
}

func TestInvoiceStates(t *testing.T) {
	f := fake.NewStripe(fake.StripeConfig{})
	customer := post(t, f, "/v1/customers", "", url.Values{"name": {"A"}}).body["id"].(string)
	draft := func() string {
		t.Helper()
		a := post(t, f, "/v1/invoices", "", url.Values{"customer": {customer}, "currency": {"usd"}, "collection_method": {"send_invoice"}, "days_until_due": {"3"}})
		if a.status != 200 {
			t.Fatalf("create invoice: %v", a)
		}
		return a.body["id"].(string)
	}
	item := func(invoice, currency string) int {
		return post(t, f, "/v1/invoiceitems", "", url.Values{"customer": {customer}, "invoice": {invoice}, "currency": {currency}, "amount": {"100"}}).status
	}
	step := func(invoice, verb string) int {
		form := url.Values{}
		if verb == "pay" {
			form.Set("paid_out_of_band", "true")
		}
		return post(t, f, "/v1/invoices/"+invoice+"/"+verb, "", form).status
	}
	invoice := draft()
	for _, c := range []struct {
		what string
		got  int
		want int
	}{
		{"item of another currency", item(invoice, "eur"), 400}, {"item", item(invoice, "usd"), 200}, {"item without invoice", item("in_0", "usd"), 400},
		{"send a draft", step(invoice, "send"), 400}, {"void a draft", step(invoice, "void"), 400}, {"pay a draft", step(invoice, "pay"), 400},
		{"finalize", step(invoice, "finalize"), 200}, {"finalize twice", step(invoice, "finalize"), 400}, {"item of an open invoice", item(invoice, "usd"), 400},
		{"send", step(invoice, "send"), 200}, {"pay", step(invoice, "pay"), 200}, {"pay twice", step(invoice, "pay"), 400}, {"void a paid one", step(invoice, "void"), 400},
		{"no such invoice", step("in_0", "void"), 404},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d; want %d", c.what, c.got, c.want)
		}
	}
	if got := post(t, f, "/v1/invoices/"+invoice, "", nil).body; got["status"] != "paid" || got["amount_paid"] != 100.0 || got["amount_remaining"] != 0.0 {
		t.Errorf("paid invoice: %v", got)
	}
	empty := draft()
	step(empty, "finalize")
	if got := post(t, f, "/v1/invoices/"+empty, "", nil).body["status"]; got != "paid" {
		t.Errorf("an invoice over nothing is %v when finalized; want paid", got)
	}
}

// Stripe's own library walks the pages.
func TestPagination(t *testing.T) {
	f := fake.NewStripe(fake.StripeConfig{})
	server := httptest.NewServer(f)
	defer server.Close()
	client := sdk.NewClient("sk_test_1", sdk.WithBackends(sdk.NewBackendsWithConfig(&sdk.BackendConfig{URL: sdk.String(server.URL), LeveledLogger: &sdk.LeveledLogger{}})))
	for n := range 25 {
		if _, err := client.V1Customers.Create(t.Context(), &sdk.CustomerCreateParams{Name: sdk.String(fmt.Sprint(n))}); err != nil {
			t.Fatal(err)
		}
	}
	params := &sdk.CustomerListParams{ListParams: sdk.ListParams{Limit: sdk.Int64(10)}}
	next := 24
	for c, err := range client.V1Customers.List(t.Context(), params).All(t.Context()) {
		if err != nil || c.Name != fmt.Sprint(next) {
			t.Fatalf("customer %q, %v; want %d", c.Name, err, next)
		}
		next--
	}
	if next != -1 {
		t.Errorf("stopped before %d", next)
	}
}

func TestPages(t *testing.T) {
	stripe, customerIO := fake.NewStripe(fake.StripeConfig{}), fake.NewCustomerIO(fake.CustomerIOConfig{})
	post(t, stripe, "/v1/customers", "", url.Values{"name": {"<script>alert(1)</script>"}})
	r := httptest.NewRequest(http.MethodPut, "/api/v1/customers/p1", strings.NewReader(`{"email":"ann@example.com"}`))
	r.SetBasicAuth("a", "b")
	customerIO.ServeHTTP(httptest.NewRecorder(), r)
	for name, c := range map[string]struct {
		handler http.Handler
		want    string
	}{"Stripe": {stripe, "POST /v1/customers"}, "Customer.io": {customerIO, "ann@example.com"}} {
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		page := w.Body.String()
		if !strings.Contains(page, "Fake "+name+" — for development") || !strings.Contains(page, c.want) || strings.Contains(page, "<script>") {
			t.Errorf("%s shows %s", name, page)
		}
		w = httptest.NewRecorder()
		c.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/_state", nil))
		if !json.Valid(w.Body.Bytes()) || !strings.Contains(w.Body.String(), `"received":[{`) || strings.Contains(w.Body.String(), "sk_test") {
			t.Errorf("%s: state %s", name, w.Body)
		}
	}
}

func TestCredentials(t *testing.T) {
	f := fake.NewStripe(fake.StripeConfig{Key: "sk_test_only"})
	for key, want := range map[string]int{"": 401, "Bearer sk_test_1": 401, "Bearer sk_live_1": 401, "Bearer sk_test_only": 200} {
		r := httptest.NewRequest(http.MethodGet, "/v1/customers", nil)
		r.Header.Set("Authorization", key)
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("key %q: %d; want %d", key, w.Code, want)
		}
	}
}
