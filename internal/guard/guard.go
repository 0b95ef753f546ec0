// Package guard refuses GraphQL requests that would cost more to look at than
// their sender may spend. It runs before validation, because the validator
// compares fields pair by pair, and again on the coerced input, because
// variables are outside every limit on the document.
//
// All its work is linear in the size of what it is given: fragments are
// measured once, sums saturate, and a walk over values stops at its limit.
// The order at the door is Text and parse (or Parse, which is both and
// Document), then Document, validation, Variables, coercion, Input, cost.
//
// A verdict on a document depends on its text alone, so a text that Parse let
// through need not be parsed again while a cache of documents holds it.
package guard

import (
	"errors"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/barrehq/barre/internal/fault"
)

// Guard holds the limits of one plan. It keeps nothing between calls and may
// be used by many goroutines.
type Guard struct {
	limits Limits
}

// New returns a Guard with the given limits.
func New(limits Limits) *Guard {
	return &Guard{limits: limits.withDefaults()}
}

// Limits returns the limits in force, defaults filled in, for documentation
// and for the error texts of others.
func (g *Guard) Limits() Limits { return g.limits }

// Tokens is the figure for the executor's SetParserTokenLimit.
func (g *Guard) Tokens() int { return g.limits.Tokens }

// Text refuses a document by its length (QUERY_TOO_LARGE) or for bytes that
// are not UTF-8 (GRAPHQL_PARSE_FAILED), without reading its grammar.
func (g *Guard) Text(query string) error {
	if len(query) > g.limits.Bytes {
		return tooMany(fault.QueryTooLarge, "bytes in the document", len(query), g.limits.Bytes,
			"send a shorter one, and values as variables")
	}
	if !utf8.ValidString(query) {
		return fault.New(fault.ParseFailed, "The document is not valid UTF-8; send it as UTF-8.")
	}
	return nil
}

// Parse is Text, the parser under the token limit, and Document. The returned
// document is not validated. A text that does not parse is answered with the
// place alone, never with a piece of the text: that may hold a password.
func (g *Guard) Parse(query string) (*ast.QueryDocument, error) {
	if err := g.Text(query); err != nil {
		return nil, err
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, g.limits.Tokens)
	if err != nil {
		return nil, g.unparsed(query, err)
	}
	if err := g.Document(doc); err != nil {
		return nil, err
	}
	return doc, nil
}

func (g *Guard) unparsed(query string, err error) error {
	if moreTokens(query, g.limits.Tokens) {
		return tooMany(fault.QueryTooLarge, "tokens in the document", saturated, g.limits.Tokens,
			"ask for fewer fields, and send values as variables")
	}
	var at *gqlerror.Error
	if errors.As(err, &at) && len(at.Locations) > 0 {
		place := at.Locations[0]
		return fault.New(fault.ParseFailed,
			"The document does not parse at line %d, column %d; correct it there.", place.Line, place.Column)
	}
	return fault.New(fault.ParseFailed, "The document does not parse; correct its syntax.")
}

// moreTokens counts as the parser does: comments are tokens, the end is none.
func moreTokens(query string, limit int) bool {
	tokens := lexer.New(&ast.Source{Input: query})
	for n := 0; n <= limit; n++ {
		token, err := tokens.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return false
		}
	}
	return true
}
