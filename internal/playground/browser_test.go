package playground_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/playground"
	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// TestBrowser drives the page with a real browser against a small server that
// answers as the API does.
func TestBrowser(t *testing.T) {
	chromium := browser(t)
	report := drive(t, chromium, api(t, playground.Config{Identities: demo(), Examples: library(t)}), "demo")
	for _, name := range []string{"failures", "console", "foreign"} {
		if len(report.Lists[name]) > 0 {
			t.Errorf("%s: %q", name, report.Lists[name])
		}
	}
	for name, want := range map[string]string{
		"tenant":            "Northside Dance",
		"identity":          "publishable",
		"bar":               "Website pk_demo_••••3333",
		"example tab":       "UpcomingClasses",
		"example identity":  "guardian",
		"example headers":   "Bearer ses_demo_north_guardian_2222",
		"example variables": `"first": 10`,
		"requested":         "42",
		"actual":            "12",
		"maximum":           "1000",
		"response":          "Ballet II",
		"refused":           "Refused THROTTLED This app has used its points. Again in 7 s.",
		"other tenant":      "guardian Bearer ses_demo_south_guardian_6666",
		"subscription":      "Enrolled by Bearer sk_demo_south_secret_8888",
		"unknown token":     "A token of your own",
		"tabs after load":   "UpcomingClasses",
	} {
		if got := report.Seen[name]; !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if stored := report.Seen["stored tokens"]; stored != "" {
		t.Errorf("the browser keeps a token: %s", stored)
	}
}

func TestBrowserWithoutIdentities(t *testing.T) {
	chromium := browser(t)
	report := drive(t, chromium, api(t, playground.Config{Examples: library(t)}), "production")
	for _, name := range []string{"failures", "console", "foreign"} {
		if len(report.Lists[name]) > 0 {
			t.Errorf("%s: %q", name, report.Lists[name])
		}
	}
	if got, want := report.Seen["headers"], `"Authorization": "Bearer sk_live_brought_along"`; !strings.Contains(got, want) {
		t.Errorf("headers: got %q, want %s", got, want)
	}
	if got := report.Seen["authorization"]; got != "Bearer sk_live_brought_along" {
		t.Errorf("the API saw %q", got)
	}
}

// TestScript runs the tests of the page's own parts that need no browser.
func TestScript(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	out, err := exec.CommandContext(t.Context(), "node", "--test", "web/test/units.test.mjs").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// browser answers the path of a Chromium, and skips the test where a part is
// missing: the driver is not committed, `npm ci` in web installs it.
func browser(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat("web/node_modules/playwright-core"); err != nil {
		t.Skip("the browser driver is not installed: run npm ci in internal/playground/web")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium is installed")
	return ""
}

type report struct {
	Lists map[string][]string `json:"lists"`
	Seen  map[string]string   `json:"seen"`
}

// drive runs the script of one scene. PLAYGROUND_SHOTS names a folder for
// screenshots.
func drive(t *testing.T, chromium, url, scene string) report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "web/test/drive.mjs", scene, url, chromium, os.Getenv("PLAYGROUND_SHOTS"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", scene, err, stderr.String())
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%s: %v in %q", scene, err, out)
	}
	return r
}

const sdl = `"""The demo schema."""
type Query { classes(first: Int): [Class!]! viewer: Viewer! }
"""An offering in a season."""
type Class { id: ID! name: String! seatsLeft: Int! }
type Viewer { name: String! }
type Mutation { enrollStudent(studentId: ID!, classId: ID!): Enrollment! }
type Enrollment { id: ID! status: String! }
type Subscription { enrollments: Enrollment! }
`

func api(t *testing.T, cfg playground.Config) string {
	t.Helper()
	mux := http.NewServeMux()
	page := playground.Handler(cfg)
	mux.Handle("/playground", page)
	mux.Handle("/playground/", page)
	mux.HandleFunc("GET /schema.graphqls", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, sdl) })
	mux.HandleFunc("POST /graphql", answer)
	mux.HandleFunc("GET /graphql", subscribe)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// answer tells the cost, says who asked, and refuses the operation Throttled.
func answer(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/graphql-response+json")
	const status = `"throttleStatus":{"maximumAvailable":1000,"currentlyAvailable":%d,"restoreRate":1}`
	if bytes.Contains(body, []byte("Throttled")) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprintf(w, `{"errors":[{"message":"This app has used its points.","extensions":{"code":"THROTTLED"}}],
			"extensions":{"cost":{"requestedQueryCost":42,"actualQueryCost":null,`+status+`}}}`, 3)
		return
	}
	fmt.Fprintf(w, `{"data":{"viewer":{"name":%q},"classes":[{"name":"Ballet II","seatsLeft":1}]},
		"extensions":{"cost":{"requestedQueryCost":42,"actualQueryCost":12,`+status+`}}}`, r.Header.Get("Authorization"), 388)
}

