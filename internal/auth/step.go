package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/ent/signintoken"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
)

// How long somebody has for the next step of a way in.
const (
	stepLife  = 5 * time.Minute // a second factor, a passkey
	visitLife = 15 * time.Minute
	resetLife = time.Hour
	proofLife = 24 * time.Hour // that an address is somebody's
)

// step is one row of sign_in_tokens: what the next step of a way in needs. It
// is found by the digest of what whoever goes on shows.
type step struct {
	digest     []byte
	kind       signintoken.Kind
	user       uuid.UUID // zero where it is not known yet
	membership uuid.UUID
	expires    time.Time
}

// stepColumn is what the data of a step is sealed for.
func stepColumn(digest []byte) string { return "sign_in_tokens.data " + hex.EncodeToString(digest) }

// errNoBox says that this Identity was made without what second factors and
// links need.
var errNoBox = errors.New("auth: nothing to seal with")

// keep writes a step with its data, which is sealed.
func (i *Identity) keep(ctx context.Context, s step, data any) error {
	if i.conf.Box == nil {
		return errNoBox
	}
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	sealed, err := i.conf.Box.Seal(text, uuid.Nil, stepColumn(s.digest))
	if err != nil {
		return err
	}
	_, err = i.store.Run(ctx).ExecContext(ctx, `INSERT INTO sign_in_tokens (id, created_at, updated_at, digest, kind, user_id, membership_id, data, expires_at)
		VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8)`, rule.NewID(), i.now(), s.digest, string(s.kind), known(s.user), known(s.membership), sealed, s.expires)
	return err
}

// mint is keep under a new token, which is returned.
func (i *Identity) mint(ctx context.Context, kind credential.Kind, s step, data any) (secret.String, error) {
	token, stored := credential.New(kind, "")
	s.digest = stored.Hash[:]
	return token, i.keep(ctx, s, data)
}

// known is an id as it is stored: null for the zero value.
func known(id uuid.UUID) any {
	if id == uuid.Nil {
		return nil
	}
	return id
}

const (
	readStep = `SELECT user_id, membership_id, data, expires_at FROM sign_in_tokens
		WHERE digest = $1 AND kind = $2 AND used_at IS NULL AND expires_at > $3`
	takeStep = `UPDATE sign_in_tokens SET used_at = $3, updated_at = $3, version = version + 1, data = NULL
		WHERE digest = $1 AND kind = $2 AND used_at IS NULL AND expires_at > $3`
)

// find reads a step that can still be gone; false where there is none.
func (i *Identity) find(ctx context.Context, kind signintoken.Kind, digest []byte, data any) (step, bool, error) {
	s, found := step{digest: digest, kind: kind}, false
	var sealed []byte
	var user, membership uuid.NullUUID
	err := each(ctx, i.store.Run(ctx), query{readStep, []any{digest, string(kind), i.now()}}, func(rows store.Rows) error {
		found = true
		return rows.Scan(&user, &membership, &sealed, &s.expires)
	})
	if err != nil || !found {
		return s, false, err
	}
	s.user, s.membership = user.UUID, membership.UUID
	if data == nil {
		return s, true, nil
	}
	if i.conf.Box == nil {
		return s, false, errNoBox
	}
	text, err := i.conf.Box.Open(sealed, uuid.Nil, stepColumn(digest))
	if err != nil {
		return s, false, nil // its key has been retired: as good as out of date
	}
	return s, true, json.Unmarshal(text, data)
}

// take goes a step, which nobody can go twice.
func (i *Identity) take(ctx context.Context, s step) (bool, error) {
	result, err := i.store.Run(ctx).ExecContext(ctx, takeStep, s.digest, string(s.kind), i.now())
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// stepDigest is what the step of a token is found by.
func stepDigest(token string, kind credential.Kind) ([]byte, bool) {
	is, hash, err := credential.Parse(token)
	return hash[:], err == nil && is == kind
}

// digestOf is that of a text which is no token of ours.
func digestOf(text string) []byte { sum := sha256.Sum256([]byte(text)); return sum[:] }

func outOfDate(field string) error {
	return fault.User(fault.NotFound, []string{"input", field}, "This is out of date or was used already. Start again.")
}
