package limit

import (
	"sync"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Enter counts a request of v's tenant as running until leave is called, which
// must happen once; calling it again does nothing. The count is of this process:
// what it guards, the share of a tenant in the database pool, is too. The error
// is the fault CONCURRENCY_LIMITED, or ErrNoTenant; leave is nil with it.
func (l *Limiter) Enter(v *viewer.Viewer) (leave func(), err error) {
	if v == nil || v.TenantID == uuid.Nil {
		return nil, ErrNoTenant
	}
	most := l.tierOf(v).InFlight
	l.flight.Lock()
	defer l.flight.Unlock()
	if l.running[v.TenantID] >= most {
		return nil, fault.New(fault.Busy,
			"%d requests of this studio are running, which is all its plan allows. Retry when one has ended, or in 1 second.", most)
	}
	l.running[v.TenantID]++
	return sync.OnceFunc(func() { l.leave(v.TenantID) }), nil
}

func (l *Limiter) leave(tenant uuid.UUID) {
	l.flight.Lock()
	defer l.flight.Unlock()
	if l.running[tenant]--; l.running[tenant] == 0 {
		delete(l.running, tenant)
	}
}
