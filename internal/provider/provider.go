// Package provider is what every third-party system looks like from inside:
// a pure plan of what an event means for it, the calls themselves, and a card
// that says which data it may receive. Nothing here knows the database; a
// provider sees a cut-down event and plain values, and no field about a
// student exists in them.
package provider

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/secret"
)

// Provider is one vendor. Its methods are safe for concurrent use.
type Provider interface {
	// Name is the vendor's key in the database, as "stripe".
	Name() string
	// Card says what the vendor is and receives; the public register of
	// sub-processors is made from it.
	Card() Card
	// Plan turns a change into operations without any I/O. An event that means
	// nothing to the vendor gives none.
	Plan(Change) ([]Operation, error)
	// Do makes the operation true at the vendor. Calling it again with the same
	// operation is harmless while Card.SafeRetry lasts. Its errors are *Error.
	Do(context.Context, Connection, Operation, Links) (Outcome, error)
	// Reconcile finds out what became of an operation whose outcome is unknown
	// or whose first attempt is older than Card.SafeRetry.
	Reconcile(context.Context, Connection, Operation, Links) (Outcome, error)
	// Verify authenticates what claims to come from the vendor: the signature
	// by any of the connection's secrets, and its time within five minutes of
	// now to both sides. The caller keeps Inbound.ID to refuse replays. The error
	// of an authentic message wraps ErrUnreadable.
	Verify(Connection, http.Header, []byte, time.Time) (Inbound, error)
	// Handle finds out what a verified message means. Where the message is a
	// hint, the vendor's API is asked about its Object; what the API says
	// counts. A message that means nothing to us gives no facts and no error:
	// vendors add types. Its errors are *Error.
	Handle(context.Context, Connection, Inbound) ([]Fact, error)
	// Check makes the smallest call that the credential is good for. Its errors
	// are *Error; one of class Auth says that the credential is refused.
	Check(context.Context, Connection) error
	// Erase has the vendor delete what it keeps of somebody, and returns its word
	// on each record that it was told of. Calling it again is harmless. Its errors
	// are *Error; what was confirmed before one is returned with it.
	Erase(context.Context, Connection, Erasure, Links) ([]Confirmation, error)
}

// Poller is a Provider that can also be asked what happened. It tells the same
// facts as Handle does, for messages that were lost or never sent.
type Poller interface {
	Provider
	// Poll returns what happened since a time, give or take; open are the
	// invoices at the vendor that nobody has paid as far as we know.
	Poll(ctx context.Context, c Connection, since time.Time, open []Subject) ([]Fact, error)
}

// Seldom is a Poller that must not be asked in every round, because its vendor
// counts what it answers.
type Seldom interface {
	Poller
	// PollEvery is how long after a poll the next one comes.
	PollEvery() time.Duration
}

// Config of every Provider. The zero value is right for production.
type Config struct {
	// Transport carries what the guard lets through; nil is Transport().
	Transport http.RoundTripper
	// Observe is told about every request, sent or blocked; nil for nobody.
	Observe func(context.Context, Report)
	// Timeout of one call; 0 is what suits the vendor.
	Timeout time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Filled returns c without zero values; timeout is the vendor's own.
func (c Config) Filled(timeout time.Duration) Config {
	if c.Transport == nil {
		c.Transport = Transport()
	}
	if c.Timeout <= 0 {
		c.Timeout = timeout
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Mode says which of the vendor's worlds a connection lives in.
type Mode string

// In Live mode only the vendor's own hosts are reached; Development adds a
// fake of the vendor on a loopback address.
const (
	Live        Mode = "LIVE"
	Development Mode = "DEVELOPMENT"
)

// Connection is one studio's, or the platform's, account at a vendor.
type Connection struct {
	BaseURL    string        // empty means the vendor's own
	Credential secret.String // in the form that the vendor's package describes
	Account    string        // the sub-account to act for; empty for none
	Mode       Mode          // empty means Live
	Secrets    []secret.String
	Hook       secret.String     // this server's address for the vendor's messages; empty where nobody knows it
	Options    map[string]string // what the vendor's package names
}

// Ref names an entity of ours. Type is the prefix of its public id.
type Ref struct {
	Type string
	ID   uuid.UUID
}

// Operation is one thing to make true at a vendor. It holds personal data:
// whoever stores one encrypts it, or stores the event and plans again, which
// gives the same operations.
type Operation struct {
	Provider string
	Name     string // "invoice.issue"
	Ordinal  int    // position within its event
	// Key is the same for every attempt and holds no personal data.
	Key string
	// Round counts how often Reconcile answered Missing. It enters the key of
	// each call, because a vendor replays even a stored failure to an old one.
	Round int
	// Entity is what is written; Lane is whose operations must be carried out
	// one after the other, in the order of their events.
	Entity, Lane Ref
	OccurredAt   time.Time
	Payload      json.RawMessage
}

// Links remembers which remote object stands for an entity of ours, within one
// tenant and connection.
type Links interface {
	// Lookup returns "" when there is no link.
	Lookup(context.Context, Ref) (remoteID string, err error)
	// Save must have been committed when it returns.
	Save(ctx context.Context, ref Ref, remoteID string) error
}

// State is what became of an operation.
type State string

const (
	// Done: the vendor has it.
	Done State = "DONE"
	// Skipped: there is nothing to do, and Outcome.Note says why.
	Skipped State = "SKIPPED"
	// Missing, of Reconcile alone: the vendor does not have all of it; raise
	// Round and Do it again.
	Missing State = "MISSING"
	// Unresolved, of Reconcile alone: the vendor cannot say, and doing it again
	// could do it twice; a person decides.
	Unresolved State = "UNRESOLVED"
)

// Outcome is the answer of Do and Reconcile.
type Outcome struct {
	State    State
	RemoteID string
	Note     string // for the delivery log; no personal data
	Facts    []Fact // what the vendor said with it, to be written down as if it had told so by itself
}

// Inbound is an authenticated message of a vendor. It is a hint: act on what
// the vendor's API says about Object, not on the message. It is kept, sealed,
// as JSON until it is handled.
type Inbound struct {
	ID         string // unique per connection; the key against replays
	Type       string // in the vendor's words
	Account    string // the sub-account it concerns, or ""
	Object     string // the remote id it concerns, or ""
	OccurredAt time.Time
	Body       json.RawMessage
}
