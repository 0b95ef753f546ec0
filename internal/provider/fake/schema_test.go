package fake_test

import (
	"net/url"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/testkit/contract"
)

// What the fake answers is what Stripe's own document says of each resource,
// in every state of an invoice.
func TestAnswersMatchStripesDocument(t *testing.T) {
	doc := contract.Stripe(t)
	f := fake.NewStripe(fake.StripeConfig{})
	check := func(schema string, a answer) answer {
		t.Helper()
		if err := doc.Components.Schemas[schema].Value.VisitJSON(map[string]any(a.body), openapi3.MultiErrors()); err != nil {
			t.Errorf("%s: %.2000v", schema, err)
		}
		return a
	}
	id := func(a answer) string { text, _ := a.body["id"].(string); return text }
	customer := id(check("customer", post(t, f, "/v1/customers", "", url.Values{"name": {"A"}, "email": {"a@example.com"}, "address[city]": {"Bonn"}})))
	draft := url.Values{"customer": {customer}, "currency": {"usd"}, "collection_method": {"send_invoice"}, "days_until_due": {"3"}}
	invoice, voided := id(check("invoice", post(t, f, "/v1/invoices", "", draft))), id(post(t, f, "/v1/invoices", "", draft))
	for _, to := range []string{invoice, voided} {
		check("invoiceitem", post(t, f, "/v1/invoiceitems", "", url.Values{"customer": {customer}, "invoice": {to}, "currency": {"usd"}, "amount": {"100"}, "description": {"x"}}))
		check("invoice", post(t, f, "/v1/invoices/"+to+"/finalize", "", url.Values{}))
	}
	check("invoice", post(t, f, "/v1/invoices/"+invoice+"/send", "", url.Values{}))
	check("invoice", post(t, f, "/v1/invoices/"+invoice+"/pay", "", url.Values{"paid_out_of_band": {"true"}}))
	check("invoice", post(t, f, "/v1/invoices/"+voided+"/void", "", url.Values{}))
	check("error", post(t, f, "/v1/invoices/in_0", "", nil))
	check("error", post(t, f, "/v1/invoices/"+voided+"/pay", "", url.Values{"paid_out_of_band": {"true"}}))
	list := doc.Paths.Value("/v1/invoices").Get.Responses.Status(200).Value.Content.Get("application/json").Schema.Value
	if err := list.VisitJSON(map[string]any(post(t, f, "/v1/invoices", "", nil).body)); err != nil {
		t.Errorf("list: %.2000v", err)
	}
	if doc.Components.Schemas["invoice"].Value.VisitJSON(map[string]any{"id": "in_1", "object": "invoice"}) == nil {
		t.Error("the document accepts an invoice of two fields; it judges nothing")
	}
}
