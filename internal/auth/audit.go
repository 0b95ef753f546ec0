package auth

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/barrehq/barre/ent/auditentry"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/viewer"
)

// note records what m did, in the transaction of ctx.
func (i *Identity) note(ctx context.Context, m member, action string) error {
	inside := viewer.ForTenant(ctx, m.tenant, "record a sign-in")
	return i.store.Client(inside).AuditEntry.Create().SetCategory(auditentry.CategorySIGN_IN).SetAction(action).
		SetActor("user:" + m.user.String()).SetEntityType("Membership").SetEntityID(m.membership).
		SetRequestID(outbox.Request(ctx)).SetAddress(outbox.Address(ctx)).SetOccurredAt(i.now()).Exec(inside)
}

// insertRefusals does not wait for the disk, so that its time does not tell
// whether there was anything to record.
const insertRefusals = `INSERT INTO audit_entries (id, created_at, updated_at, tenant_id, category, action, actor, entity_type, changed, request_id, outcome, address, occurred_at)
	SELECT r.id, $3, $3, r.tenant_id, $4, $5, $6, '', '[]', $7, 'REFUSED', $8, $3
	FROM (SELECT set_config('synchronous_commit', 'off', true)) AS quick, unnest($1::uuid[], $2::uuid[]) AS r(id, tenant_id)
	WHERE quick IS NOT NULL`

// refusal is something that was tried at studios and refused.
type refusal struct {
	tenants  []uuid.UUID // may be none; the statement is sent all the same
	category auditentry.Category
	action   string
	actor    string
	at       time.Time
}

// record writes r to the audit log of each of its studios.
func (d *Door) record(ctx context.Context, r refusal) error {
	ids := make([]uuid.UUID, len(r.tenants))
	for i := range ids {
		ids[i] = rule.NewID()
	}
	_, err := d.store.Run(ctx).ExecContext(ctx, insertRefusals, pq.Array(ids), pq.Array(r.tenants), r.at.UTC().Truncate(time.Microsecond),
		string(r.category), r.action, r.actor, outbox.Request(ctx), outbox.Address(ctx))
	return err
}

// noteStray records that a credential was used on the custom domain of another
// studio, or from a network that its key does not allow: in the log of its own studio, but not each time.
func (d *Door) noteStray(ctx context.Context, v *viewer.Viewer) {
	if !d.noted.try(v.CredentialID.String(), 6) { // two minutes, then four, up to maxDelay
		return
	}
	ctx, cancel := context.WithTimeout(platform(ctx, "record a stray credential"), patience)
	defer cancel()
	err := d.record(ctx, refusal{[]uuid.UUID{v.TenantID}, auditentry.CategorySECURITY, "credential.refused", v.Actor(), d.conf.Now()})
	if err != nil {
		d.conf.Log.WarnContext(ctx, "a stray credential could not be recorded", "error", err)
	}
}
