package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/transport"
)

func TestAccept(t *testing.T) {
	const graphql, plain = "application/graphql-response+json; charset=utf-8", "application/json; charset=utf-8"
	tests := map[string]string{
		"":                                  plain,
		"*/*":                               plain,
		"application/*":                     plain,
		"application/json":                  plain,
		"APPLICATION/JSON":                  plain,
		"application/json; charset=utf-8":   plain,
		"application/graphql-response+json": graphql,
		"application/graphql-response+json, application/json;q=0.9":                                     graphql,
		"application/json, application/graphql-response+json":                                           graphql,
		"application/graphql-response+json;q=0.5, application/json":                                     plain,
		"application/json;q=0, */*":                                                                     graphql,
		"application/graphql-response+json;q=0, */*":                                                    plain,
		"text/html, */*;q=0.1":                                                                          plain,
		"multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json;q=0.9": graphql,
		"application/graphql-response+json, application/json, text/event-stream, multipart/mixed":       graphql,
		"nonsense;;;, application/json":                                                                 plain,
		"text/html":                                                                                     "",
		"application/json;charset=utf-16":                                                               "",
		"application/json;q=2":                                                                          "",
		"application/json;q=x":                                                                          "",
		"application/json;q=0":                                                                          "",
	}
	url := serve(t, newSchema(), transport.Config{})
	for accept, want := range tests {
		var headers []string
		if accept != "" {
			headers = []string{"Accept: " + accept}
		}
		got := post(t, url, query("{hello}"), headers...)
		if want == "" {
			if got.status != 406 {
				t.Errorf("%q: got %d, want 406", accept, got.status)
			}
			continue
		}
		if got.status != 200 || got.header.Get("Content-Type") != want {
			t.Errorf("%q: got %d %s, want %s", accept, got.status, got.header.Get("Content-Type"), want)
		}
	}
}

