package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
)

// onceLife is how long a session is remembered under its idempotency key.
const onceLife = 24 * time.Hour

// sessionColumn is what remembered sessions are sealed for.
const sessionColumn = "visitor_keys.session "

// Once makes a verb that opens a session safe to repeat: whoever asks the same
// under the same key gets the session that was opened first.
type Once struct {
	Key   string // empty where the caller gave none
	Print []byte // equal for two requests that ask the same
}

// in is the key with what it was given for, so that strangers who choose the
// same key do not meet.
func (o Once) in(verb, account string) Once {
	if o.Key != "" {
		o.Key = fmt.Sprintf("%s %q %s", verb, account, o.Key)
	}
	return o
}

func (o Once) digest() []byte { sum := sha256.Sum256([]byte(o.Key)); return sum[:] }

// kept is a remembered session as it is sealed.
type kept struct {
	Print     []byte    `json:"print"`
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
}

// once runs open unless its session is remembered already. Where another
// process was faster, open's transaction fails and the other's session counts.
func (i *Identity) once(ctx context.Context, of proof, o Once, open func() (Session, error)) (Session, error) {
	session, found, err := i.earlier(ctx, of, o)
	if found || err != nil {
		return session, err
	}
	session, err = open()
	if err == nil {
		return session, nil
	}
	if earlier, found, failed := i.earlier(ctx, of, o); found || failed != nil {
		return earlier, failed
	}
	return session, err
}

// earlier returns the session that is remembered. To show it to somebody takes
// the password, so that comparing requests counts as an attempt.
func (i *Identity) earlier(ctx context.Context, of proof, o Once) (session Session, found bool, err error) {
	if o.Key == "" || i.conf.Box == nil {
		return Session{}, false, nil
	}
	across := platform(ctx, "look for a remembered session")
	var box []byte
	err = each(across, i.store.Run(across), query{`SELECT session FROM visitor_keys WHERE digest = $1 AND created_at > $2`, []any{o.digest(), i.now().Add(-onceLife)}},
		func(rows store.Rows) error { found = true; return rows.Scan(&box) })
	if err != nil || !found {
		return Session{}, false, err
	}
	err = i.attempt(ctx, of, func() error {
		text, err := i.conf.Box.Open(box, uuid.Nil, sessionColumn+o.Key)
		var k kept
		if err != nil || json.Unmarshal(text, &k) != nil || subtle.ConstantTimeCompare(k.Print, o.Print) != 1 {
			return fault.New(fault.IdempotencyMismatch, "This idempotency key was used for another request. Use a new one.")
		}
		session = Session{Token: secret.String(k.Token), ExpiresAt: k.ExpiresAt}
		return nil
	})
	return session, true, err
}

// remember keeps a session, sealed, in the transaction that opened it. One that
// is out of date makes room.
func (i *Identity) remember(ctx context.Context, o Once, s Session) error {
	if o.Key == "" || i.conf.Box == nil {
		return nil
	}
	text, err := json.Marshal(kept{o.Print, s.Token.Reveal(), s.ExpiresAt})
	if err != nil {
		return err
	}
	box, err := i.conf.Box.Seal(text, uuid.Nil, sessionColumn+o.Key)
	if err != nil {
		return err
	}
	now := i.now()
	if _, err := i.store.Run(ctx).ExecContext(ctx, `DELETE FROM visitor_keys WHERE digest = $1 AND created_at <= $2`, o.digest(), now.Add(-onceLife)); err != nil {
		return err
	}
	_, err = i.store.Run(ctx).ExecContext(ctx, `INSERT INTO visitor_keys (id, created_at, updated_at, digest, session) VALUES ($1, $2, $2, $3, $4)`,
		rule.NewID(), now, o.digest(), box)
	return err
}
