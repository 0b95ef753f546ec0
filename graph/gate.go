package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/introspection"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/fault"
)

// Features answers whether the viewer of a context may use a feature.
type Features interface {
	Enabled(ctx context.Context, name string) (bool, error)
}

// gates keeps fields that carry @gated from whom their feature is not there for.
type gates struct {
	features Features                                       // nil keeps them from everybody
	fields   map[string]string                              // the feature of each gated field, by Type.field
	known    *lru.Cache[*ast.OperationDefinition, []string] // the features that a document needs
}

// newGates learns which fields are gated.
func newGates(schema *ast.Schema, features Features) *gates {
	known, _ := lru.New[*ast.OperationDefinition, []string](documentsKnown)
	g := &gates{features: features, fields: map[string]string{}, known: known}
	for _, t := range schema.Types {
		for _, f := range t.Fields {
			if name := gateOf(f); name != "" {
				g.fields[t.Name+"."+f.Name] = name
			}
		}
	}
	return g
}

// gateOf is the feature that a field belongs to; empty where it belongs to none.
func gateOf(f *ast.FieldDefinition) string {
	if d := f.Directives.ForName("gated"); d != nil {
		return d.Arguments.ForName("feature").Value.Raw
	}
	return ""
}

// pass refuses an operation with a field whose feature is not there for the viewer.
func (g *gates) pass(ctx context.Context, op *ast.OperationDefinition) error {
	if len(g.fields) == 0 {
		return nil
	}
	needed, known := g.known.Get(op)
	if !known {
		needed = needs(op.SelectionSet, map[string]bool{}, nil)
		g.known.Add(op, needed)
	}
	for _, name := range needed {
		switch enabled, err := g.enabled(ctx, name); {
		case err != nil:
			return explain(err)
		case !enabled:
			return fault.New(fault.FeatureDisabled, "The operation uses the feature %s, which is not enabled for this studio. features lists what there is; optIntoFeature joins a public beta.", name)
		}
	}
	return nil
}

func (g *gates) enabled(ctx context.Context, name string) (bool, error) {
	if g.features == nil {
		return false, nil
	}
	return g.features.Enabled(ctx, name)
}

// needs adds the features of all fields of a selection to list.
func needs(set ast.SelectionSet, spread map[string]bool, list []string) []string {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if s.Definition != nil {
				if name := gateOf(s.Definition); name != "" && !slices.Contains(list, name) {
					list = append(list, name)
				}
			}
			list = needs(s.SelectionSet, spread, list)
		case *ast.InlineFragment:
			list = needs(s.SelectionSet, spread, list)
		case *ast.FragmentSpread:
			if s.Definition != nil && !spread[s.Name] {
				spread[s.Name] = true
				list = needs(s.Definition.SelectionSet, spread, list)
			}
		}
	}
	return list
}

// unseen takes out of an introspected type the fields whose feature is not
// there for the viewer.
func (g *gates) unseen(ctx context.Context, fc *graphql.FieldContext, result any) (any, error) {
	fields, ok := result.([]introspection.Field)
	if !ok || len(g.fields) == 0 || fc.Parent == nil {
		return result, nil
	}
	t, ok := fc.Parent.Result.(*introspection.Type)
	if !ok || t.Name() == nil {
		return result, nil
	}
	kept := make([]introspection.Field, 0, len(fields))
	for _, f := range fields {
		name, gated := g.fields[*t.Name()+"."+f.Name]
		if gated {
			enabled, err := g.enabled(ctx, name)
			if err != nil {
				return nil, explain(err)
			}
			if !enabled {
				continue
			}
		}
		kept = append(kept, f)
	}
	return kept, nil
}
