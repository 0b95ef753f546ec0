package promise_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/promise"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func passed(at time.Time) promise.Outcome { return promise.Outcome{Result: promise.Passed, At: at} }

func TestJudge(t *testing.T) {
	p := promise.Promise{ID: "X", Level: promise.Enforced, Proofs: []string{"a.TestOne", "a.TestTwo"}}
	record := func(one, two promise.Outcome) *promise.Record {
		r := &promise.Record{Revision: "abc", Proofs: map[string]promise.Outcome{}}
		r.Note("a.TestOne", one)
		r.Note("a.TestTwo", two)
		return r
	}
	old := noon.Add(-promise.Fresh - time.Second)
	for name, c := range map[string]struct {
		promise  promise.Promise
		record   *promise.Record
		revision string
		want     promise.State
		reason   string
		proven   time.Time
	}{
		"green":            {p, record(passed(noon), passed(noon.Add(-time.Hour))), "abc", promise.Proven, "", noon.Add(-time.Hour)},
		"in development":   {p, record(passed(noon), passed(noon)), "", promise.Proven, "", noon},
		"one red":          {p, record(passed(noon), promise.Outcome{Result: promise.Failed, At: noon}), "abc", promise.Unproven, "red", time.Time{}},
		"one skipped":      {p, record(passed(noon), promise.Outcome{Result: promise.Skipped, At: noon}), "abc", promise.Unproven, "red", time.Time{}},
		"one not run":      {p, record(passed(noon), promise.Outcome{}), "abc", promise.Unproven, "not been run", time.Time{}},
		"one too old":      {p, record(passed(noon), passed(old)), "abc", promise.Unproven, "too old", old},
		"another release":  {p, record(passed(noon), passed(noon)), "def", promise.Unproven, "another release", noon},
		"nothing recorded": {p, &promise.Record{}, "", promise.Unproven, "not been run", time.Time{}},
		"without proofs":   {promise.Promise{ID: "X", Level: promise.Enforced}, record(passed(noon), passed(noon)), "abc", promise.Unproven, "Nothing proves", time.Time{}},
		"only attested":    {promise.Promise{ID: "X", Level: promise.Attested}, record(passed(noon), passed(noon)), "abc", promise.Stated, "", time.Time{}},
	} {
		f := promise.Judge(c.promise, c.record, nil, c.revision, noon)
		if f.State != c.want || !strings.Contains(f.Reason, c.reason) || (c.reason == "") != (f.Reason == "") || !f.LastProvenAt.Equal(c.proven) {
			t.Errorf("%s: %s, %q, last proven %v; want %s, %q, %v", name, f.State, f.Reason, f.LastProvenAt, c.want, c.reason, c.proven)
		}
	}
}

// When something was last proven stays known while it is red.
func TestLastProven(t *testing.T) {
	r := &promise.Record{Proofs: map[string]promise.Outcome{}}
	r.Note("a.TestOne", passed(noon))
	r.Note("a.TestOne", promise.Outcome{Result: promise.Failed, At: noon.Add(time.Hour)})
	if o := r.Proofs["a.TestOne"]; o.Result != promise.Failed || !o.PassedAt.Equal(noon) {
		t.Errorf("%+v; want red now and green at noon", o)
	}
}

// What one release has proven, another one has not.
func TestBegin(t *testing.T) {
	r := &promise.Record{Revision: "abc", Proofs: map[string]promise.Outcome{}}
	r.Note("a.TestOne", passed(noon))
	if r.Begin("abc", noon.Add(time.Hour)); r.Proofs["a.TestOne"].Result != promise.Passed {
		t.Error("the same release has lost a proof")
	}
	r.Begin("def", noon.Add(time.Hour))
	p := promise.Promise{ID: "L1", Level: promise.Enforced, Proofs: []string{"a.TestOne"}}
	if f := promise.Judge(p, r, nil, "def", noon.Add(time.Hour)); f.State != promise.Unproven || !f.LastProvenAt.Equal(noon) {
		t.Errorf("%s, last proven %v; want unproven, and green at noon", f.State, f.LastProvenAt)
	}
}

