package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestSecurityText(t *testing.T) {
	served := func(c *Config) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		(&App{Config: c}).securityText(w, httptest.NewRequest(http.MethodGet, "/.well-known/security.txt", nil))
		return w
	}
	end := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)
	c := &Config{SecurityContact: "mailto:security@barre.example", SecurityExpires: end, Hosts: []string{"api.barre.example"}}
	want := "Contact: mailto:security@barre.example\nExpires: " + end.Format(time.RFC3339) +
		"\nPreferred-Languages: en\nCanonical: https://api.barre.example/.well-known/security.txt\n"
	if w := served(c); w.Code != http.StatusOK || w.Body.String() != want || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%d %v\n%s", w.Code, w.Header(), w.Body)
	}
	c.SecurityExpires = time.Now().Add(-time.Second)
	for name, c := range map[string]*Config{"expired": c, "none": {}} {
		if w := served(c); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// testHeaders asks for what is there and what is not.
func testHeaders(t *testing.T, r *running) {
	base := r.note.Endpoint[:len(r.note.Endpoint)-len("/graphql")]
	for _, path := range []string{"/graphql", "/healthz", "/readyz", "/schema.graphqls", "/trust/subprocessors", "/playground", "/exports/none", "/hooks/none/none", "/.well-known/security.txt", "/nothing"} {
		req, err := http.NewRequest(http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := exchange(req)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy", "Cross-Origin-Resource-Policy"} {
			if len(a.Header.Values(name)) != 1 {
				t.Errorf("%s: %d, %s is %q", path, a.Status, name, a.Header.Values(name))
			}
		}
		for _, name := range []string{"Server", "X-Powered-By"} {
			if a.Header.Get(name) != "" {
				t.Errorf("%s says what it runs on: %s", path, a.Header.Get(name))
			}
		}
	}
}

// Outside development, browsers are told to come back over TLS alone.
func TestStrictTransport(t *testing.T) {
	for environment, want := range map[string]string{"development": "", "production": "max-age=63072000; includeSubDomains"} {
		w := httptest.NewRecorder()
		(&App{Config: &Config{Environment: environment}}).secure(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if got := w.Header().Get("Strict-Transport-Security"); got != want {
			t.Errorf("%s: %q", environment, got)
		}
	}
}
