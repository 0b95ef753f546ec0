package graph

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/audit"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// errRefused rolls a mutation back whose answer says itself what was wrong.
var errRefused = errors.New("graph: refused")

// Ledger carries out each mutation once: in a transaction, with an entry in the
// audit log, and under its idempotency key where the caller gave one.
type Ledger struct {
	store *store.Store
	box   *sealed.Box
	log   *audit.Log
}

// NewLedger returns a ledger on s. Answers that are remembered, which may hold
// a token that is shown once, are sealed in box.
func NewLedger(s *store.Store, box *sealed.Box) *Ledger { return &Ledger{s, box, audit.NewLog(s)} }

// verdict lets a resolver have everything it did undone although it answers,
// and keeps why.
type verdict struct {
	refused bool
	code    fault.Code
}

type verdictKey struct{}

// undo has the mutation of ctx rolled back when it has answered.
func undo(ctx context.Context, code fault.Code) {
	if v, ok := ctx.Value(verdictKey{}).(*verdict); ok {
		v.refused, v.code = true, code
	}
}

// blame keeps why a mutation failed that does not answer.
func blame(ctx context.Context, shown *gqlerror.Error) {
	if v, ok := ctx.Value(verdictKey{}).(*verdict); ok {
		v.code = fault.Code(fmt.Sprint(shown.Extensions["code"]))
	}
}

// telling are the refusals of a change that the audit log keeps: of what
// somebody is not allowed, and of what is not theirs. Others are mistakes.
func telling(code fault.Code) bool { return code == fault.Forbidden || code == fault.NotFound }

// Do runs one root field of a mutation, unless it has transactions of its own.
// All else has a viewer.
func (l *Ledger) Do(ctx context.Context, field *graphql.RootFieldContext, run func(context.Context) ([]byte, error)) ([]byte, error) {
	v := viewer.From(ctx)
	if ownTransactions(field.Field.Field) {
		return run(ctx)
	}
	key, err := keyOf(ctx, graphql.GetOperationContext(ctx))
	if err != nil {
		return nil, err
	}
	e := entry{v.TenantID, v.CredentialID, key, field.Field.Alias}
	var answer []byte
	judged := &verdict{}
	err = l.store.InTx(context.WithValue(ctx, verdictKey{}, judged), func(ctx context.Context) error {
		if key != "" {
			earlier, err := l.claim(ctx, e)
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
		if err := l.log.Done(ctx, field.Field.Name); err != nil {
			return err
		}
		if key != "" {
			return l.remember(ctx, e, answer)
		}
		return nil
	})
	if err != nil && telling(judged.code) {
		refusedOf(ctx).add(field.Field.Name, judged.code)
	}
	return answer, err
}

// entry is the place of one answer: whose it is, under which key, and which
// field of the operation.
type entry struct {
	tenant, credential uuid.UUID
	key, field         string
}

// column is what the answer is sealed for.
func (e entry) column() string {
	return fmt.Sprintf("idempotency_keys.response %s %q %q", e.credential, e.key, e.field)
}

// claim takes the key, waiting for whoever holds it now, and returns the
// earlier answer where there is one.
func (l *Ledger) claim(ctx context.Context, e entry) ([]byte, error) {
	result, err := l.store.Run(ctx).ExecContext(ctx, `INSERT INTO idempotency_keys (id, created_at, updated_at, tenant_id, credential_id, key, response_key)
		VALUES ($1, now(), now(), $2, $3, $4, $5) ON CONFLICT (tenant_id, credential_id, key, response_key) DO NOTHING`,
		rule.NewID(), e.tenant, e.credential, e.key, e.field)
	if err != nil {
		return nil, fmt.Errorf("graph: claim key: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return nil, err
	}
	return l.earlier(ctx, e)
}

func (l *Ledger) earlier(ctx context.Context, e entry) ([]byte, error) {
	rows, err := l.store.Run(ctx).QueryContext(ctx, `SELECT response FROM idempotency_keys
		WHERE tenant_id = $1 AND credential_id = $2 AND key = $3 AND response_key = $4`, e.tenant, e.credential, e.key, e.field)
	if err != nil {
		return nil, fmt.Errorf("graph: read key: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, errors.Join(sql.ErrNoRows, rows.Err())
	}
	var kept []byte
	if err := rows.Scan(&kept); err != nil {
		return nil, fmt.Errorf("graph: read key: %w", err)
	}
	record, err := l.box.Open(kept, e.tenant, e.column())
	if err != nil {
		return nil, fault.New(fault.IdempotencyMismatch, "The answer under this idempotency key cannot be read any more. Use a new one.")
	}
	answer, same := bytes.CutPrefix(record, fingerprint(ctx, e.field))
	if !same {
		return nil, fault.New(fault.IdempotencyMismatch, "This idempotency key was used for another request. Use a new one.")
	}
	return answer, rows.Err()
}

// remember keeps the answer, sealed together with what was asked.
func (l *Ledger) remember(ctx context.Context, e entry, answer []byte) error {
	kept, err := l.box.Seal(append(fingerprint(ctx, e.field), answer...), e.tenant, e.column())
	if err == nil {
		_, err = l.store.Run(ctx).ExecContext(ctx, `UPDATE idempotency_keys SET response = $5, updated_at = now()
			WHERE tenant_id = $1 AND credential_id = $2 AND key = $3 AND response_key = $4`, e.tenant, e.credential, e.key, e.field, kept)
	}
	if err != nil {
		return fmt.Errorf("graph: remember answer: %w", err)
	}
	return nil
}