func TestStatements(t *testing.T) {
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "statements.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const good = `{"promise": "L3", "owner": "Head of Security", "date": "2026-04-01T00:00:00Z", "until": "2027-04-01T00:00:00Z"}`
	found, err := promise.ReadStatements(write("[" + good + "]"))
	if err != nil || found["L3"].Owner != "Head of Security" {
		t.Fatalf("%v, %v", found, err)
	}
	p := promise.Promise{ID: "L3", Level: promise.Attested}
	if f := promise.Judge(p, &promise.Record{}, found, "", noon); f.Statement == nil {
		t.Error("a statement that holds is not shown")
	}
	if f := promise.Judge(p, &promise.Record{}, found, "", found["L3"].Until); f.Statement != nil {
		t.Error("a statement is shown after its end")
	}
	for text, want := range map[string]string{
		"{": "is no list of statements",
		strings.Replace("["+good+"]", "L3", "L999", 1):               `no promise "L999"`,
		strings.Replace("["+good+"]", "L3", "L27", 1):                "proven, not stated",
		strings.Replace("["+good+"]", "Head of Security", "", 1):     "needs an owner",
		strings.Replace("["+good+"]", "2027-04-01", "2026-04-01", 1): "later end",
		"[" + good + "," + good + "]":                                "stated twice",
	} {
		if _, err := promise.ReadStatements(write(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", text, err, want)
		}
	}
}

// provable is the first promise that has proofs.
func provable(t *testing.T) promise.Promise {
	t.Helper()
	all := promise.All()
	return all[slices.IndexFunc(all, func(p promise.Promise) bool { return len(p.Proofs) > 0 })]
}

func TestCenterFollowsItsRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "proofs.json")
	c, err := promise.NewCenter(promise.Config{Proofs: path, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	if n := c.Report().Count(promise.Proven); n != 0 {
		t.Fatalf("%d promises are proven without a record", n)
	}
	p, r := provable(t), &promise.Record{At: noon, Proofs: map[string]promise.Outcome{}}
	for _, name := range p.Proofs {
		r.Note(name, passed(noon))
	}
	if err := r.Write(path); err != nil {
		t.Fatal(err)
	}
	report := c.Report()
	for _, f := range report.Findings {
		if (f.ID == p.ID) != (f.State == promise.Proven) && !subset(f.Proofs, p.Proofs) {
			t.Errorf("%s is %s after the proofs of %s alone", f.ID, f.State, p.ID)
		}
	}
	if all := len(report.Findings); report.Count(promise.Proven)+report.Count(promise.Unproven)+report.Count(promise.Stated) != all {
		t.Errorf("some of %d findings have no state", all)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, noon, noon); err != nil {
		t.Fatal(err)
	}
	if n := c.Report().Count(promise.Proven); n != 0 {
		t.Errorf("%d promises are proven by a record that cannot be read", n)
	}
}

// subset reports whether all of some are among others, and there are any.
func subset(some, others []string) bool {
	return len(some) > 0 && !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(others, s) })
}

// The page says of each promise what the report says.
func TestPage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "proofs.json")
	p, r := provable(t), &promise.Record{At: noon, Proofs: map[string]promise.Outcome{}}
	for _, name := range p.Proofs {
		r.Note(name, promise.Outcome{Result: promise.Passed, At: noon, Figures: []string{"42 of 42"}})
	}
	if err := r.Write(path); err != nil {
		t.Fatal(err)
	}
	c, err := promise.NewCenter(promise.Config{Proofs: path, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.Page()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/trust", nil))
	for _, f := range c.Report().Findings {
		_, cells, found := strings.Cut(w.Body.String(), `<tr id="`+f.ID+`">`)
		cells, _, _ = strings.Cut(cells, "</tr>")
		if !found || !strings.Contains(cells, "<b>"+f.State.Words()+"</b>") {
			t.Errorf("the page does not say that %s is %s", f.ID, f.State)
		}
		if f.ID == p.ID && (!strings.Contains(cells, "42 of 42") || !strings.Contains(cells, "1 May 2026")) {
			t.Errorf("the row of %s has neither its figure nor its day: %s", f.ID, cells)
		}
	}
	if w.Header().Get("Content-Security-Policy") == "" {
		t.Error("the page has no policy")
	}
}
