package playground_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/playground"
)

func get(t *testing.T, h http.Handler, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

var assetName = regexp.MustCompile(`"(/playground/assets/playground-[A-Z0-9]{8}\.(?:js|css))"`)

func TestPageAndAssets(t *testing.T) {
	h := playground.Handler(playground.Config{})
	page := get(t, h, "GET", "/playground")
	if page.Code != http.StatusOK || page.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("page: %d %s", page.Code, page.Header().Get("Content-Type"))
	}
	if got := page.Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("page: Cache-Control %q, want no-cache", got)
	}
	assets := assetName.FindAllStringSubmatch(page.Body.String(), -1)
	if len(assets) != 2 {
		t.Fatalf("the page names %d assets, want a script and a style sheet", len(assets))
	}
	types := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
	for _, asset := range assets {
		w := get(t, h, "GET", asset[1])
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != types[filepath.Ext(asset[1])] {
			t.Errorf("%s: %d %s", asset[1], w.Code, w.Header().Get("Content-Type"))
		}
		if got := w.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", asset[1], got)
		}
	}
}

func TestAnswers(t *testing.T) {
	h := playground.Handler(playground.Config{})
	tests := []struct {
		method, path string
		code         int
	}{
		{"GET", "/playground/licenses.txt", 200},
		{"HEAD", "/playground", 200},
		{"GET", "/playground/", 308},
		{"GET", "/playground/assets/", 404},
		{"GET", "/playground/assets/none.js", 404},
		{"GET", "/playground/assets/..%2Findex.html", 404},
		{"GET", "/playground/assets/%2E%2E", 404},
		{"GET", "/playground/dist/index.html", 404},
		{"GET", "/", 404},
		{"POST", "/playground", 405},
		{"DELETE", "/playground/config.json", 405},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			w := get(t, h, tt.method, tt.path)
			if w.Code != tt.code {
				t.Errorf("got %d, want %d", w.Code, tt.code)
			}
			header := w.Header()
			csp := header.Get("Content-Security-Policy")
			if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
				t.Errorf("Content-Security-Policy %q", csp)
			}
			if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("X-Frame-Options") != "DENY" {
				t.Errorf("headers %v", header)
			}
			if tt.code >= 400 && strings.Contains(header.Get("Cache-Control"), "immutable") {
				t.Error("a refusal is to be cached for ever")
			}
		})
	}
}

func TestConnectPolicy(t *testing.T) {
	tests := []struct {
		name, host string
		cfg        playground.Config
		want       string
	}{
		{"own host", "localhost:8080", playground.Config{}, "'self' ws://localhost:8080 wss://localhost:8080"},
		{"a host that writes policy", "x; script-src *", playground.Config{}, "'self'"},
		{"an endpoint elsewhere", "a.example", playground.Config{Endpoint: "https://api.example/graphql"},
			"'self' ws://a.example wss://a.example https://api.example wss://api.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/playground", nil)
			r.Host = tt.host
			w := httptest.NewRecorder()
			playground.Handler(tt.cfg).ServeHTTP(w, r)
			csp := w.Header().Get("Content-Security-Policy")
			if !strings.Contains(csp, "; connect-src "+tt.want+"; ") {
				t.Errorf("got %q, want connect-src %s", csp, tt.want)
			}
			if !strings.Contains(csp, "; script-src 'self'; ") {
				t.Errorf("got %q, want scripts of this host alone", csp)
			}
		})
	}
}

func TestConfigDocument(t *testing.T) {
	type identity struct{ Tenant, Name, Kind, Token string }
	var got struct {
		Endpoint, Subscriptions, Schema string
		Identities                      []identity
	}
	read := func(cfg playground.Config) {
		t.Helper()
		w := get(t, playground.Handler(cfg), "GET", "/playground/config.json")
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("headers %v", w.Header())
		}
		got.Identities = nil
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
	}

	read(playground.Config{})
	if got.Endpoint != "/graphql" || got.Subscriptions != "/graphql" || got.Schema != "/schema.graphqls" {
		t.Errorf("defaults: %+v", got)
	}
	if got.Identities == nil || len(got.Identities) != 0 {
		t.Errorf("identities %v, want an empty list", got.Identities)
	}

	read(playground.Config{Endpoint: "/api", Identities: demo()})
	if got.Subscriptions != "/api" || len(got.Identities) != 8 {
		t.Fatalf("config: %+v", got)
	}
	want := identity{"Northside Dance", "Maria Lopez", "owner", "ses_demo_north_owner_1111"}
	if got.Identities[0] != want {
		t.Errorf("got %+v, want %+v", got.Identities[0], want)
	}
}

func TestExamplesDocument(t *testing.T) {
	h := playground.Handler(playground.Config{Examples: library(t)})
	w := get(t, h, "GET", "/playground/examples.json")
	var got []map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(library(t)) {
		t.Fatalf("got %d examples, want %d", len(got), len(library(t)))
	}
	for _, key := range []string{"slug", "subject", "title", "description", "identity", "query", "variables"} {
		if _, ok := got[0][key]; !ok {
			t.Errorf("the first example has no %s", key)
		}
	}
	empty := get(t, playground.Handler(playground.Config{}), "GET", "/playground/examples.json")
	if got := empty.Body.String(); got != "[]" {
		t.Errorf("without examples: %s, want []", got)
	}
}

// The page must not reach out: not for a font, not for a style sheet, and no
// text may become code.
func TestBundle(t *testing.T) {
	var size int64
	foreign := regexp.MustCompile(`@import|url\(["']?(https?:)?//|new Function\(|[^.\w]eval\(`)
	err := filepath.WalkDir("dist", func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile(name)
		size += int64(len(body))
		if filepath.Ext(name) != ".txt" {
			if found := foreign.Find(body); found != nil {
				t.Errorf("%s has %q", name, found)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const most = 4 << 20
	if size == 0 || size > most {
		t.Errorf("dist holds %d bytes, want at most %d", size, most)
	}
}