// subscribe speaks enough of graphql-transport-ws for one subscription that
// sends one message and completes.
func subscribe(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return
	}
	defer c.CloseNow()
	type message struct {
		ID      string `json:"id,omitempty"`
		Type    string `json:"type"`
		Payload any    `json:"payload,omitempty"`
	}
	var who any
	for {
		var m message
		if err := wsjson.Read(r.Context(), c, &m); err != nil {
			return
		}
		switch payload, _ := m.Payload.(map[string]any); m.Type {
		case "connection_init":
			who = payload["Authorization"]
			wsjson.Write(r.Context(), c, message{Type: "connection_ack"})
		case "subscribe":
			enrollment := map[string]any{"enrollments": map[string]any{"status": fmt.Sprint("Enrolled by ", who)}}
			wsjson.Write(r.Context(), c, message{ID: m.ID, Type: "next", Payload: map[string]any{"data": enrollment}})
			wsjson.Write(r.Context(), c, message{ID: m.ID, Type: "complete"})
		}
	}
}

func demo() []playground.Identity {
	return []playground.Identity{
		{Tenant: "Northside Dance", Name: "Maria Lopez", Kind: playground.Owner, Token: "ses_demo_north_owner_1111"},
		{Tenant: "Northside Dance", Name: "Dana Whitfield", Kind: playground.Guardian, Token: "ses_demo_north_guardian_2222"},
		{Tenant: "Northside Dance", Name: "Website", Kind: playground.Publishable, Token: "pk_demo_north_website_3333"},
		{Tenant: "Northside Dance", Name: "Sync tool", Kind: playground.Secret, Token: "sk_demo_north_secret_4444"},
		{Tenant: "Southbank Music", Name: "Owen Achebe", Kind: playground.Owner, Token: "ses_demo_south_owner_5555"},
		{Tenant: "Southbank Music", Name: "Priya Raman", Kind: playground.Guardian, Token: "ses_demo_south_guardian_6666"},
		{Tenant: "Southbank Music", Name: "Website", Kind: playground.Publishable, Token: "pk_demo_south_website_7777"},
		{Tenant: "Southbank Music", Name: "Sync tool", Kind: playground.Secret, Token: "sk_demo_south_secret_8888"},
	}
}

func library(t *testing.T) []playground.Example {
	t.Helper()
	examples, err := playground.LoadExamples(files(
		"classes/upcoming-classes.graphql", "# title: Upcoming classes\n# as: guardian\n# about: What a family may still enroll in, with the seats left.\nquery UpcomingClasses($first: Int) {\n  classes(first: $first) {\n    name\n    seatsLeft\n  }\n}\n",
		"classes/upcoming-classes.json", "{\n  \"first\": 10\n}\n",
		"classes/class-list.graphql", "# title: The public class list\n# as: publishable\n# about: All that a studio's website needs, from the browser.\nquery ClassList {\n  classes {\n    id\n    name\n  }\n}\n",
		"enrollment/enroll.graphql", "# title: Enroll a student\n# as: guardian\n# about: Takes a seat, or a place on the waitlist when the class is full.\nmutation Enroll {\n  enrollStudent(studentId: \"s\", classId: \"c\") {\n    status\n  }\n}\n",
		"enrollment/follow.graphql", "# title: Follow enrollments\n# as: secret\n# about: Each enrollment as it happens.\nsubscription Follow {\n  enrollments {\n    status\n  }\n}\n",
		"limits/throttled.graphql", "# title: Run out of points\n# as: owner\nquery Throttled {\n  viewer {\n    name\n  }\n}\n",
	))
	if err != nil {
		t.Fatal(err)
	}
	return examples
}
