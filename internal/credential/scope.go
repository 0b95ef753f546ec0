package credential

import (
	"slices"
	"strconv"
	"strings"

	"github.com/barrehq/barre/internal/fault"
)

// ParseScopes returns scopes sorted and without repetition: what a secret key
// may do. A scope is "*", "*:read", "<subject>:read" or "<subject>:write" with
// one of the given subjects. A user error names the first that is none of
// these, and no scope at all allows nothing.
func ParseScopes(scopes, subjects []string) ([]string, error) {
	for i, scope := range scopes {
		if !isScope(scope, subjects) {
			return nil, fault.User(fault.Invalid, []string{"scopes", strconv.Itoa(i)},
				`A scope is "*", "*:read", or a subject with ":read" or ":write", such as "student:read".`)
		}
	}
	sorted := slices.Clone(scopes)
	slices.Sort(sorted)
	return slices.Compact(sorted), nil
}

func isScope(scope string, subjects []string) bool {
	if scope == "*" || scope == "*:read" {
		return true
	}
	subject, action, _ := strings.Cut(scope, ":")
	return (action == "read" || action == "write") && slices.Contains(subjects, subject)
}
