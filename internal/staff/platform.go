package staff

import (
	"context"
	"fmt"

	"github.com/barrehq/barre/ent/staffaccess"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/viewer"
)

// outside is a context that ends with another one and holds none of its
// values: above all not its transaction, which belongs to one studio or none.
type outside struct{ context.Context }

func (outside) Value(any) any { return nil }

// platform returns a context for what concerns a studio that the operator's
// staff is not at yet, outside of any transaction of ctx.
func platform(ctx context.Context, reason string) context.Context {
	return viewer.AcrossTenants(outbox.WithRequest(outside{ctx}, outbox.Request(ctx)), reason)
}

// Expire ends the accesses of all studios whose time is over, and the requests
// that nobody has answered. The door refuses them from
// the moment on; this says so.
func (d *Desk) Expire(ctx context.Context) error {
	ctx = platform(ctx, "end access of staff whose time is over")
	now := d.moment()
	due, err := d.store.Client(ctx).StaffAccess.Query().Where(staffaccess.Or(
		staffaccess.And(staffaccess.StatusEQ(staffaccess.StatusACTIVE), staffaccess.EndsAtLTE(now)),
		staffaccess.And(staffaccess.StatusEQ(staffaccess.StatusREQUESTED), staffaccess.CreatedAtLTE(now.Add(-patience))),
	)).Limit(1000).All(ctx)
	if err != nil {
		return fmt.Errorf("staff: %w", err)
	}
	for _, a := range due {
		why := "Its time was over."
		if a.Status == staffaccess.StatusREQUESTED {
			why = "Nobody answered the request."
		}
		err := d.store.InTx(ctx, func(ctx context.Context) error {
			again := d.store.Client(ctx).StaffAccess.UpdateOneID(a.ID).Where(staffaccess.StatusEQ(a.Status))
			return again.SetStatus(staffaccess.StatusENDED).SetEndedAt(now).SetEndReason(why).Exec(ctx)
		})
		if err != nil {
			return fmt.Errorf("staff: end %s: %w", a.ID, err)
		}
		d.door.Forget(a.ID)
	}
	return nil
}
