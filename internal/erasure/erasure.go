// Package erasure removes everything about one person or family, wherever it
// is, and certifies it: what was done in each store, until when backups still
// hold it, and what each sub-processor said.
package erasure

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/erasure"
	"github.com/barrehq/barre/internal/backup"
	"github.com/barrehq/barre/internal/delivery"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/subject"
	"github.com/barrehq/barre/internal/viewer"
)

// Database is what erasures need of the store.
type Database interface {
	Client(context.Context) *ent.Client
	InTx(context.Context, func(context.Context) error) error
	subject.Database
}

// Desk takes orders for erasures.
type Desk struct{ db Database }

// New returns a desk.
func New(db Database) *Desk { return &Desk{db} }

// Order asks to erase somebody as the viewer of ctx, who must be allowed to.
// The worker does it after the commit. Asking again while it is held or under
// way returns the same erasure. The error is NOT_FOUND where there is nobody.
func (d *Desk) Order(ctx context.Context, p subject.Person, ground erasure.Ground) (made *ent.Erasure, err error) {
	// Whoever may not see erasures is not told whether there is somebody.
	if _, err := d.db.Client(ctx).Erasure.Query().Exist(ctx); err != nil {
		return nil, err
	}
	if p, err = p.Resolve(ctx, d.db.Run(ctx)); err != nil {
		return nil, err
	}
	before, err := d.db.Client(ctx).Erasure.Query().
		Where(erasure.SubjectType(p.Type), erasure.SubjectID(p.ID), erasure.StatusNotIn(erasure.StatusCOMPLETED, erasure.StatusFAILED)).First(ctx)
	if err == nil || !ent.IsNotFound(err) {
		return before, err
	}
	if _, err := subject.Find(ctx, d.db, p); err != nil {
		return nil, err
	}
	v := viewer.From(ctx)
	if v == nil {
		return nil, fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer.")
	}
	err = d.db.InTx(ctx, func(ctx context.Context) error {
		made, err = d.db.Client(ctx).Erasure.Create().SetSubjectType(p.Type).SetSubjectID(p.ID).SetGround(ground).SetRequestedBy(v.Actor()).Save(ctx)
		return err
	})
	return made, err
}

// Providers have a studio's sub-processors erase somebody.
type Providers interface {
	Family(ctx context.Context, tenant, household uuid.UUID) (provider.Erasure, error)
	Erase(ctx context.Context, tenant uuid.UUID, who provider.Erasure) ([]delivery.Receipt, error)
}

// Files are the files of exports.
type Files interface {
	Delete(ctx context.Context, name string) error
}

// Box opens what providers told, which is kept sealed.
type Box interface {
	Open(sealed []byte, tenant uuid.UUID, column string) ([]byte, error)
}

// Texts are a studio's sensitive texts, which are kept sealed.
type Texts interface {
	// Rewrite replaces each by what change makes of it, and returns how many
	// rows that changed, by the name of their entity.
	Rewrite(ctx context.Context, tenant uuid.UUID, change func(text string) string) (map[string]int, error)
}

// Ledger remembers erasures beside the backups.
type Ledger interface {
	Remember(context.Context, backup.Erased) error
}

// Config of a Worker. Pool, Providers and Files are needed.
type Config struct {
	// Pool of the system role: what is erased lies also where no request may write.
	Pool      *pgxpool.Pool
	Providers Providers
	Files     Files
	Box       Box
	Texts     Texts  // nil where none are sealed
	Ledger    Ledger // nil where there are no backups
	Now       func() time.Time
	Logger    *slog.Logger
}

func (c Config) filled() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return c
}
