package helpscout

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// call is one operation on its way: what every step of it needs.
type call struct {
	*HelpScout
	connection provider.Connection
	operation  provider.Operation
	links      provider.Links
}

// Do implements provider.Provider.
func (h *HelpScout) Do(ctx context.Context, connection provider.Connection, o provider.Operation, links provider.Links) (provider.Outcome, error) {
	c := &call{h, connection, o, links}
	switch o.Name {
	case writeThread:
		return decoded(ctx, o, c.write)
	case moveConversation:
		return decoded(ctx, o, c.move)
	}
	return provider.Outcome{}, permanent("unknown operation " + o.Name)
}

func decoded[T any](ctx context.Context, o provider.Operation, run func(context.Context, T) (provider.Outcome, error)) (provider.Outcome, error) {
	var payload T
	if err := json.Unmarshal(o.Payload, &payload); err != nil {
		return provider.Outcome{}, permanent("unreadable payload of " + o.Name)
	}
	return run(ctx, payload)
}

func done(remote string) provider.Outcome {
	return provider.Outcome{State: provider.Done, RemoteID: remote}
}

// write adds a thread to the ticket's conversation, or opens it. One that was
// deleted at Help Scout is opened anew.
func (c *call) write(ctx context.Context, t thread) (provider.Outcome, error) {
	if t.Customer.Email == "" {
		return provider.Outcome{State: provider.Skipped, Note: "The ticket has nobody with an e-mail address."}, nil
	}
	known, err := c.lookup(ctx, "ticketreply", t.Reply)
	if err != nil || known != "" {
		return done(known), err
	}
	conversation, err := c.lookup(ctx, "ticket", t.Ticket)
	if err != nil {
		return provider.Outcome{}, err
	}
	if conversation == "" {
		return c.open(ctx, t)
	}
	remote, err := c.add(ctx, conversation, t)
	if provider.Gone(err) {
		return c.open(ctx, t)
	}
	if err != nil {
		return provider.Outcome{}, err
	}
	return done(remote), c.save(ctx, "ticketreply", t.Reply, remote)
}

func (c *call) open(ctx context.Context, t thread) (provider.Outcome, error) {
	mailbox, err := strconv.ParseInt(c.connection.Options[OptionMailbox], 10, 64)
	if err != nil {
		return provider.Outcome{}, permanent("the connection has no option " + OptionMailbox)
	}
	words := map[string]any{"type": t.Kind, "text": t.Text}
	if t.Kind != "note" {
		words["customer"] = map[string]string{"email": t.Customer.Email}
	}
	remote, err := c.created(ctx, "/v2/conversations", map[string]any{
		"subject": t.Subject, "type": "email", "mailboxId": mailbox, "status": "active", "customer": t.Customer,
		"threads": []any{words}, "tags": []string{"t-" + ref("tenant", t.Tenant), tag(t.Ticket)},
	})
	if err != nil {
		return provider.Outcome{}, err
	}
	if err := c.save(ctx, "ticket", t.Ticket, remote); err != nil {
		return provider.Outcome{}, err
	}
	// The first thread has an id that nobody says; the conversation stands for it.
	return done(remote), c.save(ctx, "ticketreply", t.Reply, remote)
}

func (c *call) add(ctx context.Context, conversation string, t thread) (string, error) {
	family := map[string]string{"email": t.Customer.Email}
	switch t.Kind {
	case "customer":
		return c.created(ctx, "/v2/conversations/"+conversation+"/customer", map[string]any{"text": t.Text, "customer": family})
	case "reply":
		return c.created(ctx, "/v2/conversations/"+conversation+"/reply", map[string]any{"text": t.Text, "customer": family, "status": t.Status})
	}
	return c.created(ctx, "/v2/conversations/"+conversation+"/notes", map[string]string{"text": t.Text})
}

// created returns the id of what a POST made, which Help Scout says in a
// header beside an empty body.
func (c *call) created(ctx context.Context, path string, body any) (string, error) {
	header, err := c.call(ctx, provider.Request{Method: http.MethodPost, URL: path, Body: body})
	if err != nil {
		return "", err
	}
	remote := header.Get("Resource-Id")
	if remote == "" {
		return "", &provider.Error{Provider: ID, Class: provider.Unknown, Code: "answer without Resource-ID"}
	}
	return remote, nil
}

func (c *call) call(ctx context.Context, r provider.Request) (http.Header, error) {
	return c.HelpScout.call(ctx, c.connection, r)
}

func (c *call) move(ctx context.Context, m move) (provider.Outcome, error) {
	conversation, err := c.lookup(ctx, "ticket", m.Ticket)
	if err != nil {
		return provider.Outcome{}, err
	}
	if conversation == "" {
		return provider.Outcome{State: provider.Skipped, Note: "The ticket has no conversation."}, nil
	}
	_, err = c.call(ctx, provider.Request{
		Method: http.MethodPatch, URL: "/v2/conversations/" + conversation,
		Body: map[string]string{"op": "replace", "path": "/status", "value": m.Status},
	})
	if provider.Gone(err) {
		return provider.Outcome{State: provider.Skipped, RemoteID: conversation, Note: "The conversation no longer exists."}, nil
	}
	return done(conversation), err
}

func (c *call) lookup(ctx context.Context, kind string, id uuid.UUID) (string, error) {
	remote, err := c.links.Lookup(ctx, provider.Ref{Type: kind, ID: id})
	if err != nil {
		return "", &provider.Error{Provider: ID, Class: provider.Transient, Cause: err}
	}
	return remote, nil
}

// save fails as Unknown: the vendor has the object and we have no link to it.
func (c *call) save(ctx context.Context, kind string, id uuid.UUID, remote string) error {
	if err := c.links.Save(ctx, provider.Ref{Type: kind, ID: id}, remote); err != nil {
		return &provider.Error{Provider: ID, Class: provider.Unknown, Cause: err}
	}
	return nil
}
