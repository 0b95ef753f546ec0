package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestTraces finds a span of a request where traces are sent, under the trace
// that the caller began, and nothing of what was asked.
func TestTraces(t *testing.T) {
	received := make(chan []byte, 16)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		received <- append([]byte(r.URL.Path+" "), body...)
	}))
	t.Cleanup(collector.Close)
	r := begin(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL})
	caller := []byte{0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c}
	r.ask(t, request{token: r.note.Tenants[0].OwnerToken, query: `query CanaryName { viewer { role } }`,
		header: map[string]string{"Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}})
	r.quit()
	if err := r.stopped(); err != nil {
		t.Fatal(err)
	}
	if err := r.app.Close(); err != nil { // sends what waits
		t.Fatal(err)
	}
	close(received)
	var all []byte
	for body := range received {
		all = append(all, body...)
	}
	for _, want := range [][]byte{[]byte("/v1/traces"), []byte("POST /graphql"), caller} {
		if !bytes.Contains(all, want) {
			t.Errorf("the traces lack %q", want)
		}
	}
	if bytes.Contains(all, []byte("CanaryName")) {
		t.Error("the traces name what was asked")
	}
}
