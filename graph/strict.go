package graph

import (
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/fault"
)

// strict refuses variables that gqlparser would bend to fit: "10" is no Int
// and 7 is no String.
func strict(schema *ast.Schema, op *graphql.OperationContext) error {
	for _, declared := range op.Operation.VariableDefinitions {
		if value, given := op.Variables[declared.Variable]; given {
			if err := fits(schema, declared.Type, value, declared.Variable); err != nil {
				return err
			}
		}
	}
	return nil
}

func fits(schema *ast.Schema, t *ast.Type, value any, name string) error {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			if t.Elem == nil {
				break
			}
			if err := fits(schema, t.Elem, item, name); err != nil {
				return err
			}
		}
	case map[string]any:
		definition := schema.Types[t.Name()]
		for member, inner := range v {
			if field := definition.Fields.ForName(member); field != nil {
				if err := fits(schema, field.Type, inner, name); err != nil {
					return err
				}
			}
		}
	case string:
		if t.Name() == "Int" || t.Name() == "Float" {
			return fault.New(fault.ValidationFailed, "The variable $%s holds a text where a number belongs.", name)
		}
	case json.Number:
		if t.Name() == "String" {
			return fault.New(fault.ValidationFailed, "The variable $%s holds a number where a text belongs.", name)
		}
	}
	return nil
}
