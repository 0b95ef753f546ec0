package attack_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// trial is one operation in three forms: with what is the caller's own, with
// what is the neighbor's, and with what nobody has.
type trial struct {
	name     string
	document string
	// vars are the operation's with the ids and values of a studio.
	vars func(*studio) map[string]any
	// alike is set where the answer to the neighbor's must be that to nobody's.
	alike bool
	// works reports whether the answers to the caller's own and to nobody's show
	// that the operation does something; nil asks for an answer without errors.
	works func(own, never endpoint.Answer) bool
	// same is set where nothing is put in: there is one form alone.
	same bool
	// closed is why no answer can show that; a trial without it that works for
	// no principal is vacuous.
	closed string
}

// report is what a run of the suite found.
type report struct {
	trials, requests int
	worked           map[string]bool
	closed           map[string]bool
	findings         []string
}

func (r *report) find(format string, args ...any) {
	r.findings = append(r.findings, fmt.Sprintf(format, args...))
}

// run carries out trials as each principal of studio A.
func (w *world) run(t testing.TB, r *report, trials []trial, as ...string) {
	t.Helper()
	if r.worked == nil {
		r.worked, r.closed = map[string]bool{}, map[string]bool{}
	}
	for i := range trials {
		c := &trials[i]
		for _, principal := range as {
			r.trials++
			w.try(r, c, principal)
		}
		if c.closed != "" {
			r.closed[c.name] = true
		}
		r.worked[c.name] = r.worked[c.name] || false
	}
}

func (w *world) try(r *report, c *trial, principal string) {
	token := w.own.tokens[principal]
	hostile := w.ask(r, c, principal, token, w.neighbor)
	if c.same {
		if c.works == nil && clean(hostile) || c.works != nil && c.works(hostile, hostile) {
			r.worked[c.name] = true
		}
		return
	}
	own := w.ask(r, c, principal, token, w.own)
	never := w.ask(r, c, principal, token, w.never)
	if c.alike && !alike(hostile, never) {
		r.find("%s as %s: the neighbor's is told from nobody's:\n\t%.400s\n\t%.400s", c.name, principal, hostile.Body, never.Body)
	}
	works := c.works
	if works == nil {
		works = func(own, _ endpoint.Answer) bool { return clean(own) }
	}
	if works(own, never) {
		r.worked[c.name] = true
	}
}

// ask sends one form and looks for what is the neighbor's in the answer.
func (w *world) ask(r *report, c *trial, principal, token string, with *studio) endpoint.Answer {
	r.requests++
	answer := w.Do(token, c.document, c.vars(with))
	if leak := w.leaked(answer.Body); leak != "" {
		r.find("%s as %s with %s's: the answer holds %s: %.300s", c.name, principal, with.mark, leak, answer.Body)
	}
	// What is in beta is denied before anybody is asked who they are.
	if refused := code(answer); principal == "ANONYMOUS" && refused != "UNAUTHENTICATED" && refused != "FEATURE_DISABLED" {
		r.find("%s without a credential: %.300s", c.name, answer.Body)
	}
	if bytes.Contains(answer.Body, []byte(`"INTERNAL"`)) {
		r.find("%s as %s with %s's: internal error: %.300s\n\t%s", c.name, principal, with.mark, answer.Body, asJSON(c.vars(with)))
	}
	return answer
}

// vacuous names the trials that worked for no principal.
func (r *report) vacuous() []string {
	var names []string
	for name, worked := range r.worked {
		if !worked && !r.closed[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// check fails the test for everything that was found.
func (r *report) check(t *testing.T) {
	t.Helper()
	for i, finding := range r.findings {
		if i == 20 {
			t.Errorf("and %d more", len(r.findings)-i)
			break
		}
		t.Error(finding)
	}
	if names := r.vacuous(); len(names) > 0 {
		t.Errorf("%d trials are vacuous, as they work for nobody: %s", len(names), strings.Join(names[:min(60, len(names))], ", "))
	}
	t.Logf("%d trials, %d requests, %d operations", r.trials, r.requests, len(r.worked))
}

var (
	digits    = regexp.MustCompile(`[0-9a-hjkmnp-tv-z]{26}`)
	uuids     = regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`)
	encoded   = regexp.MustCompile(`[A-Za-z0-9_+/-]{24,}={0,2}`)
	internals = regexp.MustCompile(`pq:|ent: |SQLSTATE|sql:|relation \\?"|violates|msgpack|goroutine `)
	throttle  = regexp.MustCompile(`"throttleStatus":\{[^}]*\}`)
)

// leaked returns what of the neighbor's a text holds, also inside base64.
func (w *world) leaked(body []byte) string {
	if leak := w.plainly(body); leak != "" {
		return leak
	}
	if inside := internals.Find(body); inside != nil {
		return string(inside)
	}
	for _, text := range encoded.FindAll(body, -1) {
		text = bytes.TrimRight(text, "=")
		for _, code := range []*base64.Encoding{base64.RawURLEncoding, base64.RawStdEncoding} {
			plain, err := code.DecodeString(string(text))
			if err != nil {
				continue
			}
			if leak := w.plainly(plain); leak != "" {
				return leak
			}
		}
	}
	return ""
}

func (w *world) plainly(body []byte) string {
	if at := bytes.Index(bytes.ToLower(body), []byte("canary-b-")); at >= 0 {
		return string(body[at:min(len(body), at+40)])
	}
	for _, form := range []*regexp.Regexp{digits, uuids} {
		for _, id := range form.FindAll(body, -1) {
			if w.foreign[strings.ToLower(string(id))] {
				return string(id)
			}
		}
	}
	return ""
}

// alike compares two answers byte for byte, price included; only what is left
// of the caller's budget may differ.
func alike(a, b endpoint.Answer) bool {
	return a.Status == b.Status && bytes.Equal(throttle.ReplaceAll(a.Body, nil), throttle.ReplaceAll(b.Body, nil))
}

func clean(a endpoint.Answer) bool {
	return a.Status == 200 && !bytes.Contains(a.Body, []byte(`"errors"`))
}
