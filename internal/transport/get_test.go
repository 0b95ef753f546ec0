package transport_test

import (
	"net/url"
	"testing"

	"github.com/barrehq/barre/internal/transport"
)

func TestGet(t *testing.T) {
	const preflight = "Apollo-Require-Preflight: true"
	q := func(pairs ...string) string {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Add(pairs[i], pairs[i+1])
		}
		return "?" + v.Encode()
	}
	tests := []struct {
		name, params string
		headers      []string
		status       int
		allow        string
	}{
		{"query", q("query", "{hello}"), []string{preflight}, 200, ""},
		{"our header", q("query", "{hello}"), []string{"GraphQL-Require-Preflight: 1"}, 200, ""},
		{"operation name header", q("query", "{hello}"), []string{"X-Apollo-Operation-Name: A"}, 200, ""},
		{"all parameters", q("query", "query A($n:Int){hello(n:$n)}", "operationName", "A", "variables", `{"n":1}`, "extensions", "{}"), []string{preflight}, 200, ""},
		{"empty parameters", q("query", "{hello}", "operationName", "", "variables", "", "extensions", "null"), []string{preflight}, 200, ""},
		{"H1 mutation", q("query", "mutation{touch}"), []string{preflight}, 405, "POST"},
		{"H1 named mutation", q("query", "query A{hello} mutation B{touch}", "operationName", "B"), []string{preflight}, 405, "POST"},
		{"H2 no header", q("query", "{hello}"), nil, 400, ""},
		{"H2 cookie and no header", q("query", "{hello}"), []string{"Cookie: session=1"}, 400, ""},
		{"H2 empty header", q("query", "{hello}"), []string{"Apollo-Require-Preflight: "}, 400, ""},
		{"G22 subscription", q("query", "subscription{count}"), []string{preflight}, 400, ""},
		{"H8", q("query", "{hello}"), []string{preflight, "Accept: text/html"}, 406, ""},
		{"H8 stream", q("query", "{hello}"), []string{preflight, "Accept: text/event-stream"}, 406, ""},
		{"unknown parameter", q("query", "{hello}", "tenant", "b"), []string{preflight}, 400, ""},
		{"twice", q("query", "{hello}", "query", "{item{id}}"), []string{preflight}, 400, ""},
		{"variables twice inside", q("query", "{hello}", "variables", `{"a":1,"a":2}`), []string{preflight}, 400, ""},
		{"variables array", q("query", "{hello}", "variables", `[]`), []string{preflight}, 400, ""},
		{"variables trailing", q("query", "{hello}", "variables", `{}x`), []string{preflight}, 400, ""},
		{"extensions text", q("query", "{hello}", "extensions", `"x"`), []string{preflight}, 400, ""},
		{"bad escape", "?query=%zz", []string{preflight}, 400, ""},
		{"NUL", "?query={hello}%00", []string{preflight}, 400, ""},
		{"overlong", "?query={hello}%c0%af", []string{preflight}, 400, ""},
		{"nothing", "", []string{preflight}, 400, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			es := newSchema()
			got := send(t, "GET", serve(t, es, transport.Config{})+tt.params, "", tt.headers...)
			if got.status != tt.status || got.header.Get("Allow") != tt.allow {
				t.Errorf("got %d, Allow %q: %s", got.status, got.header.Get("Allow"), got.body)
			}
			if ran := es.executed.Load() == 1; ran != (tt.status == 200) {
				t.Errorf("executed: %v", ran)
			}
		})
	}
}
