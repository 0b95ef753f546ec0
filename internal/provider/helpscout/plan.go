package helpscout

import (
	"fmt"
	"html"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// Names of the operations.
const (
	writeThread      = "thread.write"
	moveConversation = "conversation.move"
)

// thread is a reply on its way into the conversation of its ticket.
type thread struct {
	Tenant, Ticket, Reply uuid.UUID
	Subject               string
	Kind                  string // a thread's type: customer, reply or note
	Status                string // of the conversation, which a reply would reopen
	Text                  string // HTML
	Customer              customer
}

type customer struct {
	Email     string `json:"email"`
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
}

// move gives the conversation of a ticket its status.
type move struct {
	Ticket uuid.UUID
	Status string
}

// Plan implements provider.Provider. A reply that Help Scout told of is not
// told to Help Scout.
func (h *HelpScout) Plan(c provider.Change) ([]provider.Operation, error) {
	switch c.Event.Type {
	case "ticketreply.created":
		if c.Ticket == nil || c.Reply == nil {
			return nil, fmt.Errorf("helpscout: %s without a ticket and a reply", c.Event.Type)
		}
		if c.Reply.Reference != "" {
			return nil, nil
		}
		return one(c, writeThread, provider.Ref{Type: "ticketreply", ID: c.Reply.ID}, threadOf(c))
	case "ticket.updated":
		if c.Ticket == nil {
			return nil, fmt.Errorf("helpscout: %s without a ticket", c.Event.Type)
		}
		return one(c, moveConversation, provider.Ref{Type: "ticket", ID: c.Ticket.ID}, move{c.Ticket.ID, statusOf(c.Ticket.Status)})
	}
	return nil, nil
}

func one(c provider.Change, name string, entity provider.Ref, payload any) ([]provider.Operation, error) {
	lane := provider.Ref{Type: "ticket", ID: c.Ticket.ID}
	operation, err := provider.NewOperation(c.Event, provider.Draft{Provider: ID, Name: name, Entity: entity, Lane: lane, Payload: payload})
	if err != nil {
		return nil, err
	}
	return []provider.Operation{operation}, nil
}

func threadOf(c provider.Change) thread {
	t := thread{
		Tenant: c.Event.TenantID, Ticket: c.Ticket.ID, Reply: c.Reply.ID, Subject: c.Ticket.Subject, Kind: "reply", Status: statusOf(c.Ticket.Status),
		Text: markup(c.Reply.Text),
	}
	if p := c.Person; p != nil {
		t.Customer = customer{Email: p.Email, FirstName: p.FirstName, LastName: p.LastName}
		if p.Suppressed {
			t.Kind = "note" // which Help Scout sends to nobody
		}
	}
	if c.Reply.Author == provider.Family {
		t.Kind = "customer"
	}
	return t
}

// markup writes plain text as the HTML that a thread holds.
func markup(text string) string {
	return strings.ReplaceAll(html.EscapeString(strings.ReplaceAll(text, "\r\n", "\n")), "\n", "<br>")
}

func statusOf(s provider.TicketStatus) string {
	switch s {
	case provider.TicketClosed:
		return "closed"
	case provider.TicketPending:
		return "pending"
	}
	return "active"
}

// tag is how the conversation of a ticket is found again.
func tag(ticket uuid.UUID) string { return tagPrefix + ref("ticket", ticket) }

const tagPrefix = "sr-"

func ref(kind string, id uuid.UUID) string { return provider.Ref{Type: kind, ID: id}.String() }
