package helpscout

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// conversation is what is read of one.
type conversation struct {
	ID     int64  `json:"id"`
	Status string `json:"status"`
	Tags   []struct {
		Tag string `json:"tag"`
	} `json:"tags"`
	UpdatedAt time.Time `json:"userUpdatedAt"`
}

// message is what is read of a thread.
type message struct {
	ID     int64  `json:"id"`
	Type   string `json:"type"`
	State  string `json:"state"`
	Body   string `json:"body"`
	Source struct {
		Type string `json:"type"`
	} `json:"source"`
	CreatedAt time.Time `json:"createdAt"`
}

// page is where a list stands; a list is absent where it is empty.
type page struct {
	Number     int `json:"number"`
	TotalPages int `json:"totalPages"`
}

// clockSkew is how much earlier than ours Help Scout's clock may be.
const clockSkew = time.Minute

// Reconcile implements provider.Provider. A conversation is found by its tag,
// a thread by its words: Help Scout keeps nothing else of ours.
func (h *HelpScout) Reconcile(ctx context.Context, connection provider.Connection, o provider.Operation, links provider.Links) (provider.Outcome, error) {
	c := &call{h, connection, o, links}
	switch o.Name {
	case writeThread:
		return decoded(ctx, o, c.reconcile)
	case moveConversation:
		return provider.Outcome{State: provider.Missing}, nil // to say it twice does no harm
	}
	return provider.Outcome{}, permanent("unknown operation " + o.Name)
}

func (c *call) reconcile(ctx context.Context, t thread) (provider.Outcome, error) {
	known, err := c.lookup(ctx, "ticketreply", t.Reply)
	if err != nil || known != "" {
		return done(known), err
	}
	conversation, err := c.lookup(ctx, "ticket", t.Ticket)
	if err == nil && conversation == "" {
		conversation, err = c.find(ctx, t)
	}
	if err != nil || conversation == "" {
		return provider.Outcome{State: provider.Missing}, err
	}
	messages, err := c.messages(ctx, c.connection, conversation)
	if err != nil {
		return provider.Outcome{}, err
	}
	for _, m := range messages {
		if m.Type == t.listed() && plain(m.Body) == plain(t.Text) && m.CreatedAt.After(c.operation.OccurredAt.Add(-clockSkew)) {
			remote := strconv.FormatInt(m.ID, 10)
			return done(remote), c.save(ctx, "ticketreply", t.Reply, remote)
		}
	}
	return provider.Outcome{State: provider.Missing, RemoteID: conversation}, nil
}

// listed is what a list calls threads of the kind.
func (t thread) listed() string {
	if t.Kind == "reply" {
		return "message"
	}
	return t.Kind
}

func (c *call) find(ctx context.Context, t thread) (string, error) {
	var list struct {
		Embedded struct {
			Conversations []conversation `json:"conversations"`
		} `json:"_embedded"`
	}
	query := url.Values{"status": {"all"}, "tag": {tag(t.Ticket)}}
	if _, err := c.call(ctx, provider.Request{Method: http.MethodGet, URL: "/v2/conversations?" + query.Encode(), Into: &list}); err != nil {
		return "", err
	}
	if len(list.Embedded.Conversations) == 0 {
		return "", nil
	}
	remote := strconv.FormatInt(list.Embedded.Conversations[0].ID, 10)
	return remote, c.save(ctx, "ticket", t.Ticket, remote)
}

// messages returns every thread of a conversation; it has at most a hundred.
func (h *HelpScout) messages(ctx context.Context, c provider.Connection, conversation string) ([]message, error) {
	var all []message
	for number := 1; ; number++ {
		var list struct {
			Embedded struct {
				Threads []message `json:"threads"`
			} `json:"_embedded"`
			Page page `json:"page"`
		}
		path := "/v2/conversations/" + conversation + "/threads?page=" + strconv.Itoa(number)
		if _, err := h.call(ctx, c, provider.Request{Method: http.MethodGet, URL: path, Into: &list}); err != nil {
			return nil, err
		}
		if all = append(all, list.Embedded.Threads...); number >= list.Page.TotalPages {
			return all, nil
		}
	}
}

// ticketOf returns whose conversation it is, as its tags say.
func ticketOf(c conversation) provider.Subject {
	subject := provider.Subject{Ref: provider.Ref{Type: "ticket"}, RemoteID: strconv.FormatInt(c.ID, 10)}
	for _, t := range c.Tags {
		if text, ours := strings.CutPrefix(t.Tag, tagPrefix); ours {
			subject.Ref = provider.ParseRef("ticket", text)
		}
	}
	return subject
}
