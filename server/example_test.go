package main

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/playground"
)

// TestExamplesAreReady: whoever opens the playground need not type an id.
func TestExamplesAreReady(t *testing.T) {
	var asked []string
	endpoint := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, r.Header.Get("Authorization"))
		if strings.Contains(string(body), "invoices") {
			io.WriteString(w, `{"data":null,"errors":[{"message":"no"}]}`)
			return
		}
		io.WriteString(w, `{"data":{"found":{"id":"x_1"}}}`)
	})
	a := &App{play: playground.Config{Identities: []playground.Identity{
		{Kind: playground.Owner, Token: "owner"}, {Kind: playground.Guardian, Token: "first"}, {Kind: playground.Guardian, Token: "second"},
	}}}
	if err := a.examples(t.Context(), endpoint); err != nil {
		t.Fatal(err)
	}
	find := func(slug string) string {
		for _, e := range a.play.Examples {
			if e.Slug == slug {
				return string(e.Variables)
			}
		}
		t.Fatalf("there is no example %s", slug)
		return ""
	}
	if got := find("2-enroll-student"); strings.Count(got, `"x_1"`) != 2 || strings.Contains(got, "{{") {
		t.Errorf("filled: %s", got)
	}
	if got := find("2-record-payment"); !strings.Contains(got, "{{ invoices") {
		t.Errorf("what is not found should stay as written: %s", got)
	}
	for _, who := range asked {
		if who != "Bearer owner" && who != "Bearer first" {
			t.Errorf("asked as %q", who)
		}
	}
	if len(asked) < 6 {
		t.Errorf("asked %d times", len(asked))
	}
}

func TestAskOnceReportsErrors(t *testing.T) {
	for _, body := range []string{"", "no JSON", `{"errors":[{"message":"Not for you."}]}`} {
		endpoint := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) })
		if data, err := askOnce(t.Context(), endpoint, "token", "{a}"); err == nil || errors.Is(err, io.EOF) && body != "" {
			t.Errorf("%q: got %s, %v", body, data, err)
		}
	}
}
