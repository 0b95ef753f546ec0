package promise

import (
	_ "embed"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/page"
)

//go:embed page.html
var shape string

// section is the promises of one section of a page, as they are shown.
type section struct {
	Title string
	Rows  []row
}

type row struct {
	ID, Quote, Feature string
	Mark, Word, Note   string
	Evidence           []proof
}

type proof struct {
	Name, Word string
	Figures    []string
}

// Page serves the register for people to read, as it is at that time.
func (c *Center) Page() (http.Handler, error) {
	p, err := page.New(shape)
	if err != nil {
		return nil, err
	}
	return p.Serve(func() any { return view(c.Report()) }), nil
}

func view(r *Report) map[string]any {
	var sections []section
	for _, f := range r.Findings {
		if len(sections) == 0 || sections[len(sections)-1].Title != f.Source {
			sections = append(sections, section{Title: f.Source})
		}
		last := &sections[len(sections)-1]
		last.Rows = append(last.Rows, rowOf(f))
	}
	return map[string]any{
		"Sections": sections, "Revision": r.Revision[:min(12, len(r.Revision))], "At": day(r.ProvenAt),
		"Proven": r.Count(Proven), "Unproven": r.Count(Unproven), "Stated": r.Count(Stated),
	}
}

func rowOf(f Finding) row {
	out := row{ID: f.ID, Quote: f.Quote, Feature: f.Feature, Mark: strings.ToLower(string(f.State)), Word: f.State.Words()}
	var notes []string
	switch {
	case f.State == Unproven:
		notes = append(notes, f.Reason)
	case f.State == Proven:
		notes = append(notes, "on "+day(f.LastProvenAt))
	}
	if f.Level&Attested != 0 {
		notes = append(notes, f.Statement.Words(f.State))
	}
	out.Note = strings.Join(notes, " ")
	for _, e := range f.Evidence {
		word := "not run"
		if !e.At.IsZero() {
			word = fmt.Sprintf("%s on %s", strings.ToLower(string(e.Result)), day(e.At))
		}
		out.Evidence = append(out.Evidence, proof{e.Name, word, e.Figures})
	}
	return out
}

// Words are how a state is said to people.
func (s State) Words() string {
	switch s {
	case Proven:
		return "Proven"
	case Stated:
		return "Stated, not proven"
	}
	return "Unproven"
}

// Words say who vouches for the part that depends on people.
func (s *Statement) Words(of State) string {
	subject := "Stated"
	if of != Stated {
		subject = "Its human part is stated, not proven:"
	}
	if s == nil {
		return subject + " by nobody yet."
	}
	text := fmt.Sprintf("%s by %s on %s, until %s", subject, s.Owner, day(s.Date), day(s.Until))
	if s.Document != "" {
		text += ": " + s.Document
	}
	return text + "."
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006")
}
