package guard

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/fault"
)

// checkRepeats bounds how often one response key is selected at one place of
// the answer. The validator compares each such pair, so n repeats cost it
// n²/2 comparisons. The expanded operation is walked in full: its size has
// passed the limit on selections by now.
func (s *survey) checkRepeats(op *ast.OperationDefinition, t tally) error {
	if t.selections <= s.limits.Repeats {
		return nil
	}
	p := places{survey: s, at: make(map[step]int32, t.selections), met: make([]int, 1, t.selections+1)}
	if !p.set(op.SelectionSet, 0) {
		return tooMany(fault.QueryTooExpensive, "selections of one response key at one place", saturated, s.limits.Repeats,
			"select each field once")
	}
	return nil
}

// step leads from one place of the answer to another by a response key.
type step struct {
	from int32
	key  string
}

// places numbers the places of the answer and counts the fields that meet there.
type places struct {
	survey *survey
	at     map[step]int32
	met    []int
}

func (p *places) set(set ast.SelectionSet, from int32) bool {
	for _, selection := range set {
		p.survey.visits++
		ok := true
		switch selection := selection.(type) {
		case *ast.Field:
			ok = p.field(selection, from)
		case *ast.InlineFragment:
			ok = p.set(selection.SelectionSet, from)
		case *ast.FragmentSpread:
			ok = p.set(p.survey.fragments[selection.Name].definition.SelectionSet, from)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (p *places) field(f *ast.Field, from int32) bool {
	place, known := p.at[step{from, f.Alias}]
	if !known {
		place = int32(len(p.met))
		p.at[step{from, f.Alias}] = place
		p.met = append(p.met, 0)
	}
	p.met[place]++
	return p.met[place] <= p.survey.limits.Repeats && p.set(f.SelectionSet, place)
}
