package provider

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// ErrUnreadable is what Verify's error wraps for a message that is the vendor's
// own and says nothing that can be read. It is answered as if it had been: to
// send it again would not help.
var ErrUnreadable = errors.New("provider: the message is authentic and cannot be read")

// Class says what to do about a failed call.
type Class string

const (
	// Permanent: the vendor will never accept it; give up and tell someone.
	Permanent Class = "PERMANENT"
	// Auth: the credential is dead; pause the connection and tell the owner.
	Auth Class = "AUTH"
	// RateLimited: try again, not before Error.RetryAt.
	RateLimited Class = "RATE_LIMITED"
	// Transient: nothing happened at the vendor; try again.
	Transient Class = "TRANSIENT"
	// Unknown: it may or may not have happened; Reconcile before trying again.
	Unknown Class = "UNKNOWN"
)

// Error is a failed call. Its text holds the vendor's code and request id, and
// never what was sent or the vendor's message, which may repeat it.
type Error struct {
	Provider  string
	Class     Class
	RetryAt   time.Time // zero when the vendor did not say
	Status    int       // 0 when there was no answer
	Code      string    // in the vendor's words
	RequestID string    // for the vendor's support
	Cause     error     // nil when it could hold what was sent
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s: %s", e.Provider, e.Class)
	if e.Status != 0 {
		text += fmt.Sprintf(": status %d", e.Status)
	}
	if e.Code != "" {
		text += ": " + e.Code
	}
	if e.RequestID != "" {
		text += " (" + e.RequestID + ")"
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Cause }

// ClassOf returns the class of err, Unknown for an error that is no *Error:
// whoever cannot say what happened must not repeat it blindly.
func ClassOf(err error) Class {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Class
	}
	return Unknown
}

// TransportError classifies a call that got no answer. What failed before the
// connection stood is Transient; later, the vendor may have acted.
func TransportError(provider string, err error) *Error {
	class := Unknown
	var (
		operation *net.OpError
		name      *net.DNSError
	)
	switch {
	case errors.Is(err, ErrEgressBlocked):
		class = Permanent
	case errors.As(err, &name), errors.As(err, &operation) && operation.Op == "dial":
		class = Transient
	}
	return &Error{Provider: provider, Class: class, Cause: bare(err)}
}

// bare keeps of a transport error what cannot hold data: the URL of a request
// is part of the error's text otherwise.
func bare(err error) error {
	for _, known := range []error{ErrEgressBlocked, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known
		}
	}
	if operation := (*net.OpError)(nil); errors.As(err, &operation) {
		return operation
	}
	return errors.New("no answer")
}

// StatusClass is the class of an HTTP status where the vendor's own error code
// says nothing more. A 5xx may follow the effect that was asked for.
func StatusClass(status int) Class {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return Auth
	case status == http.StatusTooManyRequests:
		return RateLimited
	case status == http.StatusConflict || status == http.StatusTooEarly || status == http.StatusRequestTimeout:
		return Transient
	case status >= 500:
		return Unknown
	}
	return Permanent
}

// RetryAt reads a Retry-After header; the zero time means that there is none.
func RetryAt(header http.Header, now time.Time) time.Time {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil && seconds >= 0 {
		return now.Add(time.Duration(seconds) * time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return at
	}
	return time.Time{}
}
