package register_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/fusionauth"
	"github.com/barrehq/barre/internal/provider/helpscout"
	"github.com/barrehq/barre/internal/provider/paycove"
	"github.com/barrehq/barre/internal/provider/pipedrive"
	"github.com/barrehq/barre/internal/provider/recurly"
	"github.com/barrehq/barre/internal/provider/stripe"
	"github.com/barrehq/barre/internal/register"
)

func rows(t *testing.T) []*register.Row {
	t.Helper()
	rows, err := register.New([]provider.Provider{
		stripe.New(stripe.Config{}), recurly.New(recurly.Config{}), paycove.New(paycove.Config{}), customerio.New(customerio.Config{}),
		helpscout.New(helpscout.Config{}), pipedrive.New(pipedrive.Config{}), fusionauth.New(fusionauth.Config{}),
	}, register.Hosting())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// published are the rows of the register that was promised, by name, as the
// page that it was taken from has them.
func published(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "published.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, " | ")
		if name := strings.TrimPrefix(cells[0], "| "); len(cells) == 5 && name != "Name" {
			found[name] = strings.TrimSpace(line)
		}
	}
	return found
}

func TestRowsAreThePublishedOnes(t *testing.T) {
	want := published(t)
	if len(want) != 9 {
		t.Fatalf("%d rows were promised; want 9", len(want))
	}
	for _, row := range rows(t) {
		if got := fmt.Sprintf("| %s | %s | %s | %s | %s |", row.Name, row.Nature, row.DataShared, row.Location, row.Contact); got != want[row.Name] {
			t.Errorf("row %s; want %s", got, want[row.Name])
		}
		delete(want, row.Name)
	}
	for name := range want {
		t.Errorf("%s has no row", name)
	}
}

// The list is what the guard lets through, no more and no less.
func TestOperationsAreTheCalls(t *testing.T) {
	for _, row := range rows(t) {
		if row.Name != "HelpScout" {
			continue
		}
		calls := helpscout.New(helpscout.Config{}).Card().Calls
		if len(row.Operations) != len(calls) {
			t.Errorf("%d operations of %d calls", len(row.Operations), len(calls))
		}
		for _, call := range calls {
			for _, field := range call.Body {
				if text := fmt.Sprint(row.Operations[0], row.Operations); !strings.Contains(text, "{"+field.Path+" "+string(field.Class)+"}") {
					t.Errorf("%s: %s is sent and not in the register", call.Name, field.Path)
				}
			}
		}
	}
}

func TestNoSuchHost(t *testing.T) {
	if _, err := register.New(nil, []string{"aws", "azure"}); err == nil || !strings.Contains(err.Error(), "azure") {
		t.Errorf("an unknown host: %v", err)
	}
}

func TestPage(t *testing.T) {
	all := rows(t)
	page, err := register.Page(all)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/trust/subprocessors", nil))
	text := w.Body.String()
	for _, row := range all {
		for _, cell := range []string{row.Name, row.Nature, row.DataShared, row.Contact} {
			if !strings.Contains(text, ">"+html.EscapeString(cell)+"<") {
				t.Errorf("the page has no %q", cell)
			}
		}
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	tokens := html.NewTokenizer(strings.NewReader(text))
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		token := tokens.Token()
		if token.Data == "script" || strings.Contains(token.String(), "http") {
			t.Errorf("the page has %s", token)
		}
	}
	again := httptest.NewRequest(http.MethodGet, "/trust/subprocessors", nil)
	again.Header.Set("If-None-Match", w.Header().Get("ETag"))
	w = httptest.NewRecorder()
	page.ServeHTTP(w, again)
	if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("asked again: %d, %d bytes", w.Code, w.Body.Len())
	}
}
