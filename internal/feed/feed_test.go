package feed_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/job/jobtest"
	"github.com/barrehq/barre/internal/relay"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

type bench struct {
	*testkit.Kit
	feed  *feed.Feed
	relay *relay.Relay
}

func setUp(t *testing.T, c feed.Config) *bench {
	t.Helper()
	b := &bench{Kit: testkit.New(t)}
	pool := jobtest.Migrate(t, b.Kit)
	codec, err := cursor.New(make([]byte, cursor.MinKey))
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := job.NewClient(pool, nil, job.Config{})
	if err != nil {
		t.Fatal(err)
	}
	b.feed = feed.New(b.Store, codec, c)
	b.relay = relay.New(pool, jobs, relay.Config{Placed: b.feed.Wake})
	b.place(t)
	return b
}

func (b *bench) place(t *testing.T) {
	t.Helper()
	if _, err := b.relay.Place(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) tag(t *testing.T, studio testkit.Studio) uuid.UUID {
	t.Helper()
	var id uuid.UUID
	err := b.InTx(studio.As(t.Context(), viewer.Owner), func(ctx context.Context) error {
		made, err := b.Client(ctx).Tag.Create().SetName(uuid.NewString()).Save(ctx)
		if err == nil {
			id = made.ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func code(err error) fault.Code {
	if err == nil {
		return ""
	}
	return fault.CodeOf(err)
}

func TestPagesHaveNoGap(t *testing.T) {
	b := setUp(t, feed.Config{})
	for range 7 {
		b.tag(t, b.A)
		b.tag(t, b.B)
	}
	b.place(t)
	b.tag(t, b.A) // without a number, so that nobody sees it yet
	for _, role := range []viewer.Role{viewer.Owner, viewer.Admin, viewer.Key} {
		ctx := b.A.As(t.Context(), role)
		at, next := "", int64(1)
		for more := true; more; {
			page, err := b.feed.Page(ctx, at, nil, 4)
			if err != nil {
				t.Fatal(err)
			}
			for _, change := range page.Nodes {
				if change.Sequence != next {
					t.Fatalf("sequence %d; want %d", change.Sequence, next)
				}
				next++
			}
			at, more = page.Cursor, page.HasMore
			if more && len(page.Nodes) != 4 {
				t.Errorf("a page of %d says that there is more", len(page.Nodes))
			}
		}
		if next != 18 { // ten records of the studio and seven tags
			t.Errorf("%s read %d changes", role, next-1)
		}
		if page, err := b.feed.Page(ctx, at, nil, 4); err != nil || len(page.Nodes) != 0 || page.HasMore {
			t.Errorf("after the end: %+v, %v", page, err)
		}
	}
}

func TestTypes(t *testing.T) {
	b := setUp(t, feed.Config{})
	ctx := b.A.As(t.Context(), viewer.Owner)
	for range 3 {
		b.tag(t, b.A)
	}
	b.place(t)
	page, err := b.feed.Page(ctx, "", []string{"tag.created"}, 2)
	if err != nil || len(page.Nodes) != 2 || !page.HasMore {
		t.Fatalf("%+v, %v", page, err)
	}
	page, err = b.feed.Page(ctx, page.Cursor, []string{"tag.created"}, 2)
	if err != nil || len(page.Nodes) != 1 || page.HasMore || page.Nodes[0].EntityType != "Tag" {
		t.Fatalf("%+v, %v", page, err)
	}
	// A search that finds nothing moves on, and does not begin anew each time.
	page, err = b.feed.Page(ctx, "", []string{"season.deleted"}, 2)
	if err != nil || len(page.Nodes) != 0 {
		t.Fatalf("%+v, %v", page, err)
	}
	if rest, err := b.feed.Page(ctx, page.Cursor, nil, 2); err != nil || len(rest.Nodes) != 0 {
		t.Errorf("the cursor stayed behind: %+v, %v", rest, err)
	}
}

func TestPageRefuses(t *testing.T) {
	b := setUp(t, feed.Config{})
	owner := b.A.As(t.Context(), viewer.Owner)
	page, err := b.feed.Page(b.B.As(t.Context(), viewer.Owner), "", nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	scoped := func(scope string) context.Context {
		return viewer.With(t.Context(), &viewer.Viewer{TenantID: b.A.Tenant, Role: viewer.Key, Scopes: []string{scope}})
	}
	for name, c := range map[string]struct {
		ctx   context.Context
		after string
		types []string
		first int
		want  fault.Code
	}{
		"nobody":             {t.Context(), "", nil, 1, fault.Unauthenticated},
		"nobody's cursor":    {t.Context(), page.Cursor, nil, 1, fault.Unauthenticated},
		"front desk":         {b.A.As(t.Context(), viewer.FrontDesk), "", nil, 1, fault.Forbidden},
		"guardian":           {b.A.As(t.Context(), viewer.Guardian), "", nil, 1, fault.Forbidden},
		"public":             {b.A.As(t.Context(), viewer.Public), "", nil, 1, fault.Forbidden},
		"key without scope":  {scoped("student:read"), "", nil, 1, fault.Forbidden},
		"key with scope":     {scoped("event:read"), "", nil, 1, ""},
		"neighbor's cursor":  {owner, page.Cursor, nil, 1, fault.BadUserInput},
		"no cursor":          {owner, "abc", nil, 1, fault.BadUserInput},
		"no changes":         {owner, "", nil, 0, fault.BadUserInput},
		"too many changes":   {owner, "", nil, 251, fault.BadUserInput},
		"as many as allowed": {owner, "", nil, 250, ""},
		"unknown type":       {owner, "", []string{"tag.painted"}, 1, fault.BadUserInput},
	} {
		if _, err := b.feed.Page(c.ctx, c.after, c.types, c.first); code(err) != c.want {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
		if _, err := b.feed.Subscribe(c.ctx, c.after, c.types); c.first == 1 && code(err) != c.want {
			t.Errorf("%s: subscribe: %v; want %q", name, err, c.want)
		}
	}
}

func TestTombstone(t *testing.T) {
	b := setUp(t, feed.Config{})
	id := b.tag(t, b.A)
	ctx := b.A.As(t.Context(), viewer.Owner)
	if err := b.InTx(ctx, func(ctx context.Context) error {
		return b.Client(ctx).Tag.UpdateOneID(id).SetDeletedAt(time.Now()).Exec(ctx)
	}); err != nil {
		t.Fatal(err)
	}
	b.place(t)
	page, err := b.feed.Page(ctx, "", []string{"tag.created", "tag.deleted"}, 10)
	if err != nil || len(page.Nodes) != 2 {
		t.Fatalf("%+v, %v", page, err)
	}
	made, gone := page.Nodes[0], page.Nodes[1]
	if made.Tombstone || !gone.Tombstone || made.EntityID != gone.EntityID || gone.EntityVersion != made.EntityVersion+1 {
		t.Errorf("made %+v, gone %+v", made, gone)
	}
	text, err := json.Marshal(gone)
	var shown map[string]any
	if err = errors.Join(err, json.Unmarshal(text, &shown)); err != nil || shown["data"] != nil || shown["entityId"] != gone.EntityID || gone.EntityID[:4] != "tag_" {
		t.Errorf("%s, %v", text, err)
	}
}

func TestSubscribe(t *testing.T) {
	b := setUp(t, feed.Config{Poll: time.Hour, Page: 3, Buffer: 1}) // moved by the relay's signal alone
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { b.feed.Run(ctx) })
	defer group.Wait()
	defer stop()

	owner := b.A.As(ctx, viewer.Owner)
	all, err := b.feed.Page(owner, "", nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	live := subscribe(t, b, owner, "", nil)
	past := subscribe(t, b, owner, all.Cursor, nil)
	few := subscribe(t, b, owner, "", []string{"tag.deleted"})
	neighbor := subscribe(t, b, b.B.As(ctx, viewer.Owner), "", nil)
	slow := subscribe(t, b, owner, "", nil)
	for range 12 {
		b.tag(t, b.A)
	}
	b.place(t)
	for n := range 12 {
		if change := <-live; change.Sequence != int64(11+n) || change.Type != "tag.created" {
			t.Fatalf("live: %+v; want %d", change, 11+n)
		}
	}
	for n := range 21 {
		if change := <-past; change.Sequence != int64(2+n) {
			t.Fatalf("from a cursor: %d; want %d", change.Sequence, 2+n)
		}
	}
	b.tag(t, b.A)
	b.place(t)
	if change := <-live; change.Sequence != 23 {
		t.Errorf("then: %+v", change)
	}
	if change := <-slow; change.Sequence != 11 {
		t.Errorf("the slow reader missed %d", change.Sequence)
	}
	if len(few) != 0 || len(neighbor) != 0 {
		t.Errorf("%d changes of another type, %d of the neighbor's", len(few), len(neighbor))
	}
	stop()
	for _, c := range []<-chan feed.Change{live, past, few, neighbor, slow} {
		for range c {
		}
	}
}

func subscribe(t *testing.T, b *bench, ctx context.Context, after string, types []string) <-chan feed.Change {
	t.Helper()
	c, err := b.feed.Subscribe(ctx, after, types)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// One statement asks for all subscribers, and none is sent without any.
func TestPollWithoutSignal(t *testing.T) {
	b := setUp(t, feed.Config{Poll: time.Millisecond})
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { b.feed.Run(ctx) })
	defer group.Wait()
	defer stop()
	c := subscribe(t, b, b.A.As(ctx, viewer.Owner), "", nil)
	pool := jobtest.Migrate(t, b.Kit)
	jobs, err := job.NewClient(pool, nil, job.Config{})
	if err != nil {
		t.Fatal(err)
	}
	b.tag(t, b.A)
	other := relay.New(pool, jobs, relay.Config{}) // as in another process
	if _, err := other.Place(t.Context()); err != nil {
		t.Fatal(err)
	}
	if change := <-c; change.Type != "tag.created" {
		t.Errorf("%+v", change)
	}
}
