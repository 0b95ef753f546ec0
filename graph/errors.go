package graph

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
)

// explain turns an error of the layers below into what the caller may know of
// it. What it does not know stays as it is, and is shown as a request id alone.
func explain(err error) error {
	if err == nil || fault.From(err) != nil {
		return err
	}
	failure := store.FailureOf(err)
	if failure == nil {
		failure = &store.Failure{}
	}
	var network net.Error
	switch {
	case ent.IsNotFound(err):
		return fault.User(fault.NotFound, nil, "There is no such record.")
	case errors.Is(err, context.DeadlineExceeded), failure.Code == "57014":
		return &fault.Fault{Code: fault.Timeout, Message: "The request took too long and was stopped. Ask for less at a time.", Cause: err}
	case failure.Code == "BR001": // the database's own, see its walls
		return fault.User(fault.WrongState, nil, "The studio is closing: it can be read and exported until tenant.purgeAt, and changed no more.")
	case failure.Class() == "22":
		return &fault.Fault{Code: fault.BadUserInput, Message: "A value has a form that cannot be stored.", Cause: err}
	case failure.Code == "23505", failure.Code == "40001" || failure.Code == "40P01" || failure.Code == "55P03":
		return &fault.Fault{Code: fault.Unavailable, Message: "Others are changing the same records. Try again.", Cause: err}
	case errors.Is(err, driver.ErrBadConn), errors.As(err, &network), failure.Code == "25006", failure.Class() == "57" || failure.Class() == "53" || failure.Class() == "08":
		return &fault.Fault{Code: fault.Unavailable, Message: "The database is not reachable. Try again soon; with an Idempotency-Key nothing is done twice.", Cause: err}
	}
	return err
}
