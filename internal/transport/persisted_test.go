package transport_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/transport"
)

func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

func persisted(hash string) string {
	return fmt.Sprintf(`{"persistedQuery":{"version":1,"sha256Hash":%q}}`, hash)
}

func hashOnly(hash string) string { return `{"extensions":` + persisted(hash) + `}` }

func register(text string) string {
	return fmt.Sprintf(`{"query":%q,"extensions":%s}`, text, persisted(sum(text)))
}

func anybody(context.Context) bool { return true }

// G24.
func TestPersistedQueries(t *testing.T) {
	const text = "{hello}"
	url := serve(t, newSchema(), transport.Config{Persisted: transport.PersistedConfig{MayRegister: anybody}})

	got := post(t, url, hashOnly(sum(text)))
	if got.status != 200 || got.code() != "PERSISTED_QUERY_NOT_FOUND" || !strings.Contains(got.body, `"message":"PersistedQueryNotFound"`) {
		t.Errorf("unknown: %d %s", got.status, got.body)
	}
	if got := post(t, url, register(text)); got.body != `{"data":{"hello":"hi"}}` {
		t.Errorf("register: %s", got.body)
	}
	if got := post(t, url, hashOnly(sum(text))); got.body != `{"data":{"hello":"hi"}}` {
		t.Errorf("by hash: %s", got.body)
	}
	if got := send(t, "GET", url+"?extensions="+escape(persisted(sum(text))), "", "Apollo-Require-Preflight: 1"); got.body != `{"data":{"hello":"hi"}}` {
		t.Errorf("by GET: %s", got.body)
	}
}

func escape(text string) string { return url.QueryEscape(text) }

func TestPersistedQueryRefusals(t *testing.T) {
	url := serve(t, newSchema(), transport.Config{Persisted: transport.PersistedConfig{MayRegister: anybody}})
	for name, body := range map[string]string{
		"wrong hash":   fmt.Sprintf(`{"query":"{hello}","extensions":%s}`, persisted(sum("{item{id}}"))),
		"upper case":   fmt.Sprintf(`{"query":"{hello}","extensions":%s}`, persisted(strings.ToUpper(sum("{hello}")))),
		"upper alone":  hashOnly(strings.ToUpper(sum("{hello}"))),
		"short hash":   hashOnly("abc"),
		"no hex":       hashOnly(strings.Repeat("z", 64)),
		"version 2":    `{"extensions":{"persistedQuery":{"version":2,"sha256Hash":"` + sum("{hello}") + `"}}}`,
		"version text": `{"extensions":{"persistedQuery":{"version":"1","sha256Hash":"` + sum("{hello}") + `"}}}`,
		"no object":    `{"query":"{hello}","extensions":{"persistedQuery":[1]}}`,
	} {
		if got := post(t, url, body, modern); got.status != 400 || got.code() != "BAD_REQUEST" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

func TestOnlySomeMayRegister(t *testing.T) {
	for name, conf := range map[string]transport.PersistedConfig{
		"nobody by default": {},
		"anonymous":         {MayRegister: func(context.Context) bool { return false }},
	} {
		url := serve(t, newSchema(), transport.Config{Persisted: conf})
		if got := post(t, url, register("{hello}")); got.status != 200 || got.code() != "" {
			t.Errorf("%s: the text itself must run: %s", name, got.body)
		}
		if got := post(t, url, hashOnly(sum("{hello}"))); got.code() != "PERSISTED_QUERY_NOT_FOUND" {
			t.Errorf("%s: was stored: %s", name, got.body)
		}
	}
}

func TestInvalidQueriesAreNotStored(t *testing.T) {
	url := serve(t, newSchema(), transport.Config{Persisted: transport.PersistedConfig{MayRegister: anybody}})
	post(t, url, register("{nope}"))
	if got := post(t, url, hashOnly(sum("{nope}"))); got.code() != "PERSISTED_QUERY_NOT_FOUND" {
		t.Error(got.body)
	}
}

// 100,000 registrations cost no more memory than the bound; what is used stays.
func TestPersistedQueriesAreBounded(t *testing.T) {
	conf := transport.PersistedConfig{MayRegister: anybody, Bytes: 1000}
	url := serve(t, newSchema(), transport.Config{Persisted: conf})
	text := func(i int) string { return fmt.Sprintf("{hello(n:%d)}", i) } // about 80 bytes with its hash
	for i := range 100 {
		post(t, url, register(text(i)))
		if got := post(t, url, hashOnly(sum(text(0)))); got.code() != "" {
			t.Fatalf("the query in use was dropped after %d others", i)
		}
	}
	kept := 0
	for i := range 100 {
		if post(t, url, hashOnly(sum(text(i)))).code() == "" {
			kept++
		}
	}
	if kept < 5 || kept > 1000/70 {
		t.Errorf("%d queries of about 80 bytes are kept within 1000 bytes", kept)
	}
}

func TestTrustedDocuments(t *testing.T) {
	const good = "{hello}"
	type call struct{ hash, query string }
	var asked []call
	conf := transport.PersistedConfig{
		Trusted: func(_ context.Context, hash, query string) error {
			asked = append(asked, call{hash, query})
			switch query {
			case good:
				return nil
			case "{item{id}}":
				return fault.New(fault.UntrustedDocument, "This key runs registered operations only.")
			}
			return errors.New("connect: no route to secret-host")
		},
		Lookup: func(_ context.Context, hash string) (string, bool) {
			if hash == sum("forged") {
				return "{item{id}}", true
			}
			return good, hash == sum(good)
		},
	}
	url := serve(t, newSchema(), transport.Config{Persisted: conf})
	for _, tt := range []struct {
		body   string
		status int
		code   string
	}{
		{query(good), 200, ""},
		{hashOnly(sum(good)), 200, ""},
		{query("{item{id}}"), 403, "DOCUMENT_NOT_TRUSTED"},
		{query("{items{id}}"), 500, "INTERNAL"},
		{hashOnly(sum("forged")), 400, "PERSISTED_QUERY_NOT_FOUND"},
	} {
		got := post(t, url, tt.body, modern)
		if got.status != tt.status || got.code() != tt.code || strings.Contains(got.body, "secret-host") {
			t.Errorf("%s: %d %s", tt.body, got.status, got.body)
		}
	}
	for _, c := range asked {
		if c.hash != sum(c.query) {
			t.Errorf("asked about %s with the hash %s", c.query, c.hash)
		}
	}
	if len(asked) != 4 {
		t.Errorf("asked %d times", len(asked))
	}
}
