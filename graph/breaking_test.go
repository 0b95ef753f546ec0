package graph_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// breaking says what a client of the contract before meets in the one after
// that it cannot cope with.
func breaking(before, after *ast.Schema) (changes []string) {
	say := func(format string, args ...any) { changes = append(changes, fmt.Sprintf(format, args...)) }
	for name, old := range before.Types {
		now := after.Types[name]
		switch {
		case now == nil:
			say("%s is gone", name)
			continue
		case now.Kind != old.Kind:
			say("%s was %s and is %s", name, old.Kind, now.Kind)
			continue
		}
		input := old.Kind == ast.InputObject
		for _, f := range old.Fields {
			path := name + "." + f.Name
			g := now.Fields.ForName(f.Name)
			switch {
			case g == nil:
				say("%s is gone", path)
				continue
			case input && !accepts(g.Type, f.Type), !input && !accepts(f.Type, g.Type):
				say("%s was %s and is %s", path, f.Type, g.Type)
			}
			changes = append(changes, brokenArguments(path, f.Arguments, g.Arguments)...)
		}
		for _, g := range now.Fields {
			if input && old.Fields.ForName(g.Name) == nil && g.Type.NonNull && g.DefaultValue == nil {
				say("%s.%s is new and required", name, g.Name)
			}
		}
		for _, v := range old.EnumValues {
			if now.EnumValues.ForName(v.Name) == nil {
				say("%s.%s is gone", name, v.Name)
			}
		}
		for _, i := range old.Interfaces {
			if !slices.Contains(now.Interfaces, i) {
				say("%s is no %s any more", name, i)
			}
		}
		for _, member := range old.Types {
			if !slices.Contains(now.Types, member) {
				say("%s no longer holds %s", name, member)
			}
		}
	}
	slices.Sort(changes)
	return changes
}

func brokenArguments(path string, before, after ast.ArgumentDefinitionList) (changes []string) {
	for _, a := range before {
		b := after.ForName(a.Name)
		switch {
		case b == nil:
			changes = append(changes, fmt.Sprintf("%s(%s) is gone", path, a.Name))
		case !accepts(b.Type, a.Type):
			changes = append(changes, fmt.Sprintf("%s(%s) was %s and is %s", path, a.Name, a.Type, b.Type))
		case a.DefaultValue != nil && (b.DefaultValue == nil || a.DefaultValue.String() != b.DefaultValue.String()):
			changes = append(changes, fmt.Sprintf("%s(%s) has another default", path, a.Name))
		}
	}
	for _, b := range after {
		if before.ForName(b.Name) == nil && b.Type.NonNull && b.DefaultValue == nil {
			changes = append(changes, fmt.Sprintf("%s(%s) is new and required", path, b.Name))
		}
	}
	return changes
}

// accepts reports whether whoever expects one type can take every value of
// another.
func accepts(expected, given *ast.Type) bool {
	switch {
	case expected.NonNull && !given.NonNull, (expected.Elem == nil) != (given.Elem == nil):
		return false
	case expected.Elem != nil:
		return accepts(expected.Elem, given.Elem)
	}
	return expected.NamedType == given.NamedType
}

func TestBreaking(t *testing.T) {
	const base = `interface Node { id: ID! } type Query implements Node { id: ID! a(x: Int, y: Int = 1): String! list: [Int!] e: E }
		enum E { ONE TWO } input In { a: Int! b: Int } type Mutation { do(in: In): Int }`
	tests := []struct{ name, after, want string }{
		{"nothing", base, "[]"},
		{"more of everything", `interface Node { id: ID! } type Query implements Node { id: ID! a(x: Int, y: Int = 1, z: Int): String! list: [Int!]! e: E f: Int }
			enum E { ONE TWO THREE } input In { a: Int b: Int c: Int d: Int! = 1 } type Mutation { do(in: In): Int }`, "[]"},
		{"less", `interface Node { id: ID! } type Query { a(y: Int = 2): String list: [Int] e: E } enum E { ONE } input In { a: Int! } type Mutation { do(in: In!): Int }`,
			"[E.TWO is gone In.b is gone Mutation.do(in) was In and is In! Query is no Node any more Query.a was String! and is String Query.a(x) is gone Query.a(y) has another default Query.id is gone Query.list was [Int!] and is [Int]]"},
		{"required", `interface Node { id: ID! } type Query implements Node { id: ID! a(x: Int!, y: Int = 1, z: Int!): String! list: [Int!] e: E }
			enum E { ONE TWO } input In { a: Int! b: Int! c: Int! } type Mutation { do(in: In): Int }`,
			"[In.b was Int and is Int! In.c is new and required Query.a(x) was Int and is Int! Query.a(z) is new and required]"},
		{"another kind", `type Query { id: ID! a(x: Int, y: Int = 1): String! list: [Int!] e: Int } scalar E`,
			"[E was ENUM and is SCALAR In is gone Mutation is gone Node is gone Query is no Node any more Query.e was E and is Int]"},
	}
	for _, test := range tests {
		if got := fmt.Sprint(breaking(load(t, base), load(t, test.after))); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}
