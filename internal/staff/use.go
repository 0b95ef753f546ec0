package staff

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/barrehq/barre/ent/auditentry"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/viewer"
)

// count adds to the use of an access while it is active.
const count = `UPDATE staff_accesses a SET requests = requests + 1, records_read = records_read + $2, minors_read = minors_read + $3, updated_at = $4
	FROM tenants t WHERE t.id = a.tenant_id AND a.id = $1 AND a.status = 'ACTIVE' AND a.ends_at > $4
	RETURNING a.requests, a.records_read, a.minors_read, t.time_zone`

// Used writes down what one request under the access of ctx asked for and how
// many records of each type it read, before its answer is given. Where the use
// becomes too unusual, the access is over and the answer must not be given.
func (d *Desk) Used(ctx context.Context, fields []string, read map[string]int) error {
	v := viewer.From(ctx)
	inside := viewer.ForTenant(outbox.WithRequest(outside{ctx}, outbox.Request(ctx)), v.TenantID, "follow the access of staff")
	var score int
	var why []string
	err := d.store.InTx(inside, func(ctx context.Context) error {
		use, err := d.count(ctx, v, read)
		if err != nil {
			return err
		}
		if score, why = Score(use); score > 0 {
			if _, err := d.store.Run(ctx).ExecContext(ctx, `UPDATE staff_accesses SET score = $2 WHERE id = $1`, v.StaffAccessID, score); err != nil {
				return err
			}
		}
		return d.store.Client(ctx).AuditEntry.Create().SetCategory(auditentry.CategorySTAFF_ACCESS).SetAction("staffaccess.used").
			SetActor(v.Actor()).SetEntityType("StaffAccess").SetEntityID(v.StaffAccessID).SetChanged(fields).
			SetRequestID(outbox.Request(ctx)).SetOccurredAt(d.moment()).Exec(ctx)
	})
	if err != nil || score < tooUnusual {
		return err
	}
	err = d.store.InTx(inside, func(ctx context.Context) error {
		found, err := d.store.Client(ctx).StaffAccess.Get(ctx, v.StaffAccessID)
		if err == nil {
			err = ended(found, d.moment(), "Its use was unusual: "+strings.Join(why, ", ")+".").Exec(ctx)
		}
		return err
	})
	d.door.Forget(v.StaffAccessID)
	return errors.Join(err, over())
}

func over() error {
	return fault.New(fault.Forbidden, "The access is over. The studio sees why; ask for another one if you still need it.")
}

func (d *Desk) count(ctx context.Context, v *viewer.Viewer, read map[string]int) (use Use, err error) {
	records := 0
	for _, n := range read {
		records += n
	}
	now := d.moment()
	rows, err := d.store.Run(ctx).QueryContext(ctx, count, v.StaffAccessID, records, read["Student"], now)
	if err != nil {
		return use, fmt.Errorf("staff: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return use, errors.Join(rows.Err(), over())
	}
	var zone string
	if err := rows.Scan(&use.Requests, &use.Records, &use.Minors, &zone); err != nil {
		return use, fmt.Errorf("staff: %w", err)
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	use.At = now.In(place)
	return use, rows.Close()
}
