package graph

import (
	"context"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/subject"
)

// asked is whom an input names, in one of several ways.
type asked struct{ household, guardian, student, email *string }

// person reads whom an input names.
func (a asked) person() (p subject.Person, err error) {
	given := 0
	for _, way := range []struct {
		kind, field string
		id          *string
	}{{subject.Household, "householdId", a.household}, {subject.Guardian, "guardianId", a.guardian}, {subject.Student, "studentId", a.student}} {
		if way.id == nil {
			continue
		}
		given++
		p.Type = way.kind
		if p.ID, err = reference(way.kind, way.field, *way.id); err != nil {
			return p, err
		}
	}
	if a.email != nil {
		given++
		p.Email = *a.email
	}
	if given != 1 {
		return p, fault.User(fault.Required, []string{"input"}, "Name one person or family: give exactly one of householdId, guardianId, studentId and email.")
	}
	return p, nil
}

// ordered calls a verb for whom an input names.
func ordered[T any](ctx context.Context, a asked, verb func(context.Context, subject.Person) (*T, error)) (*T, error) {
	p, err := a.person()
	if err != nil {
		return nil, err
	}
	return verb(ctx, p)
}
