package review

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/accessreview"
	"github.com/barrehq/barre/ent/accessreviewitem"
	"github.com/barrehq/barre/ent/appinstallation"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/viewer"
)

// actor is who starts and closes reviews on time, in the audit log.
const actor = "review access on time"

// dueReviews are those whose deadline has passed.
const dueReviews = `SELECT tenant_id, id FROM access_reviews WHERE status = 'OPEN' AND due_at <= $1 ORDER BY due_at LIMIT 100`

// dueStudios are those without a review for as long as they allow.
const dueStudios = `SELECT t.id, t.id FROM tenants t WHERE t.status = 'ACTIVE' AND t.access_review_days > 0
	AND COALESCE((SELECT max(r.created_at) FROM access_reviews r WHERE r.tenant_id = t.id), t.created_at) + make_interval(days => t.access_review_days::int) <= $1
	AND NOT EXISTS (SELECT FROM access_reviews r WHERE r.tenant_id = t.id AND r.status = 'OPEN') LIMIT 100`

// Lapse ends the access that nobody has reviewed by the deadline, at every
// studio, and starts the reviews whose time has come.
func (d *Desk) Lapse(ctx context.Context) error {
	var errs []error
	reviews, err := d.due(ctx, dueReviews)
	errs = append(errs, err)
	for _, r := range reviews {
		errs = append(errs, d.lapse(viewer.ForTenant(ctx, r.tenant, actor), r.id))
	}
	studios, err := d.due(ctx, dueStudios)
	errs = append(errs, err)
	for _, s := range studios {
		inside := viewer.ForTenant(ctx, s.tenant, actor)
		errs = append(errs, d.store.InTx(inside, func(ctx context.Context) error {
			_, err := d.begin(ctx, viewer.From(ctx).Actor(), d.moment().Add(usual))
			return err
		}))
	}
	return errors.Join(errs...)
}

// due is a row of what is due at a studio.
type due struct{ tenant, id uuid.UUID }

func (d *Desk) due(ctx context.Context, text string) (list []due, err error) {
	ctx = viewer.AcrossTenants(ctx, actor)
	rows, err := d.store.Run(ctx).QueryContext(ctx, text, d.moment())
	if err != nil {
		return nil, fmt.Errorf("review: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var one due
		if err := rows.Scan(&one.tenant, &one.id); err != nil {
			return nil, fmt.Errorf("review: %w", err)
		}
		list = append(list, one)
	}
	return list, rows.Err()
}

// lapse ends what is pending of one review and closes it, as the platform.
func (d *Desk) lapse(ctx context.Context, review uuid.UUID) error {
	return d.store.InTx(ctx, func(ctx context.Context) error {
		client := d.store.Client(ctx)
		now := d.moment()
		if _, err := client.AccessReview.Query().Where(accessreview.ID(review), accessreview.StatusEQ(accessreview.StatusOPEN)).ForUpdate().Only(ctx); err != nil {
			if ent.IsNotFound(err) {
				return nil // another worker was faster
			}
			return err
		}
		items, err := client.AccessReviewItem.Query().
			Where(accessreviewitem.AccessReviewID(review), accessreviewitem.DecisionEQ(accessreviewitem.DecisionPENDING)).
			Order(accessreviewitem.ByID()).ForUpdate().All(ctx)
		if err != nil {
			return err
		}
		for _, item := range items {
			decision, err := d.end(ctx, item, now)
			if err != nil {
				return err
			}
			if err := item.Update().SetDecision(decision).SetDecidedBy(viewer.From(ctx).Actor()).SetDecidedAt(now).Exec(ctx); err != nil {
				return err
			}
		}
		return d.closeDecided(ctx, review)
	})
}

// end takes the access of one item away. The last OWNER stays: a studio that
// nobody can open helps nobody.
func (d *Desk) end(ctx context.Context, item *ent.AccessReviewItem, now time.Time) (accessreviewitem.Decision, error) {
	client := d.store.Client(ctx)
	if item.APIKeyID != nil {
		key, err := client.APIKey.Get(ctx, *item.APIKeyID)
		if err == nil && key.RevokedAt == nil {
			err = key.Update().SetRevokedAt(now).Exec(ctx)
		}
		d.store.AfterCommit(ctx, func() { d.door.Forget(*item.APIKeyID) })
		return accessreviewitem.DecisionLAPSED, err
	}
	if item.AppInstallationID != nil {
		app, err := client.AppInstallation.Get(ctx, *item.AppInstallationID)
		if err == nil && app.Status == appinstallation.StatusACTIVE {
			err = app.Update().SetStatus(appinstallation.StatusREVOKED).SetRevokedAt(now).Exec(ctx)
		}
		d.store.AfterCommit(ctx, func() { d.door.Forget(*item.AppInstallationID) })
		return accessreviewitem.DecisionLAPSED, err
	}
	owners, err := client.Membership.Query().Where(membership.RoleEQ(membership.RoleOWNER), membership.StatusEQ(membership.StatusACTIVE)).
		Order(membership.ByID()).ForUpdate().IDs(ctx)
	if err != nil {
		return "", err
	}
	if len(owners) == 1 && owners[0] == *item.MembershipID {
		return accessreviewitem.DecisionKEPT, nil
	}
	member, err := client.Membership.Get(ctx, *item.MembershipID)
	if err == nil && member.Status != membership.StatusREVOKED {
		err = member.Update().SetStatus(membership.StatusREVOKED).ClearInviteHash().ClearInviteExpiresAt().Exec(ctx)
	}
	d.store.AfterCommit(ctx, func() { d.door.Forget(*item.MembershipID) })
	return accessreviewitem.DecisionLAPSED, err
}
