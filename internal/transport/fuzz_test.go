package transport_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"github.com/barrehq/barre/internal/transport"
)

// FuzzRequest holds the strict reader against encoding/json: what it accepts,
// encoding/json reads as the same request; it accepts nothing twice over.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		query("{hello}"), `{"query":"{hello}","variables":{"a":[1,2.5e3,null,true,{"b":"\ud83d\ude00"}]},"operationName":"A"}`,
		`{"query":"a","query":"b"}`, `{"query":"\ud800"}`, `{"query":"\u0000"}`, `[{}]`, `{"query":"a"}{}`, `{"Query":"a"}`,
		`{"query":"a","extensions":{"persistedQuery":{"version":1}}}`, strings.Repeat(`{"query":`, 200), `{"query":"\\u0000"}`,
		`{"query":"a","variables":{"":-0}}`, "\xef\xbb\xbf{}", `{"query":"a","variables":{"a":1e999}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, ok := transport.ReadRequest(body)
		if !ok {
			return
		}
		var want graphql.RawParams
		dec := json.NewDecoder(strings.NewReader(string(body)))
		dec.UseNumber()
		dec.DisallowUnknownFields()
		if err := dec.Decode(&want); err != nil {
			t.Fatalf("accepted what encoding/json refuses: %v", err)
		}
		if !reflect.DeepEqual(got, &want) {
			t.Fatalf("read %#v, encoding/json %#v", got, want)
		}
		again, err := json.Marshal(map[string]any{"query": got.Query, "operationName": got.OperationName, "variables": got.Variables, "extensions": got.Extensions})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(again), `\u0000`) && !strings.Contains(string(body), `\\u0000`) {
			t.Fatal("NUL passed")
		}
	})
}

// FuzzMessage must never panic, and accepts only what the protocol knows.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		`{"type":"connection_init"}`, `{"type":"subscribe","id":"1","payload":{"query":"{a}"}}`, `{"type":"complete","id":"1"}`, `{"type":"next"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if kind, ok := transport.ReadMessage(text); ok && !strings.Contains("connection_init ping pong subscribe complete", kind) {
			t.Fatalf("accepted %q", kind)
		}
	})
}