// The status follows the code of the first error, by media type, and only
// when nothing was executed.
func TestStatus(t *testing.T) {
	refused := func(code string) string { return query(`{refused(code:"` + code + `")}`) }
	tests := []struct {
		body           string
		modern, legacy int
		code           string
	}{
		{query("{"), 400, 200, "GRAPHQL_PARSE_FAILED"},
		{query("{nope}"), 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{`{"query":"query($n:Int!){hello(n:$n)}"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{`{"query":"query A{hello} query B{hello}"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{`{"query":"query A{hello} query B{hello}","operationName":"C"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{`{"query":"query A{hello} query A{hello}","operationName":"A"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{`{"query":"query A{hello} {hello}","operationName":"A"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{query("{item{...@defer{id}}}"), 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{query("{items @stream{id}}"), 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		{refused("UNAUTHENTICATED"), 401, 401, "UNAUTHENTICATED"},
		{refused("FORBIDDEN"), 403, 200, "FORBIDDEN"},
		{refused("DOCUMENT_NOT_TRUSTED"), 403, 200, "DOCUMENT_NOT_TRUSTED"},
		{refused("THROTTLED"), 429, 429, "THROTTLED"},
		{refused("CONCURRENCY_LIMITED"), 429, 429, "CONCURRENCY_LIMITED"},
		{refused("INPUT_TOO_LARGE"), 413, 200, "INPUT_TOO_LARGE"},
		{refused("UNAVAILABLE"), 503, 503, "UNAVAILABLE"},
		{refused("TIMEOUT"), 504, 200, "TIMEOUT"},
		{refused("QUERY_TOO_EXPENSIVE"), 400, 200, "QUERY_TOO_EXPENSIVE"},
		{query("{nothing}"), 500, 200, "INTERNAL"},
		{query("{panic}"), 500, 500, "INTERNAL"},
	}
	url := serve(t, newSchema(), transport.Config{})
	for _, tt := range tests {
		for accept, want := range map[string]int{modern: tt.modern, "Accept: application/json": tt.legacy} {
			got := post(t, url, tt.body, accept)
			if got.status != want || got.code() != tt.code {
				t.Errorf("%s, %s: got %d %s, want %d %s", tt.body, accept, got.status, got.code(), want, tt.code)
			}
			if strings.Contains(got.body, `"data"`) {
				t.Errorf("%s: a refused answer has data: %s", tt.body, got.body)
			}
		}
	}
	for _, body := range []string{query("{late}"), query("{broken}")} {
		if got := post(t, url, body, modern); got.status != 200 || !strings.Contains(got.body, `"data":`) {
			t.Errorf("executed %s: %d %s", body, got.status, got.body)
		}
	}
	if got := post(t, url, refused("UNAUTHENTICATED")); got.header.Get("WWW-Authenticate") != "Bearer" {
		t.Error("401 names no scheme")
	}
}

// G7, G8: many errors are cut in number and in length, and nothing is hinted.
func TestErrorLimits(t *testing.T) {
	url := serve(t, newSchema(), transport.Config{})
	tests := []string{
		query("{hello" + strings.Repeat(" @a", 300) + "}"),
		query("{" + strings.Repeat("a ", 900) + "}"),
		query("{" + strings.Repeat("y", 15000) + "}"),
		query(`{hello(name:"` + strings.Repeat("<", 7000) + `"`),
		query(`{hello(n:"` + strings.Repeat("&", 7000) + `")}`),
		query(`query($` + strings.Repeat("v", 15000) + `:Int!){hello(n:$` + strings.Repeat("v", 10) + `)}`),
		query("{many}"),
	}
	for _, body := range tests {
		got := post(t, url, body, modern)
		var answer struct {
			Errors     []struct{ Message string }
			Extensions struct{ ErrorsOmitted int }
		}
		if err := json.Unmarshal([]byte(got.body), &answer); err != nil {
			t.Fatal(err)
		}
		if n := len(answer.Errors); n == 0 || n > 10 {
			t.Errorf("%.40s: %d errors", body, n)
		}
		for _, e := range answer.Errors {
			if len(e.Message) > 512 || strings.Contains(e.Message, "\ufffd") {
				t.Errorf("%.40s: a message of %d bytes", body, len(e.Message))
			}
		}
		if len(got.body) > 16<<10 {
			t.Errorf("%.40s: an answer of %d bytes", body, len(got.body))
		}
		if len(answer.Errors) == 10 && answer.Extensions.ErrorsOmitted == 0 {
			t.Errorf("%.40s: does not say how many errors are missing: %s", body, got.body[len(got.body)-80:])
		}
	}
}

// A value in the variables is not repeated, wherever it was sent by mistake.
func TestVariablesAreNotEchoed(t *testing.T) {
	url := serve(t, newSchema(), transport.Config{})
	for _, variables := range []string{
		`{"c":"hunter2"}`, `{"c":"hunter2 is not a valid hunter2"}`, `{"s":{"color":"hunter2"}}`, `{"s":{"size":"hunter2"}}`,
		`{"s":"hunter2"}`, `{"n":"hunter2"}`, `{"s":{"not":{"not":{"color":"hunter2"}}}}`, `{"c":["hunter2"]}`,
	} {
		body := `{"query":"query($c:Color,$s:Shape,$n:Int){hello(color:$c,shape:$s,n:$n)}","variables":` + variables + `}`
		got := post(t, url, body, modern)
		if strings.Contains(got.body, "hunter2") {
			t.Errorf("%s: %s", variables, got.body)
		}
		if got.status == 200 || got.code() == "" {
			t.Errorf("%s: %d %s", variables, got.status, got.body)
		}
	}
}

// Hole 4 of the research, I3: no rule guesses what was meant.
func TestNoSuggestions(t *testing.T) {
	url := serve(t, newSchema(), transport.Config{})
	for _, text := range []string{
		"{helo}", "{hello(nme:1)}", "query($x:Colr){hello(color:$x)}", "{hello(color:REDD)}",
		"{hello(shape:{colr:RED})}", "{item}", "{hello{id}}", "{...on Itm{id}}", "fragment F on Qery{hello} {...F}",
		"{hello @skp(if:true)}", "{item{nam}}", `{hello(color:"RED")}`, "{hello @include(iff:true)}", "{__typ}",
	} {
		got := post(t, url, query(text), modern)
		if got.status != 400 {
			t.Errorf("%s: %d %s", text, got.status, got.body)
		}
		if low := strings.ToLower(got.body); strings.Contains(low, "did you mean") || strings.Contains(low, "perhaps") {
			t.Errorf("%s: %s", text, got.body)
		}
	}
}

// Internal errors and panics show a request id and nothing else; the process lives.
func TestInternalErrorsAreHidden(t *testing.T) {
	url := serve(t, newSchema(), transport.Config{RequestID: func(context.Context) string { return "req_1" }})
	for _, text := range []string{"{panic}", "{broken}"} {
		got := post(t, url, query(text), modern)
		if got.code() != "INTERNAL" || !strings.Contains(got.body, `"requestId":"req_1"`) {
			t.Errorf("%s: %s", text, got.body)
		}
		for _, leak := range []string{"secret", "pq:", "goroutine", ".go"} {
			if strings.Contains(got.body, leak) {
				t.Errorf("%s leaks %q: %s", text, leak, got.body)
			}
		}
	}
	if got := post(t, url, query("{hello}")); got.status != 200 {
		t.Error("the server did not survive")
	}
}

// A panic of our own hooks, outside resolvers, is caught too.
func TestHookPanics(t *testing.T) {
	trusted := func(context.Context, string, string) error { panic(errors.New("secret")) }
	url := serve(t, newSchema(), transport.Config{Persisted: transport.PersistedConfig{Trusted: trusted}})
	got := post(t, url, query("{hello}"))
	if got.status != 500 || got.code() != "INTERNAL" || strings.Contains(got.body, "secret") {
		t.Errorf("%d %s", got.status, got.body)
	}
}
