package customerio_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/testkit/contract"
)

// document is Customer.io's own description of its Track API.
func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc := contract.Shared(t, "customerio-track.json")
	loosen(doc)
	return doc
}

// loosen lets an id in a path match the three ways to read one: the document
// says oneOf of an id, an e-mail address and a cio_id, and a plain text is all
// of them.
func loosen(doc *openapi3.T) {
	for _, parameter := range doc.Components.Parameters {
		anyOf(parameter)
	}
	for _, item := range doc.Paths.Map() {
		for _, parameter := range item.Parameters {
			anyOf(parameter)
		}
		for _, operation := range item.Operations() {
			for _, parameter := range operation.Parameters {
				anyOf(parameter)
			}
		}
	}
}

func anyOf(p *openapi3.ParameterRef) {
	if p.Value != nil && p.Value.In == "path" && p.Value.Schema != nil && len(p.Value.Schema.Value.OneOf) > 0 {
		p.Value.Schema.Value.AnyOf, p.Value.Schema.Value.OneOf = p.Value.Schema.Value.OneOf, nil
	}
}

// judge checks requests and answers against the document.
type judge struct {
	t      *testing.T
	doc    *openapi3.T
	router routers.Router
	next   http.Handler
	judged map[string]int
}

func (j *judge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	j.next.ServeHTTP(answer, r)
	if r.URL.Path == "/v1/send/email" {
		j.judged["send"]++
		if err := j.sendEmail(body); err != nil {
			j.t.Errorf("send: %v\n%s", err, body)
		}
	} else if err := j.track(r, body, answer); err != nil {
		j.t.Errorf("%s %s: %v\n%s", r.Method, r.URL.Path, err, body)
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

func (j *judge) track(r *http.Request, body []byte, answer *httptest.ResponseRecorder) error {
	there := r.Clone(context.Background())
	there.URL = &url.URL{Scheme: "https", Host: "track.customer.io", Path: r.URL.Path, RawQuery: r.URL.RawQuery}
	there.Host = "track.customer.io"
	there.Body = io.NopCloser(bytes.NewReader(body))
	route, parameters, err := j.router.FindRoute(there)
	if err != nil {
		return err
	}
	j.judged[route.Operation.OperationID]++
	input := &openapi3filter.RequestValidationInput{Request: there, PathParams: parameters, Route: route, Options: &openapi3filter.Options{
		MultiError: true,
		AuthenticationFunc: func(_ context.Context, a *openapi3filter.AuthenticationInput) error {
			if _, _, ok := a.RequestValidationInput.Request.BasicAuth(); !ok {
				return errors.New("no basic authentication")
			}
			return nil
		},
	}}
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
		return err
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.Code, Header: answer.Header(), Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())),
	})
}

// sendEmail judges a transactional message by the schema of the App API, which
// the Track document carries among its components.
func (j *judge) sendEmail(body []byte) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err
	}
	return j.doc.Components.Schemas["sendemail"].Value.VisitJSON(value)
}

func newJudge(t *testing.T) *judge {
	t.Helper()
	doc := document(t)
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &judge{t: t, doc: doc, router: router, judged: map[string]int{}}
}

func TestVendorDocument(t *testing.T) {
	j := newJudge(t)
	b := newBench(t, func(h http.Handler) http.Handler { j.next = h; return j })
	for n, kind := range kinds() {
		b.mustDo(b.plan(kind, byte(n)))
	}
	ann := provider.Erasure{Refs: []provider.Ref{{Type: "guardian", ID: id(201)}}}
	if said, err := b.provider.Erase(t.Context(), b.connection, ann, fake.NewLinks()); err != nil || len(said) != 1 {
		t.Errorf("Erase: %v, %v", said, err)
	}
	lifted := b.change("suppression.deleted", 99)
	lifted.Lifted = []provider.Person{*lifted.Person}
	operations, err := b.provider.Plan(lifted)
	if err != nil || len(operations) != 1 {
		t.Fatalf("Plan = %v, %v", operations, err)
	}
	b.mustDo(operations[0])
	for operation, want := range map[string]int{"identify": 3, "track": 4, "send": 3, "delete": 1, "suppress": 1, "unsuppress": 1} {
		if j.judged[operation] != want {
			t.Errorf("%s was judged %d times; want %d", operation, j.judged[operation], want)
		}
	}
}

// The judge is worth something only if it refuses what is wrong.
func TestVendorDocumentRefuses(t *testing.T) {
	j := newJudge(t)
	for name, c := range map[string]struct{ method, path, body string }{
		"event without name":      {"POST", "/api/v1/customers/p1/events", `{"data":{}}`},
		"event with a text time":  {"POST", "/api/v1/customers/p1/events", `{"name":"x","timestamp":"now"}`},
		"nested attribute":        {"PUT", "/api/v1/customers/p1", `{"address":{"city":"Bonn"}}`},
		"text for the flag":       {"PUT", "/api/v1/customers/p1", `{"unsubscribed":"no"}`},
		"no such operation":       {"POST", "/api/v1/customers/p1/notes", `{}`},
		"without authentication.": {"PUT", "/api/v1/customers/p1", `{}`},
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		r.Header.Set("Content-Type", "application/json")
		if !strings.HasPrefix(name, "without") {
			r.SetBasicAuth("site", "key")
		}
		answer := httptest.NewRecorder()
		answer.Code = http.StatusOK
		if err := j.track(r, []byte(c.body), answer); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	for _, body := range []string{`{"identifiers":{"id":"p1"}}`, `{"to":"a@example.com","identifiers":{},"transactional_message_id":"x"}`, `{"to":1}`} {
		if err := j.sendEmail([]byte(body)); err == nil {
			t.Errorf("message %s is accepted", body)
		}
	}
}

// Of every property that Customer.io describes, the card says whether it is
// sent. What a person's attributes are called is the caller's to choose; ours
// are added to the document.
func TestCardIsComplete(t *testing.T) {
	doc := document(t)
	person := doc.Paths.Find("/api/v1/customers/{identifier}").Put.RequestBody.Value.Content["application/json"].Schema.Value
	if person.Properties == nil {
		person.Properties = openapi3.Schemas{}
	}
	for _, name := range []string{"first_name", "last_name", "locale"} {
		person.Properties[name] = openapi3.NewSchemaRef("", openapi3.NewStringSchema())
	}
	body := openapi3.NewRequestBody().WithJSONSchemaRef(doc.Components.Schemas["sendemail"])
	doc.Paths.Set("/v1/send/email", &openapi3.PathItem{Post: &openapi3.Operation{RequestBody: &openapi3.RequestBodyRef{Value: body}}})
	contract.Classified(t, doc, "", customerio.New(customerio.Config{}).Card().Calls)
}
