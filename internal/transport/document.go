package transport

import (
	"cmp"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Estimated bytes of memory that the parser and the validator leave behind.
// TestDocumentCacheMemory holds them against the heap.
const (
	documentBytes  = 800
	selectionBytes = 240
	argumentBytes  = 150
	valueBytes     = 150
	variableBytes  = 400
	directiveBytes = 250
)

// NewDocumentCache returns a cache of parsed, validated documents for gqlgen,
// bounded by the memory they hold (32 MiB when bytes is zero): text alone
// would be no bound, as a document of short names takes over a hundred times
// its length. The key is the text itself.
func NewDocumentCache(bytes int64) graphql.Cache[*ast.QueryDocument] {
	bytes = cmp.Or(bytes, 32<<20)
	return newCache(bytes, bytes/8, weighDocument)
}

func weighDocument(text string, doc *ast.QueryDocument) int64 {
	n := int64(documentBytes + len(text))
	for _, op := range doc.Operations {
		n += weighSelections(op.SelectionSet) + weighDirectives(op.Directives)
		n += int64(len(op.VariableDefinitions)) * variableBytes
		for _, v := range op.VariableDefinitions {
			n += weighValue(v.DefaultValue) + weighDirectives(v.Directives)
		}
	}
	for _, f := range doc.Fragments {
		n += selectionBytes + weighSelections(f.SelectionSet) + weighDirectives(f.Directives)
	}
	return n
}

func weighSelections(set ast.SelectionSet) (n int64) {
	for _, selection := range set {
		n += selectionBytes
		switch s := selection.(type) {
		case *ast.Field:
			n += weighArguments(s.Arguments) + weighDirectives(s.Directives) + weighSelections(s.SelectionSet)
		case *ast.InlineFragment:
			n += weighDirectives(s.Directives) + weighSelections(s.SelectionSet)
		case *ast.FragmentSpread:
			n += weighDirectives(s.Directives)
		}
	}
	return n
}

func weighDirectives(list ast.DirectiveList) (n int64) {
	for _, d := range list {
		n += directiveBytes + weighArguments(d.Arguments)
	}
	return n
}

func weighArguments(list ast.ArgumentList) (n int64) {
	for _, a := range list {
		n += argumentBytes + weighValue(a.Value)
	}
	return n
}

func weighValue(v *ast.Value) int64 {
	if v == nil {
		return 0
	}
	n := int64(valueBytes)
	for _, child := range v.Children {
		n += argumentBytes + weighValue(child.Value)
	}
	return n
}
