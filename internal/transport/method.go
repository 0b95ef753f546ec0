package transport

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"
)

// Others refuses every method that no other transport takes. It stands last.
type Others struct{}

// Supports takes everything.
func (Others) Supports(*http.Request) bool { return true }

// Do answers 405 and names what is allowed.
func (Others) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	begin(w, r, exec, nil).refuse(refuseMethod)
}
