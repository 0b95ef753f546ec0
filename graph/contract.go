package graph

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// PublicSDL is the contract as clients read it.
func PublicSDL(schema *ast.Schema) string {
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(schema)
	return b.String()
}

// Without returns a schema that lacks the fields of the features for which drop
// is true: what is shown to everybody must not tell of a private beta.
func Without(schema *ast.Schema, drop func(feature string) bool) *ast.Schema {
	shown := *schema
	shown.Types = make(map[string]*ast.Definition, len(schema.Types))
	for name, t := range schema.Types {
		if kept := slices.DeleteFunc(slices.Clone(t.Fields), func(f *ast.FieldDefinition) bool {
			gate := gateOf(f)
			return gate != "" && drop(gate)
		}); len(kept) < len(t.Fields) {
			copied := *t
			copied.Fields = kept
			t = &copied
		}
		shown.Types[name] = t
	}
	root := func(t *ast.Definition) *ast.Definition {
		if t == nil {
			return nil
		}
		return shown.Types[t.Name]
	}
	shown.Query, shown.Mutation, shown.Subscription = root(schema.Query), root(schema.Mutation), root(schema.Subscription)
	return &shown
}
