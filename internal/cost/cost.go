// Package cost prices an operation in points before it runs, in time linear in
// its document, and reckons afterwards what its answer really cost.
//
// The price follows the rows that may be read:
//
//	scalar      0
//	object      1 + what is selected in it
//	list        size × (1 + what is selected in an element)
//	connection  1 + page size × what is selected in a row + the rest of it
//	totalCount  10, for it is a query of its own
//	mutation    10 + what is selected in its payload
//	__schema, __type  10 + the depth of what is selected
//
// @cost(weight:) in the SDL replaces the first number of a field; on a member
// of an input it is charged for each time that the member is given, for each
// item where that is a list. @listSize(assumed:) gives the size of a list that nothing else bounds. What
// @skip or @include leaves out costs nothing, and neither does a fragment that
// nothing spreads. No operation is cheaper than one point, and sums saturate
// at Max: a price is never negative, whatever the document says.
//
// Repeated fields are charged as often as they are written, although the
// executor merges them, and all fragments of a union are charged, although one
// applies: a price is an upper bound, and Plan refunds what was not delivered.
package cost

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/fault"
)

// Directives is the SDL of the two directives that the schema is priced by.
const Directives = `"What one value of the field costs, in points."
directive @cost(weight: Int!) on FIELD_DEFINITION | INPUT_FIELD_DEFINITION

"How many elements the list is priced for, where no argument says."
directive @listSize(assumed: Int!) on FIELD_DEFINITION
`

// Config holds the figures that the SDL does not. A field that is zero or
// negative takes the default named beside it.
type Config struct {
	Ceiling       int // points that one operation may cost; 1,000
	Page          int // rows of a connection without first or last; 25
	MaxPage       int // rows priced where the argument is no number at all; 250
	List          int // elements of a list of objects without @listSize; 10
	Count         int // totalCount of a connection; 10
	Mutation      int // a root field of a mutation; 10
	Introspection int // __schema or __type; 10
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		figure *int
		value  int
	}{
		{&c.Ceiling, 1000}, {&c.Page, 25}, {&c.MaxPage, 250}, {&c.List, 10},
		{&c.Count, 10}, {&c.Mutation, 10}, {&c.Introspection, 10},
	} {
		if *d.figure <= 0 {
			*d.figure = d.value
		}
	}
	return c
}

// Calculator prices operations against one schema. It is immutable and may be
// used by many goroutines.
type Calculator struct {
	config Config
	rules  *ruleBook
}

// New reads the weights of schema once; later changes to schema are not seen.
func New(schema *ast.Schema, config Config) *Calculator {
	config = config.withDefaults()
	return &Calculator{config: config, rules: newRuleBook(schema, config)}
}

// Within returns a Calculator with another ceiling, that of a plan, over the
// same weights. It is cheap enough to call for each request. A ceiling below
// one is the default.
func (c *Calculator) Within(ceiling int) *Calculator {
	config := c.config
	config.Ceiling = ceiling
	return &Calculator{config: config.withDefaults(), rules: c.rules}
}

// Ceiling is what one operation may cost at most, in points.
func (c *Calculator) Ceiling() int { return c.config.Ceiling }

// Operation returns what op costs, at least 1, or that and QUERY_TOO_EXPENSIVE
// where it is above the ceiling. Variables are the coerced ones, defaults
// filled in. It expects a valid document but does not depend on it: a field
// that the schema does not know is priced as an object.
func (c *Calculator) Operation(op *ast.OperationDefinition, fragments ast.FragmentDefinitionList, variables map[string]any) (int, error) {
	e := estimate{calculator: c, fragments: fragments, variables: variables}
	points := e.operation(op)
	return points, c.allow(points)
}

func (c *Calculator) allow(points int) error {
	if points <= c.config.Ceiling {
		return nil
	}
	figure := fmt.Sprint(points)
	if points == Max {
		figure = fmt.Sprintf("%d or more", Max)
	}
	return fault.New(fault.QueryTooExpensive,
		"The operation costs %s points; at most %d are allowed: ask for smaller pages, fewer lists inside lists or fewer fields.",
		figure, c.config.Ceiling)
}
