package customerio

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/barrehq/barre/internal/provider"
)

// Names of the operations.
const (
	savePerson  = "person.save"
	liftPerson  = "person.lift"
	trackEvent  = "event.track"
	sendMessage = "message.send"
)

// person is the body of an identify call and the id in its path.
type person struct {
	Ref  string
	Body attributes
}

type attributes struct {
	Email        string `json:"email"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name"`
	Locale       string `json:"locale,omitempty"`
	CreatedAt    int64  `json:"created_at,omitempty"`
	Unsubscribed bool   `json:"unsubscribed"`
}

// happening is the body of an event call and the id in its path.
type happening struct {
	Ref  string
	Body eventBody
}

type eventBody struct {
	Name      string            `json:"name"`
	ID        string            `json:"id"` // a ULID; Customer.io ignores one that it has seen
	Timestamp int64             `json:"timestamp"`
	Data      map[string]string `json:"data"`
}

// message is the body of a transactional send, without the id of the message,
// which is the connection's.
type message struct {
	Kind      string // last word of the event; empty in what was planned before there were several
	Ref       string
	To        string
	Data      map[string]string
	ExpiresAt time.Time
}

// Plan implements provider.Provider.
func (p *CustomerIO) Plan(c provider.Change) ([]provider.Operation, error) {
	switch c.Event.Type {
	case "guardian.created", "guardian.updated":
		if c.Person == nil {
			return nil, fmt.Errorf("customerio: %s without a person", c.Event.Type)
		}
		return one(c, savePerson, person{Ref: ref(c.Person), Body: attributesOf(c.Person)})
	case "enrollment.created", "enrollment.dropped":
		if c.Enrollment == nil {
			return nil, fmt.Errorf("customerio: %s without an enrollment", c.Event.Type)
		}
		return planEvent(c, enrollmentData(c))
	case "invoice.issued", "invoice.paid":
		if c.Invoice == nil {
			return nil, fmt.Errorf("customerio: %s without an invoice", c.Event.Type)
		}
		return planEvent(c, invoiceData(c))
	case "membership.invited", "membership.password_reset_requested", "membership.verification_requested":
		return planLetter(c)
	case "webhookendpoint.disabled":
		return planNotice(c)
	case "suppression.deleted":
		return planLift(c)
	}
	return nil, nil
}

// planEvent plans nothing for a household without a guardian, or with one whose
// address nothing may be sent to: there is nobody to write to.
func planEvent(c provider.Change, data map[string]string) ([]provider.Operation, error) {
	if c.Person == nil || c.Person.Suppressed {
		return nil, nil
	}
	data["studio_name"] = c.Studio.Name
	return one(c, trackEvent, happening{Ref: ref(c.Person), Body: eventBody{
		Name:      strings.ReplaceAll(c.Event.Type, ".", "_"),
		ID:        eventID(c.Event),
		Timestamp: c.Event.OccurredAt.Unix(),
		Data:      data,
	}})
}

// planNotice tells the studio's owner. Customer.io knows guardians alone, so
// that the owner is saved first.
func planNotice(c provider.Change) ([]provider.Operation, error) {
	if c.Endpoint == nil {
		return nil, fmt.Errorf("customerio: %s without an endpoint", c.Event.Type)
	}
	if c.Person == nil {
		return nil, nil
	}
	saved, err := one(c, savePerson, person{Ref: ref(c.Person), Body: attributesOf(c.Person)})
	if err != nil {
		return nil, err
	}
	told, err := planEvent(c, map[string]string{
		"endpoint_ref": provider.Ref{Type: "webhookendpoint", ID: c.Endpoint.ID}.String(), "reason": c.Endpoint.Reason,
	})
	return append(saved, told...), err
}

