// Package fake holds stand-ins for the vendors: they keep state, insist on
// credentials, honor idempotency keys and fail when asked to. They serve
// development, where a person can look at "/" to see what was received, and
// tests, which read "/_state". They are no part of a production server and
// belong on a loopback address: what they show is not protected.
package fake

import (
	"bytes"
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	maxBody     = 1 << 20
	maxReceived = 500
)

// Received is one request, as the index page and "/_state" show it. It has no
// credential.
type Received struct {
	At      time.Time           `json:"at"`
	Method  string              `json:"method"`
	Path    string              `json:"path"`
	Key     string              `json:"idempotencyKey,omitempty"`
	Account string              `json:"account,omitempty"`
	Fields  map[string][]string `json:"fields,omitempty"` // of a form or query
	Body    json.RawMessage     `json:"body,omitempty"`   // of JSON
	Status  int                 `json:"status"`           // 0 when the connection was cut
}

// Failure makes requests fail on purpose.
type Failure struct {
	Method string // empty means any
	Path   string // prefix of the path
	Suffix string // of the path
	// Status to answer; 0 cuts the connection without an answer.
	Status     int
	RetryAfter string
	// After lets the request take effect first, so that the caller cannot know.
	After bool
	Times int // 0 means once
}

// desk is what all fakes have in common. Everything in it, and the state of
// the fake itself, is guarded by mu.
type desk struct {
	mu       sync.Mutex
	name     string
	now      func() time.Time
	received []Received
	failures []*Failure
	calling  string            // who makes the call under way
	owners   map[string]string // of records: who called for them
	hooks    map[string]Hook   // by who listens
	// What people can do there, besides what studios call for. The page shows
	// offers; act does one, without mu, and returns what is told of it, or nil
	// where nothing of the kind can be done. All are nil for nothing.
	offers func() []offer
	act    func(act, on string) *message
	sign   func(r *http.Request, secret string, body []byte)
	from   func(*http.Request) string // who calls
}

func newDesk(name string, now func() time.Time) *desk {
	if now == nil {
		now = time.Now
	}
	return &desk{name: name, now: now, owners: map[string]string{}, hooks: map[string]Hook{}}
}

// fail arranges a failure.
func (d *desk) fail(f Failure) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f.Times = max(f.Times, 1)
	d.failures = append(d.failures, &f)
}

// failure returns the next arranged failure for r, and uses it up.
func (d *desk) failure(r *http.Request) *Failure {
	for _, f := range d.failures {
		if f.Times > 0 && (f.Method == "" || f.Method == r.Method) &&
			strings.HasPrefix(r.URL.Path, f.Path) && strings.HasSuffix(r.URL.Path, f.Suffix) {
			f.Times--
			return f
		}
	}
	return nil
}

// answer is what a fake says.
type answer struct {
	status int
	body   any
	header map[string]string
}

// serve handles one request of the vendor's API under the lock: failures
// around handle, and the record of it.
func (d *desk) serve(w http.ResponseWriter, r *http.Request, record Received, handle func() answer, refuse func(int) answer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.from != nil {
		d.calling = d.from(r)
	}
	f := d.failure(r)
	var a answer
	if f == nil || f.After {
		a = handle()
	}
	if f != nil {
		a = refuse(f.Status)
		if a.header == nil {
			a.header = map[string]string{}
		}
		a.header["Retry-After"] = f.RetryAfter
	}
	record.At, record.Status = d.now(), a.status
	d.received = append(d.received, record)
	d.received = d.received[max(0, len(d.received)-maxReceived):]
	if a.status == 0 {
		panic(http.ErrAbortHandler)
	}
	write(w, a)
}

func write(w http.ResponseWriter, a answer) {
	for name, value := range a.header {
		if value != "" {
			w.Header().Set(name, value)
		}
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	json.NewEncoder(w).Encode(a.body)
}

// page serves "/" and "/_state" from state, and what is done by "/_act"; it
// reports whether r was one of them.
func (d *desk) page(w http.ResponseWriter, r *http.Request, state func() map[string]any) bool {
	if r.Method == http.MethodPost && r.URL.Path == "/_act" && d.act != nil {
		d.serveAct(w, r)
		return true
	}
	if r.Method != http.MethodGet || r.URL.Path != "/" && r.URL.Path != "/_state" {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	values := state()
	values["received"] = slices.Clone(d.received)
	if r.URL.Path == "/_state" {
		write(w, answer{status: http.StatusOK, body: values})
		return true
	}
	d.index(w, values)
	return true
}

type section struct {
	Name string
	Rows []string
}

func (d *desk) index(w http.ResponseWriter, values map[string]any) {
	view := struct {
		Name     string
		Sections []section
		Received []Received
		Offers   []offer
	}{Name: d.name}
	if d.offers != nil {
		view.Offers = d.offers()
	}
	for _, r := range slices.Backward(d.received) {
		view.Received = append(view.Received, r)
	}
	for name, value := range values {
		if rows, ok := value.([]any); ok {
			s := section{Name: name}
			for _, row := range rows {
				text, _ := json.MarshalIndent(row, "", "  ")
				s.Rows = append(s.Rows, string(text))
			}
			view.Sections = append(view.Sections, s)
		}
	}
	slices.SortFunc(view.Sections, func(a, b section) int { return strings.Compare(a.Name, b.Name) })
	var page bytes.Buffer
	if err := indexPage().Execute(&page, view); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.Write(page.Bytes())
}

func indexPage() *template.Template {
	return template.Must(template.New("index").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Fake {{.Name}}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3rem;text-align:left;vertical-align:top}
pre{background:#f5f5f5;padding:.5rem;overflow:auto}</style>
<h1>Fake {{.Name}} — for development</h1>
<p>Nothing here is real. This page lists what Barre sent, newest first; <a href="/_state">/_state</a> is the same as JSON.</p>
{{if .Offers}}<h2>As somebody who uses {{.Name}}</h2>
<p>What is done here is told to Barre's webhook, as the vendor would.</p>
{{range .Offers}}<form method="post" action="/_act"><input type="hidden" name="act" value="{{.Act}}"><input type="hidden" name="on" value="{{.On}}"><button>{{.Act}} {{.On}}</button></form>
{{end}}{{end}}<h2>Received</h2>
{{if .Received}}<table><tr><th>When<th>Request<th>Fields<th>Status</tr>
{{range .Received}}<tr><td>{{.At.Format "15:04:05"}}<td>{{.Method}} {{.Path}}<td>{{range $name, $values := .Fields}}{{$name}} = {{range $values}}{{.}} {{end}}<br>{{end}}{{printf "%s" .Body}}<td>{{.Status}}</tr>
{{end}}</table>{{else}}<p>Nothing yet.</p>{{end}}
{{range .Sections}}<h2>{{.Name}} ({{len .Rows}})</h2>{{range .Rows}}<pre>{{.}}</pre>{{end}}{{end}}
</html>`))
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "unreadable body", http.StatusBadRequest)
	}
	return body, err == nil
}
