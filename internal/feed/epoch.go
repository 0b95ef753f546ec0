package feed

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// place is how far a feed goes. The numbers of a feed count within its epoch:
// what a restore takes back may come again under the same numbers, so that it
// begins another.
type place struct{ epoch, sequence int64 }

// first is the epoch of a studio that was never restored.
const first = 1

// end returns the end of the feed of ctx's studio. Whether the viewer may read
// is asked by whatever reads.
func (f *Feed) end(ctx context.Context) (place, error) {
	return end(ctx, f.db.Run(ctx), viewer.From(ctx).TenantID)
}

func end(ctx context.Context, db store.Execer, tenant uuid.UUID) (place, error) {
	p := place{epoch: first}
	rows, err := db.QueryContext(ctx, `SELECT epoch, last FROM tenant_counters WHERE kind = 'EVENT' AND tenant_id = $1`, tenant)
	if err != nil {
		return p, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&p.epoch, &p.sequence); err != nil {
			return p, err
		}
	}
	return p, rows.Err()
}

// Epoch returns the epoch of a studio's feed.
func Epoch(ctx context.Context, db store.Execer, tenant uuid.UUID) (int64, error) {
	p, err := end(ctx, db, tenant)
	return p.epoch, err
}

// cursor names a place in the feed of ctx's studio.
func (f *Feed) cursor(ctx context.Context, p place) string {
	return string(f.codec.Encode(nil, viewer.From(ctx).TenantID, ordering, []cursor.Value{cursor.Int(p.epoch), cursor.Int(p.sequence)}))
}

// at returns the place that a cursor names, none is the beginning, and the end
// of the feed, which it is not behind.
func (f *Feed) at(ctx context.Context, text string) (at, end place, err error) {
	v := viewer.From(ctx)
	if v == nil {
		return at, end, fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer.")
	}
	if text != "" {
		if at, err = f.open(text, v.TenantID); err != nil {
			return at, end, err
		}
	}
	if end, err = f.end(ctx); err != nil {
		return at, end, err
	}
	if text == "" {
		at.epoch = end.epoch
	}
	return at, end, at.within(end)
}

// open reads a cursor.
func (f *Feed) open(text string, tenant uuid.UUID) (place, error) {
	values, err := f.codec.Decode(text, tenant, ordering)
	if err != nil {
		return place{}, err
	}
	if len(values) == 1 { // of before there were epochs
		values = append([]cursor.Value{cursor.Int(first)}, values...)
	}
	if len(values) != 2 || values[0].Kind() != cursor.KindInt || values[1].Kind() != cursor.KindInt {
		return place{}, fault.New(fault.BadUserInput, "The cursor does not belong to this list. Ask for the first page without a cursor.")
	}
	return place{values[0].Any().(int64), values[1].Any().(int64)}, nil
}

// within refuses a place of another epoch, or one that the feed never reached:
// what follows it is not what its holder lacks.
func (p place) within(end place) error {
	if p.epoch == end.epoch && p.sequence <= end.sequence {
		return nil
	}
	return fault.New(fault.EpochChanged, "The studio was restored and its feed began anew, so that nothing can follow this cursor. Take a full copy with bulkExport and go on from its cursor.")
}

// Execer runs a statement as the platform: a pool, a connection or a
// transaction of the system role.
type Execer interface {
	Exec(ctx context.Context, statement string, args ...any) (pgconn.CommandTag, error)
}

// newEpoch is named by the moment, in seconds since 1970, so that no two
// restores of one backup begin the same.
const newEpoch = `INSERT INTO tenant_counters AS c (id, created_at, updated_at, tenant_id, kind, last, epoch)
SELECT gen_random_uuid(), now(), now(), t.id, 'EVENT', 0, extract(epoch FROM clock_timestamp())::bigint FROM tenants t WHERE $1::uuid[] IS NULL OR t.id = ANY($1)
ON CONFLICT (tenant_id, kind) DO UPDATE SET epoch = GREATEST(c.epoch + 1, excluded.epoch), updated_at = now(), version = c.version + 1`

// BeginEpoch begins a new epoch in the feeds of these studios, of all where
// none is named, and returns how many those are. Call it once data was restored
// and before anything is served: every cursor given out until then is refused,
// so that no tool goes on as if nothing had happened.
func BeginEpoch(ctx context.Context, db Execer, tenants ...uuid.UUID) (int64, error) {
	tag, err := db.Exec(ctx, newEpoch, tenants)
	if err != nil {
		return 0, fmt.Errorf("feed: begin an epoch: %w", err)
	}
	return tag.RowsAffected(), nil
}
