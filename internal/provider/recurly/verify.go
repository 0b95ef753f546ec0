package recurly

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

const tolerance = 5 * time.Minute

// ErrUnverified is returned for a message that Recurly did not sign just now.
var ErrUnverified = errors.New("recurly: message is not signed by a secret of the connection, or not now")

// notification is the body of a webhook: which object changed, and no more.
type notification struct {
	ID         string    `json:"id"`
	ObjectType string    `json:"object_type"`
	EventType  string    `json:"event_type"`
	EventTime  time.Time `json:"event_time"`
	Account    string    `json:"account_code"`
	Invoice    string    `json:"invoice_number"`
	UUID       string    `json:"uuid"`
}

// Verify implements provider.Provider. The signature is the time in
// milliseconds and, for a day after a change of keys, two HMACs.
func (p *Recurly) Verify(c provider.Connection, header http.Header, body []byte, now time.Time) (provider.Inbound, error) {
	timestamp, signatures, _ := strings.Cut(header.Get("Recurly-Signature"), ",")
	millis, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.UnixMilli(millis)).Abs() > tolerance {
		return provider.Inbound{}, ErrUnverified
	}
	for _, key := range c.Secrets {
		mac := hmac.New(sha256.New, []byte(key.Reveal()))
		mac.Write([]byte(timestamp + "."))
		mac.Write(body)
		sum := mac.Sum(nil)
		for text := range strings.SplitSeq(signatures, ",") {
			if got, err := hex.DecodeString(strings.TrimSpace(text)); err == nil && hmac.Equal(got, sum) {
				return inbound(header, body)
			}
		}
	}
	return provider.Inbound{}, ErrUnverified
}

func inbound(header http.Header, body []byte) (provider.Inbound, error) {
	var n notification
	if err := json.Unmarshal(body, &n); err != nil || n.EventType == "" {
		return provider.Inbound{}, fmt.Errorf("recurly: signed message is no notification: %w", provider.ErrUnreadable)
	}
	in := provider.Inbound{
		ID: header.Get("Recurly-Notification-Id"), Type: n.ObjectType + "." + n.EventType, OccurredAt: n.EventTime.UTC(), Body: body,
	}
	if in.ID == "" { // the header is the same in every attempt; so is the id of the event
		in.ID = n.ID
	}
	switch {
	case n.Invoice != "":
		in.Object = "number-" + n.Invoice
	case n.UUID != "":
		in.Object = "uuid-" + n.UUID
	case n.Account != "":
		in.Object = "code-" + n.Account
	}
	if in.ID == "" {
		return provider.Inbound{}, fmt.Errorf("recurly: notification without an id: %w", provider.ErrUnreadable)
	}
	return in, nil
}
