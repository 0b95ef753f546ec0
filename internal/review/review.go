// Package review has studios look at who and what has access, and ends what
// nobody has looked at in time.
package review

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/accessreview"
	"github.com/barrehq/barre/ent/accessreviewitem"
	"github.com/barrehq/barre/ent/apikey"
	"github.com/barrehq/barre/ent/appinstallation"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
)

const (
	// usual is how long a review takes that names no deadline.
	usual    = 14 * 24 * time.Hour
	shortest = 24 * time.Hour
	longest  = 90 * 24 * time.Hour
)

// Revoker ends access of people and keys; it is auth.Identity.
type Revoker interface {
	RevokeMembership(ctx context.Context, id uuid.UUID) (*ent.Membership, error)
	RevokeAPIKey(ctx context.Context, id uuid.UUID) (*ent.APIKey, error)
}

// Remover shuts apps out; it is oauth.Desk.
type Remover interface {
	Remove(ctx context.Context, installation uuid.UUID) (*ent.AppInstallation, error)
}

// Door forgets what it believes of a credential.
type Door interface{ Forget(id uuid.UUID) }

// Config of a Desk; the zero value is for production.
type Config struct {
	Now func() time.Time // time.Now when nil
}

// Desk keeps the reviews of studios.
type Desk struct {
	store   *store.Store
	door    Door
	revoker Revoker
	remover Remover
	now     func() time.Time
}

// New returns a desk on s.
func New(s *store.Store, door Door, revoker Revoker, remover Remover, c Config) *Desk {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Desk{s, door, revoker, remover, c.Now}
}

// moment is the time as Postgres keeps it.
func (d *Desk) moment() time.Time { return d.now().UTC().Truncate(time.Microsecond) }

