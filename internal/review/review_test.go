package review_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/accessreview"
	"github.com/barrehq/barre/ent/accessreviewitem"
	"github.com/barrehq/barre/ent/apikey"
	"github.com/barrehq/barre/ent/appinstallation"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/review"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

// revoker revokes as the platform does, without its rules.
type revoker struct{ *testkit.Kit }

func (r revoker) Forget(uuid.UUID) {}

func (r revoker) RevokeMembership(ctx context.Context, id uuid.UUID) (*ent.Membership, error) {
	return r.Client(ctx).Membership.UpdateOneID(id).SetStatus(membership.StatusREVOKED).Save(ctx)
}

func (r revoker) RevokeAPIKey(ctx context.Context, id uuid.UUID) (*ent.APIKey, error) {
	return r.Client(ctx).APIKey.UpdateOneID(id).SetRevokedAt(time.Now()).Save(ctx)
}

func (r revoker) Remove(ctx context.Context, id uuid.UUID) (*ent.AppInstallation, error) {
	return r.Client(ctx).AppInstallation.UpdateOneID(id).SetStatus(appinstallation.StatusREVOKED).Save(ctx)
}

type bench struct {
	*testkit.Kit
	desk                    *review.Desk
	now                     time.Time
	owner                   context.Context
	boss, admin, teacher    uuid.UUID
	guardian, live, revoked uuid.UUID
	app, other, gone        uuid.UUID // of which the last is shut out
}

