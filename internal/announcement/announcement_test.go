package announcement_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/announcement"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

// member is a context in which a new member of the studio acts.
func member(t *testing.T, kit *testkit.Kit, s testkit.Studio, role membership.Role) context.Context {
	t.Helper()
	inside := viewer.ForTenant(t.Context(), s.Tenant, "test: a member")
	id := uuid.New()
	if err := kit.InTx(inside, func(ctx context.Context) error {
		return kit.Client(ctx).Membership.Create().SetID(id).SetEmail(id.String() + "@example.com").SetRole(role).SetStatus(membership.StatusACTIVE).Exec(ctx)
	}); err != nil {
		t.Fatal(err)
	}
	return viewer.With(t.Context(), &viewer.Viewer{TenantID: s.Tenant, Role: viewer.Role(role), UserID: uuid.New(), MembershipID: id, CredentialID: uuid.New()})
}

// Every studio is told once; what one person has read, another has not.
func TestAnnouncements(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	pool, err := job.Open(t.Context(), kit.SystemURL, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	desk := announcement.New(kit.Store, slog.New(slog.DiscardHandler))
	news := announcement.News{Slug: "new-thing", Kind: "PRODUCT_UPDATE", Title: "A new thing", Body: "It is there."}
	notifier := announcement.NewNotifier(pool, desk, func() []announcement.News { return []announcement.News{news} })
	for range 2 { // the second tells nobody
		if err := notifier.Work(t.Context(), &river.Job[job.Notify]{}); err != nil {
			t.Fatal(err)
		}
	}
	if told, err := desk.Tell(t.Context(), kit.B.Tenant, announcement.News{Slug: "for-b-alone", Kind: "MESSAGE", Title: "For B"}); err != nil || !told {
		t.Fatal(told, err)
	}
	teacher, owner, neighbor := member(t, kit, kit.A, "TEACHER"), member(t, kit, kit.A, "OWNER"), member(t, kit, kit.B, "OWNER")
	unread := func(ctx context.Context, want int) uuid.UUID {
		t.Helper()
		list, err := desk.Unread(ctx)
		if err != nil || len(list) != want {
			t.Fatalf("%d unread, %v; want %d", len(list), err, want)
		}
		if want == 0 {
			return uuid.Nil
		}
		return list[0].ID
	}
	id, theirs := unread(teacher, 1), unread(neighbor, 2)
	unread(owner, 1)
	for range 2 { // reading twice is reading once
		if read, err := desk.MarkRead(teacher, id); err != nil || read.ID != id {
			t.Fatal(read, err)
		}
	}
	unread(teacher, 0)
	unread(owner, 1)
	if _, err := desk.MarkRead(teacher, theirs); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the neighbor's: %v", err)
	}
	for name, ctx := range map[string]context.Context{
		"a key": kit.A.As(t.Context(), viewer.Key), "a guardian": member(t, kit, kit.A, "GUARDIAN"),
	} {
		if _, err := desk.Unread(ctx); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	var events int
	if err := kit.Super(t).QueryRow(`SELECT count(*) FROM events WHERE type = 'announcement.created'`).Scan(&events); err != nil || events != 3 {
		t.Errorf("%d events, %v; want 3", events, err)
	}
}

func TestNewsIsChecked(t *testing.T) {
	good := announcement.News{Slug: "new-thing", Kind: "MESSAGE", Title: "A new thing", Link: "https://barre.example/news"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*announcement.News){
		"slug":  func(n *announcement.News) { n.Slug = "New thing" },
		"kind":  func(n *announcement.News) { n.Kind = "GOSSIP" },
		"title": func(n *announcement.News) { n.Title = " " },
		"link":  func(n *announcement.News) { n.Link = "javascript:alert(1)" },
	} {
		n := good
		if spoil(&n); n.Check() == nil {
			t.Errorf("a wrong %s is accepted", name)
		}
	}
}
