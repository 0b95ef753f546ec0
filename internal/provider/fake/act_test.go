package fake_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v85/webhook"

	"github.com/barrehq/barre/internal/provider/fake"
)

// What a person does on the page is told to the studio that listens, in a form
// that Stripe's own library accepts.
func TestStripeActs(t *testing.T) {
	told := make(chan string, 10)
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		event, err := webhook.ConstructEvent(body, r.Header.Get("Stripe-Signature"), "whsec_x")
		if err != nil {
			t.Error(err)
		}
		told <- string(event.Type)
	}))
	defer listener.Close()
	f := fake.NewStripe(fake.StripeConfig{})
	server := httptest.NewServer(f)
	defer server.Close()
	f.Listen(fake.Hook{Tenant: "tenant_1", URL: listener.URL, Secret: "whsec_x"})
	customer, _ := post(t, f, "/v1/customers", "", url.Values{"name": {"A"}, "email": {"a@example.com"}}).body["id"].(string)
	invoice, _ := post(t, f, "/v1/invoices", "", url.Values{"customer": {customer}, "currency": {"usd"}, "collection_method": {"send_invoice"},
		"days_until_due": {"3"}, "metadata[tenant_ref]": {"tenant_1"}, "metadata[invoice_ref]": {"invoice_1"}}).body["id"].(string)
	post(t, f, "/v1/invoiceitems", "", url.Values{"customer": {customer}, "invoice": {invoice}, "currency": {"usd"}, "amount": {"100"}})
	post(t, f, "/v1/invoices/"+invoice+"/finalize", "", url.Values{})
	for _, c := range []struct{ act, want string }{
		{"refund", ""}, {"decline", "invoice.payment_failed"}, {"pay", "invoice.paid"}, {"pay", ""}, {"refund", "refund.created"}, {"dispute", "charge.dispute.created"}, {"dance", ""},
	} {
		answer, err := http.PostForm(server.URL+"/_act", url.Values{"act": {c.act}, "on": {"invoice_1"}})
		if err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if c.want == "" {
			if answer.StatusCode != http.StatusConflict {
				t.Errorf("%s: %d", c.act, answer.StatusCode)
			}
			continue
		}
		if answer.StatusCode != http.StatusOK || !strings.Contains(string(page), "As somebody who uses Stripe") {
			t.Errorf("%s: %d %s", c.act, answer.StatusCode, page)
			continue
		}
		if got := <-told; got != c.want {
			t.Errorf("%s: told %s; want %s", c.act, got, c.want)
		}
	}
}
