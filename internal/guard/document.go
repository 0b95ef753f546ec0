package guard

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/fault"
)

// Document refuses a parsed document that is too large, too deep or too
// repetitive to validate or to run, whether or not it is validated already.
// Beside the limits it refuses what makes measuring meaningless: circular,
// missing, unused and twice-defined fragments, @defer and @stream, a
// subscription with several root fields (all GRAPHQL_VALIDATION_FAILED). It
// knows no schema; what passes must still be validated.
func (g *Guard) Document(doc *ast.QueryDocument) error {
	return g.document(newSurvey(g.limits), doc)
}

func (g *Guard) document(s *survey, doc *ast.QueryDocument) error {
	if err := s.begin(doc); err != nil {
		return err
	}
	var selections, singles int // of all operations
	for _, op := range doc.Operations {
		t := s.operation(op)
		if s.fault != nil {
			return s.fault
		}
		selections, singles = plus(selections, t.selections), plus(singles, t.singles)
		t.selections, t.singles = selections, singles
		if err := g.checkOperation(op, t); err != nil {
			return err
		}
		if err := s.checkRepeats(op, t); err != nil {
			return err
		}
	}
	return s.unused(doc.Fragments)
}

func (s *survey) begin(doc *ast.QueryDocument) error {
	switch n, l := len(doc.Operations), s.limits; {
	case n == 0:
		return invalid("The document holds no operation; send a query, a mutation or a subscription.")
	case n > l.Operations:
		return tooMany(fault.QueryTooLarge, "operations in the document", n, l.Operations, "send only the one to run")
	case len(doc.Fragments) > l.Fragments:
		return tooMany(fault.QueryTooLarge, "fragments in the document", len(doc.Fragments), l.Fragments,
			"put their fields where they are spread")
	}
	for _, def := range doc.Fragments {
		if _, twice := s.fragments[def.Name]; twice {
			return invalid("The fragment %s is defined twice; give each its own name.", brief(def.Name))
		}
		s.fragments[def.Name] = &fragment{definition: def}
	}
	return nil
}

// unused refuses fragments that no operation reaches. The standard says so too;
// said here, nothing after the guard walks what the guard has not measured.
func (s *survey) unused(defs ast.FragmentDefinitionList) error {
	for _, def := range defs {
		if s.fragments[def.Name].state != unseen {
			continue
		}
		s.spread(def.Name) // finds a circle among unused fragments
		if s.fault != nil {
			return s.fault
		}
		return invalid("The fragment %s is never used; remove it.", brief(def.Name))
	}
	return nil
}

// checkOperation takes the tally of an operation, in which selections and
// sign-in fields are those of the operations before it too: validation visits
// a fragment once for each operation, and a guess is a guess in any of them.
func (g *Guard) checkOperation(op *ast.OperationDefinition, t tally) error {
	l := g.limits
	switch {
	case t.selections > l.Selections:
		return tooMany(fault.QueryTooLarge, "selections in the document, fragments expanded", t.selections, l.Selections,
			"ask for fewer fields or in several requests")
	case t.depth > l.Depth:
		return tooDeep("fields", t.depth, l.Depth)
	case t.nesting > l.Nesting:
		return tooDeep("selections", t.nesting, l.Nesting)
	case t.deepestChain > l.FragmentNesting:
		return tooDeep("fragments directly in one another", t.deepestChain, l.FragmentNesting)
	case t.directives > l.Directives:
		return tooMany(fault.QueryTooLarge, "directives in the operation, fragments expanded", t.directives, l.Directives,
			"leave out what is not needed instead of skipping it")
	case t.aliases > l.Aliases:
		return tooMany(fault.QueryTooExpensive, "aliases in the operation, fragments expanded", t.aliases, l.Aliases,
			"ask in several requests")
	case t.singles > 1:
		return invalid("There are %d sign-in fields in the document; at most 1 is allowed: send one request for each.", t.singles)
	}
	return g.checkRoots(op.Operation, t.roots)
}

func (g *Guard) checkRoots(kind ast.Operation, roots int) error {
	limit, what := g.limits.QueryFields, "root fields in the query"
	switch kind {
	case ast.Subscription:
		if roots > 1 {
			return invalid("There are %d root fields in the subscription; at most 1 is allowed: subscribe to each on its own.", roots)
		}
		return nil
	case ast.Mutation:
		limit, what = g.limits.MutationFields, "root fields in the mutation"
	}
	if roots > limit {
		return tooMany(fault.QueryTooExpensive, what, roots, limit, "send them in several requests")
	}
	return nil
}
