package guard

import "github.com/vektah/gqlparser/v2/ast"

// Visits is how many selections Document looks at in doc, verdict aside.
func Visits(limits Limits, doc *ast.QueryDocument) int {
	g := New(limits)
	s := newSurvey(g.limits)
	_ = g.document(s, doc)
	return s.visits
}