// planLift has everybody with an address that may be written to again taken off
// Customer.io's own lists.
func planLift(c provider.Change) ([]provider.Operation, error) {
	var all []provider.Operation
	for _, who := range c.Lifted {
		if who.Suppressed {
			continue
		}
		entity, lifted := provider.Ref{Type: who.Kind, ID: who.ID}, person{Ref: ref(&who)}
		if who.Kind == "guardian" { // others are no people there of whom anything is kept
			lifted.Body = attributesOf(&who)
		}
		o, err := provider.NewOperation(c.Event, provider.Draft{Provider: ID, Name: liftPerson, Ordinal: len(all), Entity: entity, Lane: entity, Payload: lifted})
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// letters are the messages that hold a link, by the last word of their event:
// the option that names the message, and the field that holds the link.
var letters = map[string]struct{ option, link string }{
	"invited":                  {OptionInvitationMessage, "invite_url"},
	"password_reset_requested": {OptionResetMessage, "reset_url"},
	"verification_requested":   {OptionVerificationMessage, "verification_url"},
}

// planLetter plans nothing where there is no link, because it has been used or
// the studio has no page to lead to, nor where another provider mails its own.
func planLetter(c provider.Change) ([]provider.Operation, error) {
	if c.Person == nil {
		return nil, fmt.Errorf("customerio: %s without a person", c.Event.Type)
	}
	_, kind, _ := strings.Cut(c.Event.Type, ".")
	if c.Person.Email == "" || c.Person.Suppressed || c.Invitation == nil || kind == "password_reset_requested" && c.ResetMailer != "" && c.ResetMailer != ID {
		return nil, nil
	}
	link := letters[kind].link
	return one(c, sendMessage, message{
		Kind: kind,
		Ref:  ref(c.Person), To: c.Person.Email, ExpiresAt: c.Invitation.ExpiresAt,
		Data: map[string]string{
			"studio_name": c.Studio.Name,
			"first_name":  c.Person.FirstName,
			link:          c.Invitation.URL.Reveal(),
			"expires_at":  c.Invitation.ExpiresAt.UTC().Format(time.RFC3339),
		},
	})
}

func one(c provider.Change, name string, payload any) ([]provider.Operation, error) {
	entity := provider.Ref{Type: c.Person.Kind, ID: c.Person.ID}
	operation, err := provider.NewOperation(c.Event, provider.Draft{Provider: ID, Name: name, Entity: entity, Lane: entity, Payload: payload})
	if err != nil {
		return nil, err
	}
	return []provider.Operation{operation}, nil
}

// ref is the person's id at Customer.io: our own and never the e-mail address,
// so that a change of address does not make a second person.
func ref(p *provider.Person) string { return provider.Ref{Type: p.Kind, ID: p.ID}.String() }

func attributesOf(p *provider.Person) attributes {
	a := attributes{Email: p.Email, FirstName: p.FirstName, LastName: p.LastName, Locale: p.Locale, Unsubscribed: p.Unsubscribed || p.Suppressed}
	if !p.CreatedAt.IsZero() {
		a.CreatedAt = p.CreatedAt.Unix()
	}
	return a
}

func enrollmentData(c provider.Change) map[string]string {
	return map[string]string{
		"enrollment_ref": provider.Ref{Type: "enrollment", ID: c.Enrollment.ID}.String(),
		"class_name":     c.Enrollment.Class,
		"season_name":    c.Enrollment.Season,
		"starts_on":      day(c.Enrollment.StartsOn),
	}
}

// invoiceData has no amounts: the mail says that there is an invoice and where.
func invoiceData(c provider.Change) map[string]string {
	return map[string]string{
		"invoice_ref":    provider.Ref{Type: "invoice", ID: c.Invoice.ID}.String(),
		"invoice_number": c.Invoice.Number,
		"due_on":         day(c.Invoice.DueOn),
		"invoice_url":    c.Invoice.URL,
	}
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// eventID turns the id of our event into the ULID that Customer.io asks for:
// the time of the event, and 80 bits that follow from its id alone.
func eventID(e provider.Event) string {
	var id ulid.ULID
	if err := id.SetTime(ulid.Timestamp(e.OccurredAt)); err != nil {
		id = ulid.ULID{} // a time out of range; the rest is unique by itself
	}
	sum := sha256.Sum256(append([]byte(ID+" event "), e.ID[:]...))
	copy(id[6:], sum[:10])
	return id.String()
}
