// Package helpscout carries what families and the studio write to each other
// to the studio's support at Help Scout: a ticket is a conversation there, its
// replies are threads, and what is answered there comes back.
//
// A connection's Credential is "app_id:app_secret" of an OAuth2 app of the
// account, and its option "mailbox_id" the inbox in which conversations are
// opened. Its Secrets are those of the webhook, which signs with one; the
// events to subscribe to are convo.agent.reply.created,
// convo.customer.reply.created and convo.status.
//
// A ticket's conversation is opened by its first reply: until something is
// written there is nothing to answer. It has the tag "sr-" and the ticket's
// id, by which it is found again, for Help Scout has no idempotency keys.
package helpscout

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// ID is the vendor's key in the database.
const ID = "helpscout"

const vendorURL = "https://api.helpscout.net"

// OptionMailbox names the option of a connection that is the inbox's id.
const OptionMailbox = "mailbox_id"

// Config of the provider. The zero value is right for production.
type Config = provider.Config

// HelpScout is the provider.Provider.
type HelpScout struct {
	config Config
	mu     sync.Mutex
	tokens map[string]token // by connection
}

var _ provider.Provider = (*HelpScout)(nil)

// New returns the provider. A call has 15 s unless c says otherwise.
func New(c Config) *HelpScout {
	return &HelpScout{config: c.Filled(15 * time.Second), tokens: map[string]token{}}
}

// Name returns ID.
func (h *HelpScout) Name() string { return ID }

// Card returns Help Scout's row of the register. What a family writes leaves
// word for word, as the row says; telephone, address and everything else that
// Help Scout could keep about a customer do not.
func (h *HelpScout) Card() provider.Card {
	return provider.Card{
		Name:       "HelpScout",
		Nature:     "Email platform; Help Docs",
		DataShared: "Name, email, any info that is provided to us through email; communication",
		Location:   "US",
		Contact:    "privacy@helpscout.com",
		Classes:    []provider.DataClass{provider.Name, provider.Email, provider.SupportMessage},
		Hosts:      []string{"api.helpscout.net"},
		Calls:      calls(),
		SafeRetry:  0, // no keys: after an unknown outcome Reconcile looks for the tag
	}
}

func calls() []provider.Call {
	conversation := append(provider.Fields(provider.SupportMessage, "subject", "threads[].text"),
		append(provider.Fields(provider.Email, "customer.email", "threads[].customer.email"),
			append(provider.Fields(provider.Name, "customer.firstName", "customer.lastName"),
				append(provider.Fields(provider.OpaqueRef, "mailboxId", "tags[]"),
					provider.Fields(provider.Operational, "type", "status", "threads[].type")...)...)...)...)
	return []provider.Call{
		{Name: "get a token", Method: "POST", Path: "/v2/oauth2/token", Body: provider.Fields(provider.Operational, "grant_type", "client_id", "client_secret")},
		{Name: "open conversation", Method: "POST", Path: "/v2/conversations", Body: conversation},
		{Name: "find conversation", Method: "GET", Path: "/v2/conversations", Query: append(provider.Fields(provider.OpaqueRef, "tag"), provider.Fields(provider.Operational, "status")...)},
		{Name: "get conversation", Method: "GET", Path: "/v2/conversations/{id}"},
		{Name: "move conversation", Method: "PATCH", Path: "/v2/conversations/{id}", Body: provider.Fields(provider.Operational, "op", "path", "value")},
		{Name: "delete conversation", Method: "DELETE", Path: "/v2/conversations/{id}"},
		{Name: "find customer", Method: "GET", Path: "/v2/customers", Query: append(provider.Fields(provider.Email, "query"), provider.Fields(provider.Operational, "page")...)},
		{Name: "delete customer", Method: "DELETE", Path: "/v2/customers/{id}"},
		{Name: "list threads", Method: "GET", Path: "/v2/conversations/{id}/threads", Query: provider.Fields(provider.Operational, "page")},
		{Name: "add the family's words", Method: "POST", Path: "/v2/conversations/{id}/customer", Body: append(provider.Fields(provider.SupportMessage, "text"), provider.Fields(provider.Email, "customer.email")...)},
		{Name: "answer the family", Method: "POST", Path: "/v2/conversations/{id}/reply", Body: provider.Join(
			provider.Fields(provider.SupportMessage, "text"), provider.Fields(provider.Email, "customer.email"), provider.Fields(provider.Operational, "status"))},
		{Name: "add a note", Method: "POST", Path: "/v2/conversations/{id}/notes", Body: provider.Fields(provider.SupportMessage, "text")},
		{Name: "ask who the token is", Method: "GET", Path: "/v2/users/me"},
	}
}

// Check implements provider.Provider: it asks who the credential is.
func (h *HelpScout) Check(ctx context.Context, c provider.Connection) error {
	_, err := h.call(ctx, c, provider.Request{Method: http.MethodGet, URL: "/v2/users/me"})
	return err
}

// call makes a call to a path of the API with a token. A token that Help Scout
// no longer takes is replaced once.
func (h *HelpScout) call(ctx context.Context, c provider.Connection, r provider.Request) (http.Header, error) {
	r.URL = c.Endpoint(vendorURL) + r.URL
	for fresh := false; ; fresh = true {
		key, err := h.token(ctx, c, fresh)
		if err != nil {
			return nil, err
		}
		r.Header = http.Header{"Authorization": {"Bearer " + key}}
		header, err := h.client(c).Do(ctx, r)
		if fresh || status(err) != http.StatusUnauthorized {
			return header, err
		}
	}
}

func (h *HelpScout) client(c provider.Connection) provider.Client {
	return provider.Client{Vendor: ID, Card: h.Card(), Connection: c, Config: h.config, Refine: h.refine}
}

// refine reads which fields were refused, and when the minute is over whose
// calls are used up. Messages and rejected values repeat what was sent.
func (h *HelpScout) refine(e *provider.Error, header http.Header, body []byte) {
	if seconds, err := strconv.Atoi(header.Get("X-Ratelimit-Retry-After")); err == nil && e.Class == provider.RateLimited {
		e.RetryAt = h.config.Now().Add(time.Duration(seconds) * time.Second)
	}
	var refusal struct {
		LogRef   string `json:"logRef"`
		Embedded struct {
			Errors []struct {
				Path string `json:"path"`
			} `json:"errors"`
		} `json:"_embedded"`
	}
	if json.Unmarshal(body, &refusal) != nil {
		return
	}
	e.RequestID = refusal.LogRef
	var paths []string
	for _, wrong := range refusal.Embedded.Errors {
		paths = append(paths, wrong.Path)
	}
	e.Code = strings.Join(paths, " ")
}

func permanent(code string) error {
	return &provider.Error{Provider: ID, Class: provider.Permanent, Code: code}
}
