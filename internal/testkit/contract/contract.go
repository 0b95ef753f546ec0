// Package contract holds requests, answers and data-sharing cards against a
// vendor's own OpenAPI document.
package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Load reads a document.
func Load(t *testing.T, file string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Shared reads a document that is data of the vendor and lies beside the
// repository; where it does not, the test is skipped. VENDOR_SPECS names another
// folder, which must have it.
func Shared(t *testing.T, name string) *openapi3.T {
	t.Helper()
	dir, named := os.LookupEnv("VENDOR_SPECS")
	if !named {
		dir = filepath.Join("..", "..", "..", "..", "shared", "openapi")
	}
	file := filepath.Join(dir, name)
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) && !named {
		t.Skipf("set VENDOR_SPECS to the folder of %s: %v", name, err)
	}
	return Load(t, file)
}

// Judge is a handler that lets requests through to another one and reports
// what the document does not allow, in them and in the answers.
type Judge struct {
	t      *testing.T
	server string
	router routers.Router
	next   http.Handler
	mu     sync.Mutex
	judged map[string]int
}

// NewJudge returns a judge before next; server is an address that the document
// itself names.
func NewJudge(t *testing.T, doc *openapi3.T, server string, next http.Handler) *Judge {
	t.Helper()
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &Judge{t: t, server: server, router: router, next: next, judged: map[string]int{}}
}

// Judged returns how often each operation of the document was called.
func (j *Judge) Judged() map[string]int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.judged)
}

func (j *Judge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	input, err := j.request(r, body)
	if err != nil {
		j.t.Errorf("%s %s: %v\n%s", r.Method, r.URL, err, body)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	j.next.ServeHTTP(answer, r)
	if err == nil {
		if err := j.response(input, answer); err != nil {
			j.t.Errorf("answer to %s %s: %v\n%s", r.Method, r.URL, err, answer.Body)
		}
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

// Refuses reports whether the document forbids a request; a test of the judge.
func (j *Judge) Refuses(method, path, body string) bool {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	_, err := j.request(r, []byte(body))
	return err != nil
}

func (j *Judge) request(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	server, err := url.Parse(j.server)
	if err != nil {
		return nil, err
	}
	there := r.Clone(context.Background())
	there.URL = &url.URL{Scheme: server.Scheme, Host: server.Host, Path: server.Path + r.URL.Path, RawQuery: r.URL.RawQuery}
	there.Host, there.Body = server.Host, io.NopCloser(bytes.NewReader(body))
	route, parameters, err := j.router.FindRoute(there)
	if err != nil {
		return nil, err
	}
	j.mu.Lock()
	j.judged[route.Operation.OperationID]++
	j.mu.Unlock()
	input := &openapi3filter.RequestValidationInput{
		Request: there, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
		return nil, err
	}
	return input, undeclared(route.Operation, body)
}

func (j *Judge) response(input *openapi3filter.RequestValidationInput, answer *httptest.ResponseRecorder) error {
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.Code, Header: answer.Header(), Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())),
	})
}

// undeclared finds a property that the document does not name: documents leave
// additional ones open, so that validation alone accepts a misspelled name.
func undeclared(operation *openapi3.Operation, body []byte) error {
	schema := bodyOf(operation)
	if schema == nil || len(body) == 0 {
		return nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return nil // a form; its vendor's own judge reads it
	}
	return walk(schema, value, "")
}

func walk(schema *openapi3.Schema, value any, path string) error {
	switch v := value.(type) {
	case map[string]any:
		known := properties(schema)
		for name, inner := range v {
			of, declared := known[name]
			if !declared && len(known) > 0 {
				return fmt.Errorf("the document knows no %s", strings.TrimPrefix(path+"."+name, "."))
			}
			if declared {
				if err := walk(of, inner, path+"."+name); err != nil {
					return err
				}
			}
		}
	case []any:
		if items := itemsOf(schema); items != nil {
			for _, inner := range v {
				if err := walk(items, inner, path+"[]"); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// bodyOf returns the schema of a request's body; nil for none.
func bodyOf(operation *openapi3.Operation) *openapi3.Schema {
	if operation.RequestBody == nil {
		return nil
	}
	for _, media := range []string{"application/json", "application/x-www-form-urlencoded"} {
		if content := operation.RequestBody.Value.Content[media]; content != nil && content.Schema != nil {
			return content.Schema.Value
		}
	}
	return nil
}

// properties are those of a schema and of whatever it is composed of.
func properties(schema *openapi3.Schema) map[string]*openapi3.Schema {
	all := map[string]*openapi3.Schema{}
	for name, property := range schema.Properties {
		all[name] = property.Value
	}
	for _, part := range slices.Concat(schema.AllOf, schema.OneOf, schema.AnyOf) {
		maps.Copy(all, properties(part.Value))
	}
	return all
}

func itemsOf(schema *openapi3.Schema) *openapi3.Schema {
	if schema.Items != nil {
		return schema.Items.Value
	}
	for _, part := range slices.Concat(schema.AllOf, schema.OneOf, schema.AnyOf) {
		if items := itemsOf(part.Value); items != nil {
			return items
		}
	}
	return nil
}
