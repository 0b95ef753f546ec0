// Package receiver is a receiver of webhooks to copy: it believes what is
// signed, takes each message once and notices when one is missing. It needs
// the standard library alone. The same is in typescript and python beside it.
package receiver

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// tolerance is how old or how early a message may be. A shorter one refuses
// messages of honest clocks, a longer one lets a thief wait.
const tolerance = 5 * time.Minute

// ErrRefused is the answer to everything that was not signed with a known key
// a moment ago. Answer it with 401 and say no more.
var ErrRefused = errors.New("receiver: the message is not genuine")

// Message is one event.
type Message struct {
	ID               string          `json:"-"` // the same for every attempt and replay
	Replay           int             `json:"-"` // which replay it is; 0 for the delivery of the event itself
	Type             string          `json:"type"`
	Timestamp        time.Time       `json:"timestamp"`
	Sequence         int64           `json:"sequence"`
	PreviousSequence int64           `json:"previousSequence"`
	Epoch            int64           `json:"epoch"` // a later one than before: the studio was restored
	Data             json.RawMessage `json:"data"`
}

// Open returns the message of a request if it was signed with one of keys:
// shared secrets (whsec_…) or public keys (whpk_…). Keep the old key beside
// the new one while a rotation lasts. Body is what was received, byte by byte.
func Open(keys []string, header http.Header, body []byte, now time.Time) (Message, error) {
	id, stamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	unix, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.Unix(unix, 0)).Abs() > tolerance {
		return Message{}, ErrRefused
	}
	signed := append([]byte(id+"."+stamp+"."), body...)
	for _, offered := range strings.Fields(header.Get("webhook-signature")) {
		version, text, _ := strings.Cut(offered, ",")
		sum, err := base64.StdEncoding.DecodeString(text)
		if err != nil || !matches(keys, version, sum, signed) {
			continue
		}
		m := Message{ID: id}
		m.Replay, _ = strconv.Atoi(header.Get("webhook-replay"))
		return m, json.Unmarshal(body, &m)
	}
	return Message{}, ErrRefused
}

func matches(keys []string, version string, sum, signed []byte) bool {
	for _, text := range keys {
		kind, encoded, _ := strings.Cut(text, "_")
		key, err := base64.StdEncoding.DecodeString(encoded)
		switch {
		case err != nil:
		case kind == "whsec" && version == "v1" && len(key) > 0:
			mac := hmac.New(sha256.New, key)
			mac.Write(signed)
			if hmac.Equal(sum, mac.Sum(nil)) {
				return true
			}
		case kind == "whpk" && version == "v1a" && len(key) == ed25519.PublicKeySize:
			if ed25519.Verify(key, signed, sum) {
				return true
			}
		}
	}
	return false
}

// Ledger knows what was received. Keep the same in a table of your own, in the
// transaction that does what the message asks for. The zero value is that of a
// new endpoint.
type Ledger struct {
	seen  map[string]bool
	epoch int64
	head  int64           // up to here nothing is missing
	next  map[int64]int64 // what came after a message that is still missing
}

// Take reports whether the message is new. A repeated one is answered with 2xx
// and otherwise ignored.
func (l *Ledger) Take(m Message) bool {
	if l.seen == nil {
		l.seen, l.next = map[string]bool{}, map[int64]int64{}
	}
	if l.seen[m.ID] {
		return false
	}
	l.seen[m.ID] = true
	if l.epoch != 0 && m.Epoch > l.epoch { // the chain goes on from where the restore led back to
		clear(l.next)
		l.head = m.PreviousSequence
	}
	l.epoch = max(l.epoch, m.Epoch)
	if m.PreviousSequence < l.head {
		return true // a replay of what the endpoint was not sent before
	}
	l.next[m.PreviousSequence] = m.Sequence
	for at, found := l.next[l.head]; found; at, found = l.next[l.head] {
		delete(l.next, l.head)
		l.head = at
	}
	return true
}

// Missing returns the stretch of the feed, without its ends, in which messages
// are missing: they are on their way or, where they do not come, replayEvents
// brings them. Found is false where nothing is missing.
func (l *Ledger) Missing() (after, before int64, found bool) {
	for previous := range l.next {
		if !found || previous < before {
			before, found = previous, true
		}
	}
	return l.head, before + 1, found
}
