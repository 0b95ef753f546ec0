package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/store"
)

// Figures that the stream has to reach.
const (
	budgetOutbox    = 0.30 // of the plain transaction's rate
	budgetRelay     = 5000 // deliveries created per second
	budgetHTTP      = 1000 // deliveries per second
	budgetIdle      = 100 * time.Millisecond
	budgetIsolation = 500 * time.Millisecond
	budgetReplay    = 5 * time.Second
	budgetRecovery  = 90 * time.Second
)

// StreamConfig says how to measure what follows a commit. Dir and Server are
// needed.
type StreamConfig struct {
	Dir    string // keeps the database for the next run
	Server string // the barre binary
	Events int    // in the batches that are timed; default 20,000
	Seeks  int    // single changes whose way is timed; default 200
	Load   time.Duration
	Only   map[string]bool // names of measurements; default all
	Out    io.Writer
	Log    *slog.Logger
}

// stream is a run of the measurements.
type stream struct {
	StreamConfig
	*run
	inbox *inbox
}

// measurement is one part of the run. Each begins with an empty feed.
type measurement struct {
	name string
	do   func(*stream, context.Context) error
}

// measurements are in the order in which they can be relied on where a machine
// is shared: ratios and counts first.
func measurements() []measurement {
	return []measurement{
		{"outbox", (*stream).outbox},
		{"recovery", (*stream).recovery},
		{"relay", (*stream).relay},
		{"replay", (*stream).replay},
		{"idle", (*stream).idle},
		{"isolation", (*stream).isolation},
	}
}

// MeasureStream measures and prints what it found. It is an error where
// something is lost; what is only slow is said.
func MeasureStream(ctx context.Context, c StreamConfig) error {
	if c.Events == 0 {
		c.Events = 20_000
	}
	if c.Seeks == 0 {
		c.Seeks = 200
	}
	if c.Load == 0 {
		c.Load = 20 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	d, err := prepare(ctx, c.Dir, small, c.Log)
	if err != nil {
		return err
	}
	defer d.cluster.Close(context.WithoutCancel(ctx))
	if err := job.Migrate(ctx, d.url(store.OwnerRole)); err != nil {
		return err
	}
	s := &stream{StreamConfig: c, run: &run{Config: Config{Dir: c.Dir, Server: c.Server, Log: c.Log}, data: d}, inbox: newInbox()}
	defer s.inbox.Close()
	if s.postmaster, err = s.findPostmaster(ctx); err != nil {
		return err
	}
	for _, m := range measurements() {
		if len(c.Only) > 0 && !c.Only[m.name] {
			continue
		}
		if err := s.clear(ctx); err != nil {
			return err
		}
		if err := m.do(s, ctx); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

// clear takes back what a measurement before has written, the audit log
// included, which nothing but a superuser who says so can.
func (s *stream) clear(ctx context.Context) error {
	s.inbox.forget()
	return s.exec(ctx, `SET session_replication_role = replica; TRUNCATE events, entity_versions, audit_entries, tags, webhook_endpoints, tenant_counters, river.river_job CASCADE`)
}

// exec runs a statement as the superuser.
func (s *stream) exec(ctx context.Context, text string, args ...any) error {
	conn, err := pgx.Connect(ctx, s.data.url(""))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, text, args...)
	return err
}

// commit makes events of one studio, as if records of it had changed.
func (s *stream) commit(ctx context.Context, tenant, n int) error {
	ids := make([]uuid.UUID, n)
	for i := range ids {
		ids[i] = rule.NewID()
	}
	return s.exec(ctx, `INSERT INTO events (id, created_at, updated_at, tenant_id, type, entity_type, entity_id, entity_version, changed, actor, data, occurred_at)
		SELECT id, now(), now(), $1, 'tag.created', 'Tag', gen_random_uuid(), 1, '[]', 'bench', '{"name": "a tag as long as tags are"}', now() FROM unnest($2::uuid[]) AS id`,
		made(tenantKind, tenant, 1), ids)
}

// until asks for a number until it is at least what is wanted.
func (s *stream) until(ctx context.Context, want int, query string, args ...any) error {
	for n := 0; ; {
		if err := s.super(ctx, query, args, &n); err != nil || n >= want {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *stream) verdict(holds bool, format string, args ...any) {
	verdict(s.Out, "", holds, format, args...)
}
