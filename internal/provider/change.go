package provider

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/event"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/typeid"
)

// Event is what a provider may know of an event.Event: not its data, its
// actor, or the request behind it.
type Event struct {
	ID         uuid.UUID
	TenantID   uuid.UUID
	Type       string
	OccurredAt time.Time
}

// CutDown drops from e what no provider may see.
func CutDown(e event.Event) Event {
	return Event{ID: e.ID, TenantID: e.TenantID, Type: e.Type, OccurredAt: e.OccurredAt}
}

// Change is an event with the values that a provider may need to act on it, as
// they are now. What does not belong to the event is nil. Every field has a
// data class, by its documentation and by the cards that let it pass; there is
// none about a student.
type Change struct {
	Event      Event
	Studio     Studio
	Biller     string // the provider that collects the studio's new invoices; empty for none
	Household  *Household
	Invoice    *Invoice
	Refund     *Refund
	Enrollment *Enrollment
	Person     *Person // the guardian, invited person or owner whom the event concerns
	Invitation *Invitation
	Member     *Member
	Deal       *Deal
	Ticket     *Ticket
	Reply      *Reply
	Endpoint   *Endpoint
	// Lifted are the people whose address may be written to again.
	Lifted []Person
	// ResetMailer is the provider where members get a new password, and which
	// mails the link to it; empty where Invitation is the link.
	ResetMailer string
}

// OptionResetMail is the option of a provider where people sign in that makes it
// the ResetMailer, where it has the provider's name.
const OptionResetMail = "reset_mail"

// Studio is the tenant in the words that its families know.
type Studio struct {
	Name string
}

// Household is who pays.
type Household struct {
	ID         uuid.UUID
	Name       string
	Email      string
	Suppressed bool // nothing may be sent to Email
	Phone      string
	Address    Address
}

// Address is a billing address; Country is ISO 3166-1 alpha-2.
type Address struct {
	Line1, Line2, City, Region, PostalCode, Country string
}

// Person is an adult: a guardian, or a member of staff.
type Person struct {
	ID           uuid.UUID
	Kind         string // prefix of the public id: "guardian", "staff", "membership"
	FirstName    string
	LastName     string
	Email        string
	Suppressed   bool // nothing may be sent to Email
	Phone        string
	Locale       string // BCP 47
	Unsubscribed bool   // from everything that is not a system function
	CreatedAt    time.Time
}

// Invoice is a bill to a household. Lines add up to Total, in minor units of
// Currency (ISO 4217).
type Invoice struct {
	ID       uuid.UUID
	Number   string
	Biller   string // the provider that collects it; empty for none
	Currency string
	Total    int64
	DueOn    time.Time
	URL      string // where the household can see it
	Lines    []Line
}

// Line is one position of an invoice. It has no free text, because free text
// is where a student's name would slip in; Describe writes what a vendor shows.
type Line struct {
	ID     uuid.UUID
	Kind   LineKind
	Item   string // class, fee or discount as the studio's catalog names it
	Season string
	Amount int64 // minor units; negative for a credit
}

// LineKind is what a line is for.
type LineKind string

// The kinds of a line.
const (
	Tuition    LineKind = "TUITION"
	Fee        LineKind = "FEE"
	Discount   LineKind = "DISCOUNT"
	Credit     LineKind = "CREDIT"
	Adjustment LineKind = "ADJUSTMENT"
)

// Describe returns the line's text: its kind, item and season.
func (l Line) Describe() string {
	parts := []string{l.Kind.title()}
	for _, part := range []string{l.Item, l.Season} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " – ")
}

func (k LineKind) title() string {
	switch k {
	case Tuition:
		return "Tuition"
	case Fee:
		return "Fee"
	case Discount:
		return "Discount"
	case Credit:
		return "Credit"
	}
	return "Adjustment"
}

// Refund is money of a payment that a provider is to give back, without the
// studio's reason: a student's name may stand in it.
type Refund struct {
	ID       uuid.UUID
	Provider string // that took the payment
	Payment  string // its id of the payment, as in PaymentSucceeded
	Amount   int64  // minor units of Currency
	Currency string
}

// Enrollment is a seat in a class, without whose seat it is.
type Enrollment struct {
	ID       uuid.UUID
	Class    string
	Season   string
	StartsOn time.Time
}

// Invitation lets Person become a member. URL holds a token that signs in.
type Invitation struct {
	URL       secret.String
	ExpiresAt time.Time
}

// Member is a person's place at the studio.
type Member struct {
	ID         uuid.UUID
	Name       string
	Email      string
	Suppressed bool   // nothing may be sent to Email
	Role       string // OWNER, ADMIN, FRONT_DESK, TEACHER or GUARDIAN
}

// Endpoint is a webhook endpoint of the studio that is sent nothing any more.
type Endpoint struct {
	ID     uuid.UUID
	Reason string // in our words, never the receiver's
}

// Deal is a sale that the studio hopes for, without its title and the reason
// for which it was lost: a studio may have written a student's name there.
type Deal struct {
	ID       uuid.UUID
	Stage    string // in the studio's words
	Status   DealStatus
	Value    int64 // minor units of Currency
	Currency string
}

// Ticket is something that a family has asked the studio; Change.Person is the
// adult who asked.
type Ticket struct {
	ID      uuid.UUID
	Subject string
	Status  TicketStatus
}

// Reply is what one side has written in Change.Ticket. It is the one free text
// in a change: what a family writes to its studio's support, the vendor that
// carries the support receives word for word, and no other vendor at all.
type Reply struct {
	ID        uuid.UUID
	Author    Author
	Text      string
	Reference string // of a reply that a vendor told of; empty for one written here
	At        time.Time
}

// String returns the public id of the entity, which is opaque to a vendor.
func (r Ref) String() string { return typeid.Format(r.Type, r.ID) }
