package customerio

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// report is the body of a reporting webhook.
type report struct {
	Metric     string `json:"metric"`
	EventID    string `json:"event_id"`
	ObjectType string `json:"object_type"`
	Timestamp  int64  `json:"timestamp"`
	Data       struct {
		Email       string `json:"email_address"`
		Recipient   string `json:"recipient"`
		Identifiers struct {
			ID    string `json:"id"`
			Email string `json:"email"`
		} `json:"identifiers"`
	} `json:"data"`
}

// Handle implements provider.Provider. What Customer.io signed is acted on as
// it stands: it says that no more is to be sent, and there is no call that
// would say the same again.
func (p *CustomerIO) Handle(_ context.Context, _ provider.Connection, in provider.Inbound) ([]provider.Fact, error) {
	var r report
	if err := json.Unmarshal(in.Body, &r); err != nil {
		return nil, permanent("unreadable report")
	}
	reason, channel := reasonOf(r), provider.ByEmail
	if r.ObjectType == "sms" {
		channel = provider.BySMS
	}
	address := firstOf(r.Data.Recipient, r.Data.Email, r.Data.Identifiers.Email)
	if reason == "" || address == "" {
		return nil, nil
	}
	return []provider.Fact{provider.Suppressed{
		Subject: provider.Subject{Ref: personRef(r.Data.Identifiers.ID), RemoteID: r.Data.Identifiers.ID},
		Channel: channel, Address: address, Reason: reason, At: time.Unix(r.Timestamp, 0).UTC(),
	}}, nil
}

// reasonOf is empty for a report after which sending goes on. A message that
// was dropped or failed once says nothing about the next.
func reasonOf(r report) provider.SuppressionReason {
	switch r.ObjectType + "." + r.Metric {
	case "email.bounced", "sms.bounced":
		return provider.Bounced
	case "email.spammed":
		return provider.Complained
	case "email.unsubscribed", "customer.unsubscribed":
		return provider.Unsubscribed
	case "email.undeliverable", "sms.undeliverable":
		return provider.Undeliverable
	}
	return ""
}

// personRef reads the id that a person has at Customer.io, which is ours.
func personRef(text string) provider.Ref {
	kind, _, _ := strings.Cut(text, "_")
	return provider.ParseRef(kind, text)
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// Check implements provider.Provider: it asks for the region of the key.
func (p *CustomerIO) Check(ctx context.Context, c provider.Connection) error {
	_, err := p.call(ctx, c, request{method: http.MethodGet, path: "/api/v1/accounts/region"})
	return err
}
