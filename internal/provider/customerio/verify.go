package customerio

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

const tolerance = 5 * time.Minute

// ErrUnverified is returned for a message that Customer.io did not sign just now.
var ErrUnverified = errors.New("customerio: message is not signed by a key of the connection, or not now")

// Verify implements provider.Provider for the reporting webhook, whose
// signature is the hex HMAC-SHA256 of "v0:timestamp:body".
func (p *CustomerIO) Verify(c provider.Connection, header http.Header, body []byte, now time.Time) (provider.Inbound, error) {
	timestamp := header.Get("X-CIO-Timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return provider.Inbound{}, ErrUnverified
	}
	got, err := hex.DecodeString(header.Get("X-CIO-Signature"))
	if err != nil {
		return provider.Inbound{}, ErrUnverified
	}
	for _, key := range c.Secrets {
		mac := hmac.New(sha256.New, []byte(key.Reveal()))
		mac.Write([]byte("v0:" + timestamp + ":"))
		mac.Write(body)
		if hmac.Equal(got, mac.Sum(nil)) {
			return inbound(body)
		}
	}
	return provider.Inbound{}, ErrUnverified
}

func inbound(body []byte) (provider.Inbound, error) {
	var r report
	if err := json.Unmarshal(body, &r); err != nil || r.EventID == "" {
		return provider.Inbound{}, fmt.Errorf("customerio: signed message is no report: %w", provider.ErrUnreadable)
	}
	return provider.Inbound{
		ID: r.EventID, Type: r.ObjectType + "." + r.Metric, Object: r.Data.Identifiers.ID,
		OccurredAt: time.Unix(r.Timestamp, 0).UTC(), Body: body,
	}, nil
}
