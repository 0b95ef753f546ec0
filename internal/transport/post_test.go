package transport_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/transport"
)

// Every way to send a POST wrongly: its status, its code, no echo, no run.
func TestPostRefusals(t *testing.T) {
	const canary = "s3cret"
	deep := func(n int) string { return strings.Repeat(`{"not":`, n) + "1" + strings.Repeat("}", n) }
	vars := func(v string) string { return `{"query":"{hello}","variables":` + v + `}` }
	ext := func(v string) string { return `{"query":"{hello}","extensions":` + v + `}` }
	tests := []struct {
		name    string
		body    string
		headers []string // instead of Content-Type: application/json
		status  int
		code    string
	}{
		{"H3 form", "query={hello}", []string{"Content-Type: application/x-www-form-urlencoded"}, 415, "BAD_REQUEST"},
		{"H3 text", query("{hello}"), []string{"Content-Type: text/plain"}, 415, "BAD_REQUEST"},
		{"H3 multipart", query("{hello}"), []string{"Content-Type: multipart/form-data; boundary=x"}, 415, "BAD_REQUEST"},
		{"H3 none", query("{hello}"), []string{"X-None: 1"}, 415, "BAD_REQUEST"},
		{"H3 graphql", "{hello}", []string{"Content-Type: application/graphql"}, 415, "BAD_REQUEST"},
		{"H3 junk parameter", query("{hello}"), []string{"Content-Type: application/json; boundary=x"}, 415, "BAD_REQUEST"},
		{"H3 junk beside charset", query("{hello}"), []string{"Content-Type: application/json; charset=utf-8; a=b"}, 415, "BAD_REQUEST"},
		{"H3 twice", query("{hello}"), []string{asJSON, "Content-Type: text/plain"}, 415, "BAD_REQUEST"},
		{"G28 utf-16", query("{hello}"), []string{"Content-Type: application/json; charset=utf-16"}, 415, "BAD_REQUEST"},
		{"H14 gzip", "\x1f\x8b", []string{asJSON, "Content-Encoding: gzip"}, 415, "BAD_REQUEST"},
		{"H8 html", query("{hello}"), []string{asJSON, "Accept: text/html"}, 406, "BAD_REQUEST"},
		{"H8 png", query("{hello}"), []string{asJSON, "Accept: image/png"}, 406, "BAD_REQUEST"},
		{"H8 q=0", query("{hello}"), []string{asJSON, "Accept: */*;q=0"}, 406, "BAD_REQUEST"},

		{"G9 batch of none", `[]`, nil, 400, "BAD_REQUEST"},
		{"G9 batch of one", `[` + query("{hello}") + `]`, nil, 400, "BAD_REQUEST"},
		{"G9 batch of 1000", ` [` + strings.Repeat(query("{hello}")+",", 999) + query("{hello}") + `]`, nil, 400, "BAD_REQUEST"},
		{"G9 nested", `[[[` + query("{hello}") + `]]]`, nil, 400, "BAD_REQUEST"},
		{"G10 text over 16 KiB", query("{hello} #" + strings.Repeat("x", 16<<10)), nil, 413, "QUERY_TOO_LARGE"},
		{"G10 commas", query("{hello" + strings.Repeat(",", 100_000) + "}"), nil, 413, "QUERY_TOO_LARGE"},
		{"G10 20 MB", query("{hello} #" + strings.Repeat("x", 20<<20)), nil, 413, "INPUT_TOO_LARGE"},
		{"G11 variables over 256 KiB", vars(`{"a":"` + strings.Repeat("x", 256<<10) + `"}`), nil, 413, "INPUT_TOO_LARGE"},
		{"G11 depth 101", vars(deep(100)), nil, 400, "BAD_REQUEST"},
		{"G11 depth 10k", vars(deep(10_000)), nil, 400, "BAD_REQUEST"},
		{"G11 lists 101 deep", vars(`{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`), nil, 400, "BAD_REQUEST"},
		{"G11 long number", vars(`{"a":1` + strings.Repeat("0", 64) + `}`), nil, 400, "BAD_REQUEST"},
		{"G28 lone surrogate", query("{hello}")[:9] + `{hello(name:\"\ud800\")}"}`, nil, 400, "BAD_REQUEST"},
		{"G28 lone low surrogate", vars(`{"a":"\udc00"}`), nil, 400, "BAD_REQUEST"},
		{"G28 reversed pair", vars(`{"a":"\udc00\ud800"}`), nil, 400, "BAD_REQUEST"},
		{"G28 NUL escape", vars(`{"a":"\u0000"}`), nil, 400, "BAD_REQUEST"},
		{"G28 NUL in a key", vars(`{"a\u0000":1}`), nil, 400, "BAD_REQUEST"},
		{"G28 raw NUL", vars("{\"a\":\"\x00\"}"), nil, 400, "BAD_REQUEST"},
		{"G28 overlong", vars("{\"a\":\"\xc0\xaf\"}"), nil, 400, "BAD_REQUEST"},
		{"G28 byte order mark", "\xef\xbb\xbf" + query("{hello}"), nil, 400, "BAD_REQUEST"},
		{"H17 duplicate query", `{"query":"{hello}","query":"{item{id}}"}`, nil, 400, "BAD_REQUEST"},
		{"H17 duplicate by escape", `{"query":"{hello}","\u0071uery":"{item{id}}"}`, nil, 400, "BAD_REQUEST"},
		{"H17 duplicate variable", vars(`{"a":1,"a":2}`), nil, 400, "BAD_REQUEST"},
		{"H17 duplicate deep", vars(`{"a":[{"b":{"c":1,"c":1}}]}`), nil, 400, "BAD_REQUEST"},
		{"H17 duplicate extension", ext(`{"a":1,"a":2}`), nil, 400, "BAD_REQUEST"},
		{"H17 second document", query("{hello}") + query("{hello}"), nil, 400, "BAD_REQUEST"},
		{"H17 trailing byte", query("{hello}") + "x", nil, 400, "BAD_REQUEST"},
		{"H17 string", `"s3cret"`, nil, 400, "BAD_REQUEST"},
		{"H17 number", `1`, nil, 400, "BAD_REQUEST"},
		{"H17 null", `null`, nil, 400, "BAD_REQUEST"},
		{"H17 empty", ``, nil, 400, "BAD_REQUEST"},
		{"H17 broken", `{"query":"{hello}","s3cret`, nil, 400, "BAD_REQUEST"},
		{"H17 trailing comma", `{"query":"{hello}",}`, nil, 400, "BAD_REQUEST"},
		{"H17 unknown member", `{"query":"{hello}","s3cret":1}`, nil, 400, "BAD_REQUEST"},
		{"H17 other case", `{"query":"{hello}","Variables":{}}`, nil, 400, "BAD_REQUEST"},
		{"H17 query number", `{"query":1}`, nil, 400, "BAD_REQUEST"},
		{"H17 query null", `{"query":null}`, nil, 400, "BAD_REQUEST"},
		{"H17 query object", `{"query":{}}`, nil, 400, "BAD_REQUEST"},
		{"H17 no query", `{"variables":{}}`, nil, 400, "BAD_REQUEST"},
		{"H17 variables string", vars(`"s3cret"`), nil, 400, "BAD_REQUEST"},
		{"H17 variables array", vars(`[]`), nil, 400, "BAD_REQUEST"},
		{"H17 extensions array", ext(`[]`), nil, 400, "BAD_REQUEST"},
		{"H17 extensions 1 MB", ext(`{"a":"` + strings.Repeat("x", 1<<20) + `"}`), nil, 413, "INPUT_TOO_LARGE"},
		{"H17 operationName number", `{"query":"{hello}","operationName":1}`, nil, 400, "BAD_REQUEST"},
		{"G21 operationName 10 KB", `{"query":"{hello}","operationName":"` + strings.Repeat("s3cret", 1700) + `"}`, nil, 400, "BAD_REQUEST"},
		{"G21 operationName markup", `{"query":"{hello}","operationName":"<s3cret>"}`, nil, 400, "BAD_REQUEST"},
		{"G22 subscription", query("subscription{count}"), nil, 400, "BAD_REQUEST"},
	}
	es := newSchema()
	url := serve(t, es, transport.Config{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.headers == nil {
				tt.headers = []string{asJSON}
			}
			got := send(t, http.MethodPost, url, tt.body, tt.headers...)
			if got.status != tt.status || got.code() != tt.code {
				t.Errorf("got %d %s, want %d %s: %s", got.status, got.code(), tt.status, tt.code, got.body)
			}
			if strings.Contains(got.body, canary) || strings.Contains(got.body, `"data"`) {
				t.Errorf("the answer repeats the request or has data: %s", got.body)
			}
			if len(got.body) > 512 {
				t.Errorf("the answer has %d bytes", len(got.body))
			}
		})
	}
	if n := es.executed.Load(); n != 0 {
		t.Errorf("%d refused requests were executed", n)
	}
}

