package viewer

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Scope is which rows a permission of a custom role reaches.
type Scope string

// The scopes, from the narrowest.
const (
	ScopeOwn       Scope = "own"       // of the person: themselves, and the classes they teach with who is in them
	ScopeHousehold Scope = "household" // of the person's household
	ScopeLocation  Scope = "location"  // of the places that the membership names
	ScopeAll       Scope = "all"
)

// Scopes lists every scope.
func Scopes() []Scope { return []Scope{ScopeOwn, ScopeHousehold, ScopeLocation, ScopeAll} }

// Custom is the custom role of a membership. It takes from the viewer's role
// what it does not name, and adds nothing.
type Custom struct {
	Permissions []string    // sorted: "student:read:location"
	Masks       []string    // sorted: "student.birthDate"
	Staff       uuid.UUID   // the person as staff, for ScopeOwn; may be zero
	Locations   []uuid.UUID // for ScopeLocation
}

// Scope returns which rows the role reaches with an action on a subject, as in
// Scope("student", "read"); ok is false where it reaches none. write stands
// for create, update and delete together.
func (c *Custom) Scope(subject, action string) (scope Scope, ok bool) {
	for _, permission := range c.Permissions {
		s, a, within, ok := Permission(permission)
		if ok && s == subject && (a == action || a == "write" && action != "read") {
			return within, true
		}
	}
	return "", false
}

// Permission takes a permission apart; ok is false where it is none.
func Permission(text string) (subject, action string, scope Scope, ok bool) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return "", "", "", false
	}
	return parts[0], parts[1], Scope(parts[2]), true
}

// Masked reports whether a field is kept from v, named as in
// Masked("student.birthDate").
func (v *Viewer) Masked(field string) bool {
	return v != nil && v.Custom != nil && slices.Contains(v.Custom.Masks, field)
}

// IsStaff reports whether v is of the operator's staff, inside a studio that
// has been opened for one reason and a limited time.
func (v *Viewer) IsStaff() bool { return v != nil && v.StaffAccessID != uuid.Nil }
