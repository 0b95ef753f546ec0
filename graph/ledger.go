package graph

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// errRefused rolls a mutation back whose answer says itself what was wrong.
var errRefused = errors.New("graph: refused")

// maxKey bounds an idempotency key.
const maxKey = 255

// Ledger carries out each mutation once: in a transaction, and under its
// idempotency key where the caller gave one.
type Ledger struct{ store *store.Store }

// NewLedger returns a ledger on s.
func NewLedger(s *store.Store) *Ledger { return &Ledger{s} }

// verdict lets a resolver have everything it did undone although it answers.
type verdict struct{ refused bool }

type verdictKey struct{}

// undo has the mutation of ctx rolled back when it has answered.
func undo(ctx context.Context) {
	if v, ok := ctx.Value(verdictKey{}).(*verdict); ok {
		v.refused = true
	}
}

// Do runs one root field of a mutation. Callers without a tenant (sign-in)
// manage their own transaction.
func (l *Ledger) Do(ctx context.Context, field *graphql.RootFieldContext, run func(context.Context) ([]byte, error)) ([]byte, error) {
	v := viewer.From(ctx)
	if v == nil {
		return run(ctx)
	}
	key := callerOf(ctx).IdempotencyKey
	if len(key) > maxKey {
		return nil, fault.New(fault.BadRequest, "An Idempotency-Key has at most %d characters.", maxKey)
	}
	var answer []byte
	judged := &verdict{}
	err := l.store.InTx(context.WithValue(ctx, verdictKey{}, judged), func(ctx context.Context) error {
		if key != "" {
			earlier, err := l.claim(ctx, v, key, field)
			if err != nil || earlier != nil {
				answer = earlier
				return err
			}
		}
		var err error
		if answer, err = run(ctx); err != nil {
			return err
		}
		if judged.refused {
			return errRefused
		}
		if key != "" {
			return l.remember(ctx, v, key, field, answer)
		}
		return nil
	})
	return answer, err
}

// claim takes the key, waiting for whoever holds it now, and returns the
// earlier answer where there is one.
func (l *Ledger) claim(ctx context.Context, v *viewer.Viewer, key string, field *graphql.RootFieldContext) ([]byte, error) {
	print := fingerprint(ctx, field)
	result, err := l.store.Run(ctx).ExecContext(ctx, `INSERT INTO idempotency_keys (id, created_at, updated_at, tenant_id, credential_id, key, response_key, fingerprint)
		VALUES ($1, now(), now(), $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, credential_id, key, response_key) DO NOTHING`,
		rule.NewID(), v.TenantID, v.CredentialID, key, field.Field.Alias, print)
	if err != nil {
		return nil, fmt.Errorf("graph: claim key: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return nil, err
	}
	return l.earlier(ctx, v, key, field, print)
}

func (l *Ledger) earlier(ctx context.Context, v *viewer.Viewer, key string, field *graphql.RootFieldContext, print []byte) (answer []byte, err error) {
	rows, err := l.store.Run(ctx).QueryContext(ctx, `SELECT fingerprint, response FROM idempotency_keys
		WHERE tenant_id = $1 AND credential_id = $2 AND key = $3 AND response_key = $4`, v.TenantID, v.CredentialID, key, field.Field.Alias)
	if err != nil {
		return nil, fmt.Errorf("graph: read key: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, errors.Join(sql.ErrNoRows, rows.Err())
	}
	var before []byte
	if err := rows.Scan(&before, &answer); err != nil {
		return nil, fmt.Errorf("graph: read key: %w", err)
	}
	if string(before) != string(print) {
		return nil, fault.New(fault.IdempotencyMismatch, "This Idempotency-Key was used for another request. Use a new one.")
	}
	return answer, rows.Err()
}

func (l *Ledger) remember(ctx context.Context, v *viewer.Viewer, key string, field *graphql.RootFieldContext, answer []byte) error {
	_, err := l.store.Run(ctx).ExecContext(ctx, `UPDATE idempotency_keys SET response = $5, updated_at = now()
		WHERE tenant_id = $1 AND credential_id = $2 AND key = $3 AND response_key = $4`, v.TenantID, v.CredentialID, key, field.Field.Alias, answer)
	if err != nil {
		return fmt.Errorf("graph: remember answer: %w", err)
	}
	return nil
}

// fingerprint is equal for two requests that ask the same.
func fingerprint(ctx context.Context, field *graphql.RootFieldContext) []byte {
	op := graphql.GetOperationContext(ctx)
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00%s\x00", op.RawQuery, field.Field.Alias)
	_ = json.NewEncoder(sum).Encode(op.Variables)
	return sum.Sum(nil)
}
