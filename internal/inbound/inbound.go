// Package inbound is where providers tell the studio something: it keeps what
// they send, finds out what it means, and writes that down once.
package inbound

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/sealed"
)

// Database is what is needed of the store to write facts down.
type Database interface {
	Client(context.Context) *ent.Client
	InTx(context.Context, func(context.Context) error) error
}

// Office is what is needed of billing: every payment goes through it.
type Office interface {
	RecordPayment(context.Context, billing.Receipt) (*ent.Payment, error)
	RecordRefund(context.Context, billing.Repayment) (*ent.Refund, error)
	SettleRefund(context.Context, billing.Verdict) (bool, error)
	NoteFailure(ctx context.Context, invoice uuid.UUID, code string, at time.Time) (bool, error)
}

// Members is what is needed of identity where people sign in at a provider.
type Members interface {
	// Deactivate ends a membership on a provider's word.
	Deactivate(ctx context.Context, membership uuid.UUID) error
	// EndSessions ends those of a membership that were opened up to a time.
	EndSessions(ctx context.Context, membership uuid.UUID, until time.Time) error
}

// Config of a Receiver and a Worker.
type Config struct {
	Providers []provider.Provider
	Now       func() time.Time // nil is time.Now
	// Retry is how long to wait after that many attempts at a message; nil is
	// the schedule for production.
	Retry  func(attempts int) time.Duration
	Logger *slog.Logger
}

func (c Config) filled() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Retry == nil {
		c.Retry = func(attempts int) time.Duration {
			return min(5*time.Second<<min(attempts, 20), time.Hour)
		}
	}
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return c
}

func named(providers []provider.Provider) map[string]provider.Provider {
	by := map[string]provider.Provider{}
	for _, p := range providers {
		by[p.Name()] = p
	}
	return by
}

// messageColumn is what the body of a message is bound to, with its id.
const messageColumn = MessageColumn

// MessageColumn is the same for whoever else must open one.
const MessageColumn = "inbound_messages.body:"

// Account is a studio's integration as this package reads it.
type Account struct {
	destination.Connection
	Status string
}

const accountColumns = `i.tenant_id, i.id, i.provider, i.base_url, i.mode = 'LIVE', i.credential, i.inbound_secret, i.options, i.status`

func scan(row pgx.Row, more ...any) (*Account, error) {
	var (
		a       Account
		options []byte
	)
	into := append([]any{&a.Tenant, &a.ID, &a.Provider, &a.BaseURL, &a.Live, &a.Credential, &a.Secrets, &options, &a.Status}, more...)
	if err := row.Scan(into...); err != nil {
		return nil, err
	}
	if len(options) > 0 {
		if err := json.Unmarshal(options, &a.Options); err != nil {
			return nil, err
		}
	}
	return &a, nil
}

// keeper has what every part of this package has.
type keeper struct {
	pool      *pgxpool.Pool
	box       *sealed.Box
	cfg       Config
	providers map[string]provider.Provider
}

func newKeeper(pool *pgxpool.Pool, box *sealed.Box, c Config) keeper {
	return keeper{pool: pool, box: box, cfg: c.filled(), providers: named(c.Providers)}
}