func newBench(t *testing.T) *bench {
	b := &bench{Kit: testkit.New(t), now: time.Now().UTC().Truncate(time.Second)}
	b.desk = review.New(b.Store, revoker{b.Kit}, revoker{b.Kit}, revoker{b.Kit}, review.Config{Now: func() time.Time { return b.now }})
	inside := viewer.ForTenant(t.Context(), b.A.Tenant, "test")
	err := b.InTx(inside, func(ctx context.Context) error {
		c := b.Client(ctx)
		member := func(role membership.Role) uuid.UUID {
			return c.Membership.Create().SetEmail(string(role) + "@example.com").SetRole(role).SetStatus(membership.StatusACTIVE).SaveX(ctx).ID
		}
		key := func(name string, revoked *time.Time) uuid.UUID {
			return c.APIKey.Create().SetName(name).SetKind(apikey.KindSECRET).SetPrefix("p").SetLast4("last").SetTokenHash([]byte(name)).SetNillableRevokedAt(revoked).SaveX(ctx).ID
		}
		b.boss, b.admin, b.teacher, b.guardian = member(membership.RoleOWNER), member(membership.RoleADMIN), member(membership.RoleTEACHER), member(membership.RoleGUARDIAN)
		app := func(name string, status appinstallation.Status) uuid.UUID {
			return c.AppInstallation.Create().SetAppID(uuid.New()).SetAppName(name).SetPublisher("P").SetScopes([]string{"student:read"}).SetInstalledBy("user:1").SetStatus(status).SaveX(ctx).ID
		}
		b.live, b.revoked = key("live", nil), key("revoked", &b.now)
		b.app, b.other, b.gone = app("app", appinstallation.StatusACTIVE), app("other", appinstallation.StatusACTIVE), app("gone", appinstallation.StatusREVOKED)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	v := *viewer.From(b.A.As(t.Context(), viewer.Owner))
	v.MembershipID = b.boss
	b.owner = viewer.With(t.Context(), &v)
	return b
}

// item is what a review looks at, by the membership or the key.
func (b *bench) item(t *testing.T, id uuid.UUID) *ent.AccessReviewItem {
	t.Helper()
	found, err := b.Client(b.owner).AccessReviewItem.Query().
		Where(accessreviewitem.Or(accessreviewitem.MembershipID(id), accessreviewitem.APIKeyID(id), accessreviewitem.AppInstallationID(id))).Only(b.owner)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestReview(t *testing.T) {
	b := newBench(t)
	for _, role := range []viewer.Role{viewer.FrontDesk, viewer.Guardian, viewer.Key} {
		if _, err := b.desk.Start(b.A.As(t.Context(), role), nil); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("%s starts a review: %v", role, err)
		}
	}
	made, err := b.desk.Start(b.owner, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.desk.Start(b.owner, nil); fault.CodeOf(err) != fault.WrongState {
		t.Errorf("a second review at once: %v", err)
	}
	c := b.Client(b.owner)
	if n := c.AccessReviewItem.Query().CountX(b.owner); n != 6 {
		t.Errorf("%d items; want three members, one key and two apps", n)
	}
	if _, err := b.desk.Decide(b.owner, b.item(t, b.boss).ID, true); fault.CodeOf(err) != fault.WrongState {
		t.Errorf("the own access: %v", err)
	}
	if _, err := b.desk.Decide(b.owner, b.item(t, b.admin).ID, true); err != nil {
		t.Error(err)
	}
	if _, err := b.desk.Decide(b.owner, b.item(t, b.live).ID, false); err != nil {
		t.Error(err)
	}
	if key := c.APIKey.GetX(b.owner, b.live); key.RevokedAt == nil {
		t.Error("the key was not revoked")
	}
	if _, err := b.desk.Decide(b.owner, b.item(t, b.other).ID, false); err != nil {
		t.Error(err)
	}
	if app := c.AppInstallation.GetX(b.owner, b.other); app.Status != appinstallation.StatusREVOKED {
		t.Error("the app was not shut out")
	}
	if _, err := b.desk.Decide(b.owner, b.item(t, b.live).ID, true); fault.CodeOf(err) != fault.WrongState {
		t.Errorf("deciding again: %v", err)
	}
	b.now = made.DueAt.Add(-time.Second)
	if err := b.desk.Lapse(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m, a := c.Membership.GetX(b.owner, b.teacher), c.AppInstallation.GetX(b.owner, b.app); m.Status != membership.StatusACTIVE || a.Status != appinstallation.StatusACTIVE {
		t.Error("access lapsed before the deadline")
	}
	b.now = made.DueAt
	if err := b.desk.Lapse(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[uuid.UUID]membership.Status{b.boss: membership.StatusACTIVE, b.admin: membership.StatusACTIVE, b.teacher: membership.StatusREVOKED, b.guardian: membership.StatusACTIVE} {
		if m := c.Membership.GetX(b.owner, id); m.Status != want {
			t.Errorf("%s is %s after the deadline, want %s", m.Role, m.Status, want)
		}
	}
	if a, d := c.AppInstallation.GetX(b.owner, b.app), b.item(t, b.app).Decision; a.Status != appinstallation.StatusREVOKED || a.RevokedAt == nil || d != accessreviewitem.DecisionLAPSED {
		t.Errorf("the app that nobody reviewed is %s, its item %s", a.Status, d)
	}
	if d := b.item(t, b.teacher).Decision; d != accessreviewitem.DecisionLAPSED {
		t.Errorf("the teacher's item is %s", d)
	}
	if r := c.AccessReview.GetX(b.owner, made.ID); r.Status != accessreview.StatusCLOSED || r.ClosedAt == nil {
		t.Errorf("the review is %v", r)
	}
}

// TestReviewsStartByThemselves: half a year without one is enough.
func TestReviewsStartByThemselves(t *testing.T) {
	b := newBench(t)
	c := b.Client(b.owner)
	for _, step := range []struct {
		days, want int
	}{{181, 0}, {2, 1}, {15, 1}, {150, 1}, {32, 2}} {
		b.now = b.now.Add(time.Duration(step.days) * 24 * time.Hour)
		if _, err := b.Super(t).Exec(`UPDATE access_reviews SET created_at = due_at - interval '14 days'`); err != nil {
			t.Fatal(err)
		}
		if err := b.desk.Lapse(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := c.AccessReview.Query().CountX(b.owner); n != step.want {
			t.Errorf("after %d more days: %d reviews, want %d", step.days, n, step.want)
		}
	}
	if _, err := b.desk.SetPeriod(b.owner, 400); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a period of 400 days: %v", err)
	}
}
