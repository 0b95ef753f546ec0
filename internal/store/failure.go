package store

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"
)

// Failure is what Postgres refused, whichever pool asked.
type Failure struct {
	Code       string // SQLSTATE
	Constraint string // that would have been broken; empty for none
	Table      string
	Column     string
	Detail     string // holds values; nobody may be shown it
}

// FailureOf finds what Postgres refused behind err; nil where it was not asked
// or did not answer.
func FailureOf(err error) *Failure {
	var request *pgconn.PgError
	if errors.As(err, &request) {
		return &Failure{request.Code, request.ConstraintName, request.TableName, request.ColumnName, request.Detail}
	}
	var system *pq.Error
	if errors.As(err, &system) {
		return &Failure{string(system.Code), system.Constraint, system.Table, system.Column, system.Detail}
	}
	return nil
}

// Class is the first two characters of the code, which name the kind of failure.
func (f Failure) Class() string { return f.Code[:min(2, len(f.Code))] }

// Breaks reports whether err says that the constraint would have been broken.
func Breaks(err error, constraint string) bool {
	f := FailureOf(err)
	return f != nil && f.Constraint == constraint
}