func TestPostBatchHasItsOwnMessage(t *testing.T) {
	got := post(t, serve(t, newSchema(), transport.Config{}), `[{}]`)
	if !strings.Contains(got.body, `"batching is not supported"`) {
		t.Error(got.body)
	}
}

// What must go on working.
func TestPostAccepts(t *testing.T) {
	tests := map[string][]string{
		query("{hello}"): {asJSON},
		` {"operationName":null,"variables":null,"extensions":null,"query":"{hello}"} ` + "\n":             {"Content-Type: application/json; charset=UTF-8"},
		`{"query":"query A{hello} query B{item{id}}","operationName":"A","variables":{}}`:                  {asJSON},
		`{"query":"{hello}","operationName":""}`:                                                           {asJSON},
		`{"query":"query($n:Int,$c:Color){hello(n:$n,color:$c)}","variables":{"n":5,"c":"RED"}}`:           {asJSON},
		`{"query":"query($s:String){hello(name:$s)}","variables":{"s":"\ud83d\ude00 \u202e e\u0301 \\u"}}`: {asJSON},
		`{"query":"{hello}","extensions":{"a":` + strings.Repeat("[", 97) + strings.Repeat("]", 97) + `}}`: {asJSON},
	}
	url := serve(t, newSchema(), transport.Config{})
	for body, headers := range tests {
		got := send(t, http.MethodPost, url, body, headers...)
		if got.status != 200 || got.body != `{"data":{"hello":"hi"}}` {
			t.Errorf("%s: got %d %s", body, got.status, got.body)
		}
	}
}

