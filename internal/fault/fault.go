// Package fault holds the kinds of error that a caller can meet, each with its
// public code. Everything else is Internal and shows a request id alone.
package fault

import (
	"errors"
	"fmt"
)

// Code is the documented, public name of an error.
type Code string

// Codes of top-level errors: what a developer or an operator can correct.
const (
	Unauthenticated       Code = "UNAUTHENTICATED"
	Forbidden             Code = "FORBIDDEN"
	SecondFactorRequired  Code = "SECOND_FACTOR_REQUIRED"
	StepUpRequired        Code = "STEP_UP_REQUIRED"
	BadRequest            Code = "BAD_REQUEST"
	ParseFailed           Code = "GRAPHQL_PARSE_FAILED"
	ValidationFailed      Code = "GRAPHQL_VALIDATION_FAILED"
	BadUserInput          Code = "BAD_USER_INPUT"
	InputTooLarge         Code = "INPUT_TOO_LARGE"
	QueryTooLarge         Code = "QUERY_TOO_LARGE"
	QueryTooDeep          Code = "QUERY_TOO_DEEP"
	QueryTooExpensive     Code = "QUERY_TOO_EXPENSIVE"
	FeatureDisabled       Code = "FEATURE_DISABLED"
	Throttled             Code = "THROTTLED"
	Busy                  Code = "CONCURRENCY_LIMITED"
	Timeout               Code = "TIMEOUT"
	IdempotencyMismatch   Code = "IDEMPOTENCY_KEY_REUSED"
	EpochChanged          Code = "EPOCH_CHANGED"
	PersistedQueryMissing Code = "PERSISTED_QUERY_NOT_FOUND"
	UntrustedDocument     Code = "DOCUMENT_NOT_TRUSTED"
	Unavailable           Code = "UNAVAILABLE"
	SensitiveNumber       Code = "SENSITIVE_NUMBER"
	KeyUnavailable        Code = "KEY_UNAVAILABLE"
	Internal              Code = "INTERNAL"
)

// Codes of user errors: what a person can correct.
const (
	NotFound        Code = "NOT_FOUND"
	Invalid         Code = "INVALID"
	Required        Code = "REQUIRED"
	Taken           Code = "TAKEN"
	InUse           Code = "IN_USE"
	VersionConflict Code = "VERSION_CONFLICT"
	ClassFull       Code = "CLASS_FULL"
	AlreadyEnrolled Code = "ALREADY_ENROLLED"
	NotEligible     Code = "NOT_ELIGIBLE"
	WrongState      Code = "WRONG_STATE"
	WeakPassword    Code = "WEAK_PASSWORD"
	SignInFailed    Code = "SIGN_IN_FAILED"
)

// Fault is an error that a caller may see. Message is a complete sentence that
// says what was wrong and what to do; it never holds SQL, a stack trace or
// another tenant's data.
type Fault struct {
	Code    Code
	Message string
	Field   []string // path into the input, for user errors
	User    bool     // a user error of a payload rather than a top-level error
	Cause   error    // for the log, never for the caller
}

func (f *Fault) Error() string {
	if f.Cause != nil {
		return fmt.Sprintf("%s: %s: %v", f.Code, f.Message, f.Cause)
	}
	return string(f.Code) + ": " + f.Message
}

func (f *Fault) Unwrap() error { return f.Cause }

// New returns a top-level fault.
func New(code Code, format string, args ...any) *Fault {
	return &Fault{Code: code, Message: fmt.Sprintf(format, args...)}
}

// User returns a fault that a person can correct; field is the path of the
// input that caused it and may be empty.
func User(code Code, field []string, format string, args ...any) *Fault {
	return &Fault{Code: code, Message: fmt.Sprintf(format, args...), Field: field, User: true}
}

// From returns the Fault in err's chain, or nil.
func From(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// CodeOf returns the public code of err; Internal for any error that is no Fault.
func CodeOf(err error) Code {
	if f := From(err); f != nil {
		return f.Code
	}
	return Internal
}
