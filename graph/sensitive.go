package graph

import (
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/detector"
	"github.com/barrehq/barre/internal/fault"
)

// writable refuses a mutation whose input holds a number that must not be
// written down, wherever in the input it stands. It runs before anything else
// does, so that the number reaches no table and no log.
func writable(op *graphql.OperationContext) error {
	if op.Operation.Operation != ast.Mutation {
		return nil
	}
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Mutation"}) {
		for _, argument := range field.Arguments {
			value, err := argument.Value.Value(op.Variables)
			if err != nil {
				return nil // a wrong form, which is refused in its place
			}
			if kind, at, found := detector.Input(value, argument.Name); found {
				f := fault.New(fault.SensitiveNumber, "Barre does not keep %s numbers, and there seems to be one in %s. Take it out and try again.", kind, strings.Join(at, "."))
				f.Field = at
				return f
			}
		}
	}
	return nil
}
