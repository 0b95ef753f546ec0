package attack_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// work is what the database is asked to do.
type work struct {
	mu    sync.Mutex
	texts []string
}

func (w *work) count(text string) {
	// What is known of credentials and domains is asked again after a while.
	if strings.Contains(text, "FROM auth_sessions s") || strings.Contains(text, "UPDATE auth_sessions SET last_seen_at") || strings.Contains(text, "FROM custom_domains d") {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts = append(w.texts, text)
}

// of returns the statements of what is done meanwhile.
func (w *work) of(fn func()) []string {
	w.mu.Lock()
	w.texts = nil
	w.mu.Unlock()
	fn()
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.texts)
}

// TestNeighborTakesTheSameWork asks for the neighbor's and for what nobody has,
// and wants the same statements in the same order: then there is no time that
// could tell the two apart, whatever machine measures it.
func TestNeighborTakesTheSameWork(t *testing.T) {
	t.Parallel()
	asked := &work{}
	w := newWorld(t, endpoint.Config{Now: func() time.Time { return began }}, func(c *store.Config) { c.Count = asked.count })
	w.bury(t)
	r, compared := &report{}, 0
	differs := func(name string, hostile, never []string) {
		compared++
		if !slices.Equal(hostile, never) {
			t.Errorf("%s: the neighbor's takes other work than nobody's:\n\t%s\n\t%s", name, strings.Join(hostile, "\n\t\t"), strings.Join(never, "\n\t\t"))
		}
	}
	for _, trials := range [][]trial{w.roots(r), w.edges()} {
		for _, c := range trials {
			if !c.alike {
				continue
			}
			token := w.own.tokens["OWNER"]
			w.ask(r, &c, "OWNER", token, w.never) // compiles it
			differs(c.name,
				asked.of(func() { w.ask(r, &c, "OWNER", token, w.neighbor) }),
				asked.of(func() { w.ask(r, &c, "OWNER", token, w.never) }))
		}
	}
	for _, c := range w.changes(r) {
		for _, l := range c.leaves {
			hostile, never := put(c.make(t), l.path, w.target(t, c, l)), put(c.make(t), l.path, w.never.typed(l.entity))
			w.send(r, c, "OWNER", never) // that it was refused is written down once
			differs(c.field.Name+" "+l.String(),
				asked.of(func() { w.send(r, c, "OWNER", hostile) }), asked.of(func() { w.send(r, c, "OWNER", never) }))
		}
	}
	for _, finding := range r.findings {
		t.Error(finding)
	}
	if compared < 200 {
		t.Errorf("only %d pairs were compared", compared)
	}
}
