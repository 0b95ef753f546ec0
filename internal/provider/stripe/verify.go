package stripe

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"

	"github.com/barrehq/barre/internal/provider"
)

const tolerance = 5 * time.Minute

// ErrUnverified is returned for a message that Stripe did not sign just now.
var ErrUnverified = errors.New("stripe: message is not signed by a secret of the connection, or not now")

// Verify implements provider.Provider. Stripe's library checks the signature
// but lets timestamps of the future pass, so the time is judged here.
func (s *Stripe) Verify(c provider.Connection, header http.Header, body []byte, now time.Time) (provider.Inbound, error) {
	signature := header.Get("Stripe-Signature")
	at, err := signedAt(signature)
	if err != nil || now.Sub(at).Abs() > tolerance {
		return provider.Inbound{}, ErrUnverified
	}
	for _, secret := range c.Secrets {
		if webhook.ValidatePayloadIgnoringTolerance(body, signature, secret.Reveal()) == nil {
			return inbound(body)
		}
	}
	return provider.Inbound{}, ErrUnverified
}

// signedAt returns the one timestamp of the header; two would leave open which
// of them was signed.
func signedAt(signature string) (time.Time, error) {
	var text string
	for _, part := range strings.Split(signature, ",") {
		if value, ok := strings.CutPrefix(part, "t="); ok {
			if text != "" {
				return time.Time{}, ErrUnverified
			}
			text = value
		}
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(seconds, 0), err
}

func inbound(body []byte) (provider.Inbound, error) {
	var message struct {
		ID      string `json:"id"`
		Type    string `json:"type"`
		Account string `json:"account"`
		Created int64  `json:"created"`
		Data    struct {
			Object struct {
				ID string `json:"id"`
			} `json:"object"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &message); err != nil || message.ID == "" {
		return provider.Inbound{}, fmt.Errorf("stripe: signed message is no event: %w", provider.ErrUnreadable)
	}
	return provider.Inbound{
		ID: message.ID, Type: message.Type, Account: message.Account, Object: message.Data.Object.ID,
		OccurredAt: time.Unix(message.Created, 0).UTC(), Body: body,
	}, nil
}
