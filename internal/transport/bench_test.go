package transport_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	gqlgen "github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/transport"
)

// large answers with 50 kB of finished JSON, as the read path does.
type large struct {
	*schema
	data json.RawMessage
}

func (l large) Exec(context.Context) graphql.ResponseHandler {
	return graphql.OneShot(&graphql.Response{Data: l.data})
}

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header            { return d.header }
func (d discard) Write(text []byte) (int, error) { return len(text), nil }
func (d discard) WriteHeader(int)                {}

// BenchmarkPost compares our endpoint with gqlgen's own POST on small and
// large answers, both with a cache of documents and without extensions.
func BenchmarkPost(b *testing.B) {
	for _, size := range []int{20, 50_000} {
		rows := strings.TrimSuffix(strings.Repeat(`{"id":"student_01","name":"Ada"},`, max(1, size/33)), ",")
		es := large{newSchema(), json.RawMessage(`{"items":[` + rows + `]}`)}
		stock := handler.New(es)
		stock.AddTransport(gqlgen.POST{})
		stock.SetQueryCache(lru.New[*ast.QueryDocument](1000))
		for name, h := range map[string]http.Handler{
			"ours":   transport.Handler(es, transport.Config{}),
			"gqlgen": stock,
		} {
			b.Run(fmt.Sprintf("%d/%s", size, name), func(b *testing.B) {
				body := `{"query":"query A($n:Int){hello(n:$n) items{id name}}","operationName":"A","variables":{"n":5}}`
				b.ReportAllocs()
				for b.Loop() {
					r := httptest.NewRequest("POST", "/graphql", strings.NewReader(body))
					r.Header.Set("Content-Type", "application/json")
					r.Header.Set("Accept", "application/graphql-response+json, application/json;q=0.9")
					h.ServeHTTP(discard{http.Header{}}, r)
				}
			})
		}
	}
}
