package main

import (
	"encoding/json"
	"html/template"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

const (
	// receiverName is the description by which the demo knows its endpoint.
	receiverName = "Demo receiver"
	// deliveriesKept is how many requests the receiver remembers.
	deliveriesKept  = 100
	maxDeliveryBody = 1 << 20
)

// receiver is what a studio would run to hear of its events: it believes only
// what is signed, and a webhook-id only once.
type receiver struct {
	url string
	now func() time.Time

	mu     sync.Mutex
	secret secret.String
	seen   map[string]bool
	kept   []received
}

// received is one request, as the page and /_state show it.
type received struct {
	At       time.Time       `json:"at"`
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Verified bool            `json:"verified"`
	Repeated bool            `json:"repeated"` // the webhook-id came before
	Body     json.RawMessage `json:"body,omitempty"`
}

func newReceiver(now func() time.Time) *receiver { return &receiver{now: now, seen: map[string]bool{}} }

// trust sets the secret that deliveries must be signed with.
func (r *receiver) trust(key secret.String) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secret = key
}

// ServeHTTP takes deliveries by POST and shows them by GET.
func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	switch {
	case q.Method == http.MethodPost:
		r.take(w, q)
	case q.Method == http.MethodGet && q.URL.Path == "/_state":
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"received": r.newestFirst()})
	case q.Method == http.MethodGet && q.URL.Path == "/":
		r.page(w)
	default:
		http.NotFound(w, q)
	}
}

func (r *receiver) take(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, maxDeliveryBody))
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	got := received{At: now, ID: q.Header.Get(webhook.HeaderID), Verified: webhook.Verify([]secret.String{r.secret}, q.Header, body, now) == nil}
	var event struct{ Type string }
	if json.Unmarshal(body, &event) == nil {
		got.Type, got.Body = event.Type, body
	}
	if got.Verified {
		got.Repeated = r.seen[got.ID]
		r.seen[got.ID] = true
	}
	r.kept = append(r.kept, got)
	r.kept = r.kept[max(0, len(r.kept)-deliveriesKept):]
	if !got.Verified {
		http.Error(w, "the signature is not right", http.StatusUnauthorized)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (r *receiver) newestFirst() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.Clone(r.kept)
	slices.Reverse(list)
	return append([]received{}, list...)
}

func (r *receiver) page(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	if err := receiverPage().Execute(w, r.newestFirst()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func receiverPage() *template.Template {
	return template.Must(template.New("receiver").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Demo webhook receiver</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3rem;text-align:left;vertical-align:top}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}</style>
<h1>Demo webhook receiver</h1>
<p>This stands for a studio's own server. It lists the last 100 deliveries, newest first; <a href="/_state">/_state</a> is the same as JSON.</p>
{{if .}}<table><tr><th>When<th>Event<th>Signature<th>Body</tr>
{{range .}}<tr><td>{{.At.Format "15:04:05"}}<td>{{.Type}}<br><small>{{.ID}}</small><td>{{if .Verified}}valid{{else}}not valid{{end}}{{if .Repeated}}, repeated{{end}}<td><pre>{{printf "%s" .Body}}</pre></tr>
{{end}}</table>{{else}}<p>Nothing yet. Enroll a student in the playground.</p>{{end}}
</html>`))
}

// hostOf returns host:port of an address; empty where it has none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if _, _, err := net.SplitHostPort(u.Host); err != nil {
		return ""
	}
	return u.Host
}