// Start begins a review of every member but the guardians, who see their own
// family alone, of every key and of every app that is let in. For OWNER and ADMIN; one review at a time.
func (d *Desk) Start(ctx context.Context, due *time.Time) (made *ent.AccessReview, err error) {
	v, err := auth.Keeper(ctx, "start a review of access")
	if err != nil {
		return nil, err
	}
	end := d.moment().Add(usual)
	if due != nil {
		end = due.UTC().Truncate(time.Microsecond)
	}
	if left := end.Sub(d.moment()); left < shortest || left > longest {
		return nil, fault.User(fault.Invalid, []string{"input", "dueAt"}, "A review takes 1 to 90 days.")
	}
	err = d.store.InTx(ctx, func(ctx context.Context) error {
		open, err := d.store.Client(ctx).AccessReview.Query().Where(accessreview.StatusEQ(accessreview.StatusOPEN)).Exist(ctx)
		if err != nil {
			return err
		}
		if open {
			return fault.User(fault.WrongState, []string{"input"}, "A review is open already.")
		}
		made, err = d.begin(ctx, v.Actor(), end)
		return err
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// begin makes a review and what it looks at, in the transaction of ctx.
func (d *Desk) begin(ctx context.Context, by string, due time.Time) (*ent.AccessReview, error) {
	client := d.store.Client(ctx)
	made, err := client.AccessReview.Create().SetDueAt(due).SetStartedBy(by).Save(ctx)
	if err != nil {
		return nil, err
	}
	members, err := client.Membership.Query().
		Where(membership.StatusNEQ(membership.StatusREVOKED), membership.RoleNEQ(membership.RoleGUARDIAN)).Order(membership.ByID()).IDs(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range members {
		if err := client.AccessReviewItem.Create().SetAccessReviewID(made.ID).SetMembershipID(id).Exec(ctx); err != nil {
			return nil, err
		}
	}
	keys, err := client.APIKey.Query().Where(apikey.RevokedAtIsNil()).Order(apikey.ByID()).IDs(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range keys {
		if err := client.AccessReviewItem.Create().SetAccessReviewID(made.ID).SetAPIKeyID(id).Exec(ctx); err != nil {
			return nil, err
		}
	}
	apps, err := client.AppInstallation.Query().Where(appinstallation.StatusEQ(appinstallation.StatusACTIVE)).Order(appinstallation.ByID()).IDs(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range apps {
		if err := client.AccessReviewItem.Create().SetAccessReviewID(made.ID).SetAppInstallationID(id).Exec(ctx); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// Decide keeps or ends the access of one item. For OWNER and ADMIN; nobody
// decides of the own access. With its last item a review is closed.
func (d *Desk) Decide(ctx context.Context, id uuid.UUID, keep bool) (decided *ent.AccessReviewItem, err error) {
	v, err := auth.Keeper(ctx, "review access")
	if err != nil {
		return nil, err
	}
	err = d.store.InTx(ctx, func(ctx context.Context) error {
		client := d.store.Client(ctx)
		item, err := client.AccessReviewItem.Query().Where(accessreviewitem.ID(id)).ForUpdate().Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return fault.User(fault.NotFound, []string{"input", "id"}, "There is no such item.")
		case err != nil:
			return err
		case item.Decision != accessreviewitem.DecisionPENDING:
			return fault.User(fault.WrongState, []string{"input", "id"}, "This has been decided.")
		case item.MembershipID != nil && *item.MembershipID == v.MembershipID:
			return fault.User(fault.WrongState, []string{"input", "id"}, "Nobody reviews the own access. Ask another OWNER or ADMIN.")
		}
		decision := accessreviewitem.DecisionKEPT
		if !keep {
			decision = accessreviewitem.DecisionREVOKED
			if err := d.revoke(ctx, item); err != nil {
				return err
			}
		}
		if decided, err = item.Update().SetDecision(decision).SetDecidedBy(v.Actor()).SetDecidedAt(d.moment()).Save(ctx); err != nil {
			return err
		}
		return d.closeDecided(ctx, item.AccessReviewID)
	})
	if err != nil {
		return nil, err
	}
	return decided, nil
}

func (d *Desk) revoke(ctx context.Context, item *ent.AccessReviewItem) (err error) {
	switch {
	case item.MembershipID != nil:
		_, err = d.revoker.RevokeMembership(ctx, *item.MembershipID)
	case item.AppInstallationID != nil:
		_, err = d.remover.Remove(ctx, *item.AppInstallationID)
	default:
		_, err = d.revoker.RevokeAPIKey(ctx, *item.APIKeyID)
	}
	return err
}

// closeDecided closes a review of which nothing is left to decide.
func (d *Desk) closeDecided(ctx context.Context, review uuid.UUID) error {
	client := d.store.Client(ctx)
	left, err := client.AccessReviewItem.Query().
		Where(accessreviewitem.AccessReviewID(review), accessreviewitem.DecisionEQ(accessreviewitem.DecisionPENDING)).Exist(ctx)
	if err != nil || left {
		return err
	}
	err = client.AccessReview.UpdateOneID(review).Where(accessreview.StatusEQ(accessreview.StatusOPEN)).
		SetStatus(accessreview.StatusCLOSED).SetClosedAt(d.moment()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("review: close: %w", err)
	}
	return nil
}

// SetPeriod says after how many days without a review one is started; 0 for
// never. For OWNER and ADMIN.
func (d *Desk) SetPeriod(ctx context.Context, days int) (set *ent.Tenant, err error) {
	v, err := auth.Keeper(ctx, "say how often access is reviewed")
	if err != nil {
		return nil, err
	}
	if days < 0 || days > 366 {
		return nil, fault.User(fault.Invalid, []string{"input", "days"}, "Give 0 to 366 days.")
	}
	err = d.store.InTx(ctx, func(ctx context.Context) (err error) {
		set, err = d.store.Client(ctx).Tenant.UpdateOneID(v.TenantID).SetAccessReviewDays(days).Save(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return set, nil
}
