package feed

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/barrehq/barre/internal/viewer"
)

// hub is the subscriptions of one studio in this process.
type hub struct {
	end     place // of the feed, as they were told
	members map[chan struct{}]bool
}

// join makes a channel that is signaled when the studio's feed has moved.
func (f *Feed) join(tenant uuid.UUID) chan struct{} {
	progress := make(chan struct{}, 1)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hubs[tenant] == nil {
		f.hubs[tenant] = &hub{members: map[chan struct{}]bool{}}
	}
	f.hubs[tenant].members[progress] = true
	return progress
}

func (f *Feed) leave(tenant uuid.UUID, progress chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.hubs[tenant].members, progress)
	if len(f.hubs[tenant].members) == 0 {
		delete(f.hubs, tenant)
	}
}

// Wake tells the subscriptions of this process that numbers were given. It
// never blocks; a lost wake costs one poll.
func (f *Feed) Wake() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Run moves subscriptions until ctx ends. However many there are, one
// statement asks for the progress of all, and none where there is none.
func (f *Feed) Run(ctx context.Context) {
	ticker := time.NewTicker(f.cfg.Poll)
	defer ticker.Stop()
	// Progress alone is read across tenants, for those who subscribed as
	// viewers of theirs; what changed they read as themselves.
	across := viewer.AcrossTenants(ctx, "progress of subscribed feeds")
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.wake:
		case <-ticker.C:
		}
		if err := f.poll(across); err != nil && ctx.Err() == nil {
			f.cfg.Logger.WarnContext(ctx, "the progress of feeds could not be read", "error", err)
		}
	}
}

func (f *Feed) poll(ctx context.Context) error {
	tenants := f.subscribed()
	if len(tenants) == 0 {
		return nil
	}
	rows, err := f.db.Run(ctx).QueryContext(ctx, `SELECT tenant_id, epoch, last FROM tenant_counters WHERE kind = 'EVENT' AND tenant_id = ANY($1::uuid[])`, pq.Array(tenants))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			tenant uuid.UUID
			end    place
		)
		if err := rows.Scan(&tenant, &end.epoch, &end.sequence); err != nil {
			return err
		}
		f.moved(tenant, end)
	}
	return rows.Err()
}

func (f *Feed) subscribed() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	tenants := make([]string, 0, len(f.hubs))
	for tenant := range f.hubs {
		tenants = append(tenants, tenant.String())
	}
	return tenants
}

// moved signals the subscriptions of a studio whose feed has grown, or begun
// anew.
func (f *Feed) moved(tenant uuid.UUID, end place) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.hubs[tenant]
	if h == nil || end == h.end {
		return
	}
	h.end = end
	for progress := range h.members {
		select {
		case progress <- struct{}{}:
		default:
		}
	}
}
