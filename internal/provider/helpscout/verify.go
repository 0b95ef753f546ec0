package helpscout

import (
	"crypto/hmac"
	"crypto/sha1" // #nosec G505 -- Help Scout signs with nothing else
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// ErrUnverified is returned for a message that Help Scout did not sign.
var ErrUnverified = errors.New("helpscout: message is not signed by a secret of the connection")

// Verify implements provider.Provider: the signature is the base64 of the
// HMAC-SHA1 of the body. It holds no time, so that replays are known by the
// message's digest alone.
func (h *HelpScout) Verify(c provider.Connection, header http.Header, body []byte, now time.Time) (provider.Inbound, error) {
	got, err := base64.StdEncoding.DecodeString(header.Get("X-Helpscout-Signature"))
	if err != nil {
		return provider.Inbound{}, ErrUnverified
	}
	for _, key := range c.Secrets {
		mac := hmac.New(sha1.New, []byte(key.Reveal()))
		mac.Write(body)
		if hmac.Equal(got, mac.Sum(nil)) {
			return inbound(header.Get("X-Helpscout-Event"), body, now)
		}
	}
	return provider.Inbound{}, ErrUnverified
}

func inbound(kind string, body []byte, now time.Time) (provider.Inbound, error) {
	var about struct {
		ID int64 `json:"id"`
	}
	if err := json.Unmarshal(body, &about); err != nil {
		return provider.Inbound{}, errors.New("helpscout: signed message is no JSON")
	}
	in := provider.Inbound{Type: kind, OccurredAt: now.UTC(), Body: body}
	if about.ID != 0 {
		in.Object = strconv.FormatInt(about.ID, 10)
	}
	sum := sha256.Sum256([]byte(kind + "\n" + string(body)))
	in.ID = hex.EncodeToString(sum[:])
	return in, nil
}
