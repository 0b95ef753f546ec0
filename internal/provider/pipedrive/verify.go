package pipedrive

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// ErrUnverified is returned for a message without the webhook's password, or
// from another company's account.
var ErrUnverified = errors.New("pipedrive: message has no password of the connection, or is of another company")

// message is a webhook of version 2.0.
type message struct {
	Meta struct {
		ID        string      `json:"id"`
		Action    string      `json:"action"`
		Entity    string      `json:"entity"`
		EntityID  json.Number `json:"entity_id"`
		Company   json.Number `json:"company_id"`
		Source    string      `json:"change_source"`
		Timestamp time.Time   `json:"timestamp"`
	} `json:"meta"`
}

// Verify implements provider.Provider. Pipedrive signs nothing and sends old
// messages again after minutes: the password of the webhook is all there is.
func (p *Pipedrive) Verify(c provider.Connection, header http.Header, body []byte, now time.Time) (provider.Inbound, error) {
	request := http.Request{Header: header}
	user, password, ok := request.BasicAuth()
	if !ok || !known(c, user+":"+password) {
		return provider.Inbound{}, ErrUnverified
	}
	var m message
	if err := json.Unmarshal(body, &m); err != nil || m.Meta.ID == "" {
		return provider.Inbound{}, errors.New("pipedrive: message is no webhook of version 2.0")
	}
	if want := c.Options[OptionCompany]; want != "" && want != m.Meta.Company.String() {
		return provider.Inbound{}, ErrUnverified
	}
	in := provider.Inbound{
		ID: m.Meta.ID, Type: m.Meta.Entity + "." + m.Meta.Action, Account: m.Meta.Company.String(), Object: m.Meta.EntityID.String(),
		OccurredAt: m.Meta.Timestamp.UTC(), Body: body,
	}
	if m.Meta.Timestamp.IsZero() {
		in.OccurredAt = now.UTC()
	}
	return in, nil
}

// known compares digests, whose length says nothing, with every secret.
func known(c provider.Connection, given string) bool {
	got, equal := sha256.Sum256([]byte(given)), 0
	for _, secret := range c.Secrets {
		want := sha256.Sum256([]byte(secret.Reveal()))
		equal |= subtle.ConstantTimeCompare(got[:], want[:])
	}
	return equal == 1
}

// isEcho reports whether a message tells of what was done by the API, which is
// what we did ourselves.
func isEcho(in provider.Inbound) bool {
	var m message
	return json.Unmarshal(in.Body, &m) == nil && m.Meta.Source == "api"
}
