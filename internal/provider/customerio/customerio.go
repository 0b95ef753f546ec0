// Package customerio keeps guardians and what happens to them at Customer.io,
// which writes to them in the studio's name.
//
// A connection's Credential is "site_id:track_key:app_key", its BaseURL that of
// the Track API and its option "app_url" that of the App API. The option
// "invitation_message" is the id or trigger name of the transactional message
// that invites a member, "reset_message" of the one that leads to a new
// password, "verification_message" of the one that proves an address. Its Secrets are the signing keys of the reporting
// webhook.
package customerio

import (
	"strings"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// ID is the vendor's key in the database.
const ID = "customerio"

const (
	trackURL = "https://track.customer.io"
	appURL   = "https://api.customer.io"
)

// Names of a connection's options.
const (
	OptionAppURL            = "app_url"
	OptionInvitationMessage = "invitation_message"

	OptionResetMessage        = "reset_message"
	OptionVerificationMessage = "verification_message"
)

// Config of the provider. The zero value is right for production.
type Config = provider.Config

// CustomerIO is the provider.Provider.
type CustomerIO struct{ config Config }

var _ provider.Provider = (*CustomerIO)(nil)

// New returns the provider. A call has 15 s unless c says otherwise.
func New(c Config) *CustomerIO { return &CustomerIO{config: c.Filled(15 * time.Second)} }

// Name returns ID.
func (p *CustomerIO) Name() string { return ID }

// Card returns Customer.io's row of the register. The American hosts alone are
// declared, because the row says US. Telephone, address and amounts are not in
// the row; nor are the reserved names recipient, from_address and reply_to,
// which would redirect a campaign's mail.
func (p *CustomerIO) Card() provider.Card {
	return provider.Card{
		Name:       "Customer.io",
		Nature:     "Email marketing",
		DataShared: "Name, email, notifications and system functions such as user invitations, password reset.",
		Location:   "US",
		Contact:    "privacy@customer.io",
		Classes:    []provider.DataClass{provider.Name, provider.Email, provider.SystemMessage},
		Hosts:      []string{"track.customer.io", "api.customer.io"},
		Calls:      calls(),
		SafeRetry:  0, // a transactional message has no key; what has one says Missing at once
	}
}

func calls() []provider.Call {
	join := func(lists ...[]provider.Field) []provider.Field {
		var all []provider.Field
		for _, list := range lists {
			all = append(all, list...)
		}
		return all
	}
	return []provider.Call{
		{Name: "identify", Method: "PUT", Path: "/api/v1/customers/{ref}", Body: join(
			provider.Fields(provider.Name, "first_name", "last_name"),
			provider.Fields(provider.Email, "email"),
			provider.Fields(provider.SystemMessage, "locale", "unsubscribed"),
			provider.Fields(provider.Operational, "created_at"),
		), Withheld: []string{"id", "anonymous_id", "_timestamp", "_update", "cio_relationships", "cio_subscription_preferences"}},
		{Name: "track event", Method: "POST", Path: "/api/v1/customers/{ref}/events", Body: join(
			provider.Fields(provider.Operational, "timestamp"),
			provider.Fields(provider.OpaqueRef, "id", "data.enrollment_ref", "data.invoice_ref", "data.endpoint_ref"),
			provider.Fields(provider.SystemMessage, "name", "data.studio_name", "data.class_name", "data.season_name",
				"data.starts_on", "data.invoice_number", "data.due_on", "data.invoice_url", "data.reason"),
		), Withheld: []string{"type", "anonymous_id"}},
		{Name: "delete person", Method: "DELETE", Path: "/api/v1/customers/{ref}"},
		{Name: "suppress person", Method: "POST", Path: "/api/v1/customers/{ref}/suppress"},
		{Name: "unsuppress person", Method: "POST", Path: "/api/v1/customers/{ref}/unsuppress"},
		{Name: "check the key", Method: "GET", Path: "/api/v1/accounts/region"},
		{Name: "send message", Method: "POST", Path: "/v1/send/email", Body: join(
			provider.Fields(provider.Email, "to"),
			provider.Fields(provider.OpaqueRef, "identifiers.id", "transactional_message_id"),
			provider.Fields(provider.Name, "message_data.first_name"),
			provider.Fields(provider.SystemMessage, "message_data.studio_name", "message_data.invite_url", "message_data.reset_url", "message_data.verification_url", "message_data.expires_at"),
			provider.Fields(provider.Operational, "disable_message_retention", "tracked", "send_to_unsubscribed"),
		), Withheld: []string{
			"identifiers.email", "identifiers.cio_id", "body", "body_amp", "body_plain", "subject", "from", "language", "send_at", "queue_draft",
			"auto_create", "cc", "bcc", "fake_bcc", "reply_to", "preheader", "attachments", "headers", "disable_css_preprocessing",
		}},
	}
}

// credential is the parsed Credential of a connection.
type credential struct{ siteID, trackKey, appKey string }

func parseCredential(c provider.Connection) (credential, error) {
	parts := strings.Split(c.Credential.Reveal(), ":")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" {
		return credential{}, &provider.Error{Provider: ID, Class: provider.Auth, Code: "credential is not site_id:track_key:app_key"}
	}
	return credential{siteID: parts[0], trackKey: parts[1], appKey: parts[2]}, nil
}
