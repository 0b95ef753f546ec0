package key

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/sealed"
)

// Place is where a text stands. A sealed one opens there alone.
type Place struct {
	Tenant uuid.UUID
	Entity string
	Column string
	ID     uuid.UUID
}

func (p Place) column() string { return p.Entity + "." + p.Column + "/" + p.ID.String() }

// Seal returns a text as the database keeps it. An empty one stays empty.
func (r *Ring) Seal(ctx context.Context, at Place, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	k, err := r.keysOf(ctx, at.Tenant)
	if err != nil {
		return "", err
	}
	value, err := k.active.Seal([]byte(text), at.Tenant, at.column())
	if err != nil {
		return "", err
	}
	return rule.SealedPrefix + base64.RawURLEncoding.EncodeToString(value), nil
}

// Open returns the text that was sealed at a place. One that was never sealed
// is returned as it is: it was written before there were keys.
func (r *Ring) Open(ctx context.Context, at Place, text string) (string, error) {
	if !rule.IsSealed(text) {
		return text, nil
	}
	value, err := base64.RawURLEncoding.DecodeString(text[len(rule.SealedPrefix):])
	if err != nil {
		return "", fmt.Errorf("key: %s: %w", at.column(), sealed.ErrClosed)
	}
	k, err := r.keysOf(ctx, at.Tenant)
	if err != nil {
		return "", err
	}
	number, _ := sealed.NumberOf(value)
	box, known := k.byNumber[number]
	if !known {
		// Another server may have rotated the key since.
		r.Forget(at.Tenant)
		if k, err = r.keysOf(ctx, at.Tenant); err != nil {
			return "", err
		}
		if box, known = k.byNumber[number]; !known {
			return "", fmt.Errorf("key: %s: no key opens it: %w", at.column(), sealed.ErrClosed)
		}
	}
	plain, err := box.Open(value, at.Tenant, at.column())
	if err != nil {
		return "", fmt.Errorf("key: %s: %w", at.column(), err)
	}
	return string(plain), nil
}

// OpenText is Open for whoever has the parts of a place and bytes.
func (r *Ring) OpenText(ctx context.Context, tenant uuid.UUID, entity, column string, id uuid.UUID, text []byte) ([]byte, error) {
	if !bytes.HasPrefix(text, []byte(rule.SealedPrefix)) {
		return text, nil
	}
	plain, err := r.Open(ctx, Place{tenant, entity, column, id}, string(text))
	return []byte(plain), err
}

// digest returns what a text will be found by: equal ones of one studio and
// column, whatever their case and the space around them, have equal ones.
func (r *Ring) digest(ctx context.Context, tenant uuid.UUID, entity, column, text string) ([]byte, error) {
	k, err := r.keysOf(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return k.lookup.Digest(normal(text), tenant, entity+"."+column)
}

// Digests returns what a text is found by: the digest of the active key, and
// those of keys whose digests have not all been replaced yet.
func (r *Ring) Digests(ctx context.Context, tenant uuid.UUID, entity, column, text string) ([][]byte, error) {
	k, err := r.keysOf(ctx, tenant)
	if err != nil {
		return nil, err
	}
	all := make([][]byte, len(k.lookups))
	for i, digester := range k.lookups {
		if all[i], err = digester.Digest(normal(text), tenant, entity+"."+column); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func normal(text string) []byte { return []byte(strings.ToLower(strings.TrimSpace(text))) }

// head is what every text begins with that a key has sealed, as far as whole
// letters of base64 tell.
func head(box *sealed.Box) string {
	number := box.Number()
	begin := []byte{1, byte(number >> 24), byte(number >> 16), byte(number >> 8), byte(number), 0}
	return rule.SealedPrefix + base64.RawURLEncoding.EncodeToString(begin)[:6]
}
