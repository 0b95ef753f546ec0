package provider

import (
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/typeid"
)

// Fact is something that a vendor holds to be true: one of the types below,
// and nil is none. The same fact is told more than once, by a message and by
// asking, late and out of order. It is applied once, because it has a
// Reference, or because it says how things are now and not what changed.
type Fact interface{ About() Subject }

// Subject is the record of ours that a fact concerns. The vendor's word alone
// names no record: one that is linked to another remote object is not meant.
type Subject struct {
	// Ref is the reference that the vendor keeps for us. Where it keeps none,
	// only its Type is set, and RemoteID finds the record through the links.
	Ref      Ref
	RemoteID string // the vendor's id of what stands for the record
}

// About returns the subject itself; every fact embeds one.
func (s Subject) About() Subject { return s }

// ParseRef reads a reference that a vendor kept for us. Anything but the id of
// a record of the given type gives the type alone.
func ParseRef(kind, text string) Ref {
	prefix, id, err := typeid.Parse(text)
	if err != nil || prefix != kind {
		return Ref{Type: kind, ID: uuid.Nil}
	}
	return Ref{Type: kind, ID: id}
}

// PaymentSucceeded says that money came in for an invoice of ours.
type PaymentSucceeded struct {
	Subject
	Reference string // the vendor's id of the payment
	Amount    int64  // minor units of Currency
	Currency  string // ISO 4217, upper case
	// Whole says, in place of Amount and Currency, that the invoice's total was
	// paid: all that a vendor tells of some pages.
	Whole  bool
	Method PaymentMethod
	At     time.Time
}

// PaymentMethod is how a vendor was paid.
type PaymentMethod string

// The ways to pay a vendor. ByCard stands for every wallet as well.
const (
	ByCard     PaymentMethod = "CARD"
	ByTransfer PaymentMethod = "TRANSFER"
)

// PaymentPage says where a household can pay an invoice of ours.
type PaymentPage struct {
	Subject
	URL string
}

// PaymentFailed says that an attempt to pay an invoice of ours failed; it stays
// open.
type PaymentFailed struct {
	Subject
	Code string // in the vendor's words, such as "card_declined"; no personal data
	At   time.Time
}

// Refunded says how it stands with money of a payment that goes back.
type Refunded struct {
	Subject          // the invoice
	Refund    Ref    // ours, which the vendor was asked for; the type alone for one made at the vendor
	Payment   string // the vendor's id of the payment, as in PaymentSucceeded
	Reference string // the vendor's id of the refund; empty where it refused to make one
	Amount    int64  // minor units of Currency
	Currency  string
	Status    RefundStatus
	Reason    string // in the vendor's words
	Code      string // of one that failed: why, in the vendor's words; no personal data
	At        time.Time
}

// RefundStatus is how a refund stands.
type RefundStatus string

// Where a refund stands. One that has succeeded may still fail, when the
// family's bank sends the money back.
const (
	RefundPending   RefundStatus = "PENDING"
	RefundSucceeded RefundStatus = "SUCCEEDED"
	RefundFailed    RefundStatus = "FAILED"
)

// Disputed says how the dispute about a payment stands.
type Disputed struct {
	Subject          // the invoice
	Payment   string // the vendor's id of the payment, as in PaymentSucceeded
	Reference string // the vendor's id of the dispute
	Amount    int64  // minor units of Currency
	Currency  string
	Reason    string // in the vendor's words
	Status    DisputeStatus
	DueBy     time.Time // when evidence is due; zero where none is
	At        time.Time
}

// DisputeStatus is how a dispute stands.
type DisputeStatus string

// Where a dispute stands: Open until the vendor has decided it.
const (
	DisputeOpen DisputeStatus = "OPEN"
	DisputeWon  DisputeStatus = "WON"
	DisputeLost DisputeStatus = "LOST"
)

// SubscriptionChanged says how a household's subscription stands.
type SubscriptionChanged struct {
	Subject          // the household
	Reference string // the vendor's id of the subscription
	Status    SubscriptionStatus
	At        time.Time // since when
}

// SubscriptionStatus is how a subscription stands.
type SubscriptionStatus string

// Where a subscription stands.
const (
	SubscriptionActive   SubscriptionStatus = "ACTIVE"
	SubscriptionPastDue  SubscriptionStatus = "PAST_DUE"
	SubscriptionCanceled SubscriptionStatus = "CANCELED"
)

// Suppressed says that nothing more may or can be sent to an address.
type Suppressed struct {
	Subject // the person who has the address
	Channel Channel
	Address string // as the vendor writes it
	Reason  SuppressionReason
	At      time.Time
}

// Channel is a way to reach somebody.
type Channel string

// The channels.
const (
	ByEmail Channel = "EMAIL"
	BySMS   Channel = "SMS"
)

// SuppressionReason is why nothing is sent to an address any more.
type SuppressionReason string

// Why nothing is sent to an address: it does not exist, its owner called a
// message spam, asked for no more, or the vendor could not deliver for good.
const (
	Bounced       SuppressionReason = "BOUNCED"
	Complained    SuppressionReason = "COMPLAINED"
	Unsubscribed  SuppressionReason = "UNSUBSCRIBED"
	Undeliverable SuppressionReason = "UNDELIVERABLE"
)

// SupportReplied says that somebody wrote in the conversation of a ticket.
type SupportReplied struct {
	Subject          // the ticket
	Reference string // the vendor's id of the message
	Author    Author
	Text      string // plain text
	At        time.Time
}

// Author is which side of a conversation wrote.
type Author string

// The sides of a conversation.
const (
	Staff  Author = "STAFF"
	Family Author = "FAMILY"
)

// TicketMoved says where the conversation of a ticket stands.
type TicketMoved struct {
	Subject // the ticket
	Status  TicketStatus
	At      time.Time
}

// TicketStatus is where a ticket stands.
type TicketStatus string

// Where a ticket stands.
const (
	TicketOpen    TicketStatus = "OPEN"
	TicketPending TicketStatus = "PENDING"
	TicketClosed  TicketStatus = "CLOSED"
)

// DealMoved says where a deal stands.
type DealMoved struct {
	Subject           // the deal
	Stage      string // in the vendor's words
	Status     DealStatus
	LostReason string // of a lost one, in the vendor's words
	At         time.Time
}

// DealStatus is where a deal stands.
type DealStatus string

// Where a deal stands.
const (
	DealOpen DealStatus = "OPEN"
	DealWon  DealStatus = "WON"
	DealLost DealStatus = "LOST"
)

// UserChanged says how an account stands at a vendor where people sign in.
type UserChanged struct {
	Subject  // the person
	Email    string
	Verified bool // whether Email is theirs
	Active   bool // whether they may sign in
	// SignedOut is up to when sessions have ended, because the password changed;
	// zero where it did not.
	SignedOut time.Time
	At        time.Time
}
