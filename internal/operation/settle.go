package operation

import (
	"errors"
	"strings"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
)

// settle sorts what a verb returned into the record, what a person can correct
// and what only a developer or an operator can.
func settle(row ent.Row, entity *catalog.Entity, err error) (ent.Row, []*fault.Fault, error) {
	if err == nil {
		return row, nil, nil
	}
	if f := Translate(entity, err); f != nil {
		if f.User {
			return nil, []*fault.Fault{f}, nil
		}
		return nil, nil, f
	}
	return nil, nil, err
}

// SQLSTATE classes that a caller's input can cause.
const (
	uniqueViolation     = "23505"
	foreignKeyViolation = "23503"
	checkViolation      = "23514"
)

// Translate returns the fault that an error of ent or Postgres means to the
// caller of a change to entity; nil where it is nobody's business.
func Translate(entity *catalog.Entity, err error) *fault.Fault {
	if f := fault.From(err); f != nil {
		return f
	}
	if ent.IsNotFound(err) {
		return fault.From(notFound("id"))
	}
	var validation *ent.ValidationError
	if errors.As(err, &validation) {
		return fault.From(invalid(fieldOf(entity, validation.Name), problem(validation)))
	}
	failure := store.FailureOf(err)
	if failure == nil {
		return nil
	}
	field := fieldOf(entity, keyColumn(failure.Detail))
	switch failure.Code {
	case uniqueViolation:
		if entity.ByColumn(field.Column) == nil { // Postgres keeps to itself what its walls may hide
			return fault.User(fault.Taken, []string{"input"}, "Another record already has one of these values.")
		}
		return fault.User(fault.Taken, []string{"input", field.Name}, "Another record already has this %s.", field.Name)
	case foreignKeyViolation:
		return fault.From(notFound(field.Name))
	case checkViolation:
		return fault.User(fault.Invalid, []string{"input"}, "The values do not fit together.")
	}
	return nil
}

// problem is what ent's validator found, without the names of our types.
func problem(v *ent.ValidationError) string {
	inner := errors.Unwrap(v)
	if inner == nil || strings.Contains(inner.Error(), "ent") {
		return "is not acceptable"
	}
	return "is not acceptable: " + inner.Error()
}

// keyColumn reads the last column out of Key (tenant_id, name)=(…) …; the
// values stay where they are.
func keyColumn(detail string) string {
	columns, _, found := strings.Cut(strings.TrimPrefix(detail, "Key ("), ")=")
	if !found {
		return ""
	}
	names := strings.Split(columns, ", ")
	return names[len(names)-1]
}

func fieldOf(entity *catalog.Entity, column string) *catalog.Field {
	if field := entity.ByColumn(column); field != nil {
		return field
	}
	return &catalog.Field{Name: "input"}
}
