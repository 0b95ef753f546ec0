// Package graph is the GraphQL face: it reads the input, calls one verb and
// maps the answer. It decides nothing.
package graph

import (
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/query"
	"github.com/barrehq/barre/internal/store"
)

// Resolver is what resolvers may use.
type Resolver struct {
	Store      *store.Store
	Reader     *query.Reader
	Operations *operation.Operations
}
