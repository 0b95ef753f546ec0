package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/sealed"
)

// Eraser has the providers of a studio delete what they keep of somebody.
type Eraser struct {
	pool      *pgxpool.Pool
	box       *sealed.Box
	providers map[string]provider.Provider
	logger    *slog.Logger
}

// NewEraser returns an eraser on the pool of the system role.
func NewEraser(pool *pgxpool.Pool, box *sealed.Box, providers []provider.Provider, logger *slog.Logger) *Eraser {
	e := &Eraser{pool: pool, box: box, providers: map[string]provider.Provider{}, logger: logger}
	for _, p := range providers {
		e.providers[p.Name()] = p
	}
	return e
}

// Receipt is what one provider said to an erasure.
type Receipt struct {
	Integration uuid.UUID
	Provider    string
	// Confirmed is its word on each record that it was told of; none where it was
	// told of nobody.
	Confirmed []provider.Confirmation
	// Problem says, in words that the studio may read, why there may be more at
	// the provider; empty where all is confirmed.
	Problem string
}

// family lists the records of a household that a provider may have been told of.
const family = `SELECT 'household' AS kind, id FROM households WHERE tenant_id = $1 AND id = $2
	UNION ALL SELECT 'invoice', id FROM invoices WHERE tenant_id = $1 AND household_id = $2
	UNION ALL SELECT 'guardian', id FROM guardians WHERE tenant_id = $1 AND household_id = $2
	UNION ALL SELECT 'membership', id FROM memberships WHERE tenant_id = $1 AND household_id = $2
	UNION ALL SELECT 'deal', id FROM deals WHERE tenant_id = $1 AND household_id = $2
	UNION ALL SELECT 'ticket', id FROM tickets WHERE tenant_id = $1 AND household_id = $2`

// addresses lists those of a household that nobody outside of it has.
const addresses = `SELECT DISTINCT lower(mine.email) FROM (
		SELECT email FROM households WHERE tenant_id = $1 AND id = $2
		UNION ALL SELECT email FROM guardians WHERE tenant_id = $1 AND household_id = $2
		UNION ALL SELECT email FROM memberships WHERE tenant_id = $1 AND household_id = $2
	) mine WHERE mine.email <> ''
	AND NOT EXISTS (SELECT FROM households h WHERE h.tenant_id = $1 AND h.id <> $2 AND lower(h.email) = lower(mine.email))
	AND NOT EXISTS (SELECT FROM guardians g WHERE g.tenant_id = $1 AND g.household_id <> $2 AND lower(g.email) = lower(mine.email))
	AND NOT EXISTS (SELECT FROM memberships m WHERE m.tenant_id = $1 AND m.household_id IS DISTINCT FROM $2 AND lower(m.email) = lower(mine.email))`

// Family is the erasure of a whole household. Ask for it while its records are
// still there.
func (e *Eraser) Family(ctx context.Context, tenant, household uuid.UUID) (provider.Erasure, error) {
	var who provider.Erasure
	rows, err := e.pool.Query(ctx, family, tenant, household)
	if err == nil {
		who.Refs, err = pgx.CollectRows(rows, pgx.RowToStructByPos[provider.Ref])
	}
	if err != nil {
		return who, fmt.Errorf("delivery: list the records of a household: %w", err)
	}
	if rows, err = e.pool.Query(ctx, addresses, tenant, household); err == nil {
		who.Emails, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		return who, fmt.Errorf("delivery: list the addresses of a household: %w", err)
	}
	return who, nil
}

// Erase asks every provider that the studio is or was connected to. A problem
// with one is in its receipt and keeps no other from being asked; what has not
// been confirmed may be asked for again at any time. Which record is which at
// the provider is forgotten with the confirmation. Erase after the last change
// of the records: telling a provider of another one makes them anew.
func (e *Eraser) Erase(ctx context.Context, tenant uuid.UUID, who provider.Erasure) ([]Receipt, error) {
	rows, err := e.pool.Query(ctx, `SELECT id, provider, base_url, mode = 'LIVE', status, credential, options FROM integrations
		WHERE tenant_id = $1 ORDER BY provider`, tenant)
	if err != nil {
		return nil, fmt.Errorf("delivery: list integrations: %w", err)
	}
	accounts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (account, error) {
		a := account{Connection: destination.Connection{Tenant: tenant}}
		var options []byte
		err := row.Scan(&a.ID, &a.Provider, &a.BaseURL, &a.Live, &a.status, &a.Credential, &options)
		if err == nil && len(options) > 0 {
			err = json.Unmarshal(options, &a.Options)
		}
		return a, err
	})
	if err != nil {
		return nil, fmt.Errorf("delivery: list integrations: %w", err)
	}
	receipts := make([]Receipt, len(accounts))
	for i, a := range accounts {
		receipts[i] = e.ask(ctx, a, who)
		if err := e.forget(ctx, a, receipts[i].Confirmed); err != nil {
			return receipts[:i+1], err
		}
	}
	return receipts, ctx.Err()
}

type account struct {
	destination.Connection
	status string
}

func (e *Eraser) ask(ctx context.Context, a account, who provider.Erasure) Receipt {
	r := Receipt{Integration: a.ID, Provider: a.Provider}
	p, known := e.providers[a.Provider]
	switch {
	case a.status == "DISCONNECTED":
		r.Problem = "The connection has ended, and the credential with it. Ask the provider itself."
		return r
	case !known:
		r.Problem = "This server cannot reach the provider."
		return r
	}
	connection, err := a.Open(e.box)
	if err == nil {
		r.Confirmed, err = p.Erase(ctx, connection, who, &links{e.pool, a.Tenant, a.ID})
	}
	if err == nil {
		return r
	}
	r.Problem = "The provider could not be asked."
	if said := (*provider.Error)(nil); errors.As(err, &said) {
		r.Problem = said.Error()
	} else {
		e.logger.ErrorContext(ctx, "a provider could not be asked to erase", "integration", a.ID, "error", err)
	}
	return r
}

// forget removes the links to what is gone at the provider.
func (e *Eraser) forget(ctx context.Context, a account, confirmed []provider.Confirmation) error {
	for _, c := range confirmed {
		name, err := entityOf(c.Ref)
		if err != nil {
			continue // known by an address alone
		}
		if _, err := e.pool.Exec(ctx, `DELETE FROM provider_links WHERE tenant_id = $1 AND integration_id = $2 AND entity_type = $3 AND entity_id = $4`,
			a.Tenant, a.ID, name, c.Ref.ID); err != nil {
			return fmt.Errorf("delivery: forget a link: %w", err)
		}
	}
	return nil
}