func TestPostKeepsNumbers(t *testing.T) {
	es := newSchema()
	post(t, serve(t, es, transport.Config{}), `{"query":"query($n:Int){hello(n:$n)}","variables":{"n":9007199254740993}}`)
	if got := fmt.Sprint(es.seen.Load().Variables["n"]); got != "9007199254740993" {
		t.Errorf("the variable became %s", got)
	}
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	url := serve(t, newSchema(), transport.Config{})
	for _, got := range []answer{post(t, url, query("{hello}")), post(t, url, "["), send(t, "PUT", url, "")} {
		for key, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
			if got.header.Get(key) != want {
				t.Errorf("%d: %s is %q", got.status, key, got.header.Get(key))
			}
		}
		if want := fmt.Sprint(len(got.body)); got.header.Get("Content-Length") != want {
			t.Errorf("Content-Length is %s, the body has %s bytes", got.header.Get("Content-Length"), want)
		}
		if !json.Valid([]byte(got.body)) {
			t.Errorf("not JSON: %s", got.body)
		}
	}
}

// H16: credentials in the URL, by either method.
func TestCredentialInURL(t *testing.T) {
	es := newSchema()
	url := serve(t, es, transport.Config{})
	for _, param := range []string{"token", "access_token", "Authorization", "api_key", "apiKey", "API-KEY", "key", "password"} {
		for _, got := range []answer{
			post(t, url+"?"+param+"=s3cret", query("{hello}")),
			send(t, "GET", url+"?query={hello}&"+param+"=s3cret", "", "Apollo-Require-Preflight: 1"),
		} {
			if got.status != 400 || !strings.Contains(got.body, "Authorization header") || strings.Contains(got.body, "s3cret") {
				t.Errorf("%s: %d %s", param, got.status, got.body)
			}
		}
	}
	if es.executed.Load() != 0 {
		t.Error("executed all the same")
	}
	if got := post(t, url+"?op=Hello", query("{hello}")); got.status != 200 {
		t.Errorf("a harmless parameter: %d", got.status)
	}
}

// H7.
func TestOtherMethods(t *testing.T) {
	url := serve(t, newSchema(), transport.Config{})
	for _, method := range []string{"TRACE", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "BREW"} {
		got := send(t, method, url+"?query={hello}", "")
		if got.status != 405 || got.header.Get("Allow") != "GET, POST" {
			t.Errorf("%s: %d, Allow %q", method, got.status, got.header.Get("Allow"))
		}
	}
}
