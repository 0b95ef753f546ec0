package feed_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/viewer"
)

// begin begins a new epoch as an operator does.
func (b *bench) begin(t *testing.T, tenants ...uuid.UUID) int64 {
	t.Helper()
	pool, err := job.Open(t.Context(), b.SystemURL, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	n, err := feed.BeginEpoch(t.Context(), pool, tenants...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (b *bench) page(t *testing.T, ctx context.Context, after string) feed.Page {
	t.Helper()
	page, err := b.feed.Page(ctx, after, nil, 100)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestEpoch(t *testing.T) {
	b := setUp(t, feed.Config{})
	owner, neighbor := b.A.As(t.Context(), viewer.Owner), b.B.As(t.Context(), viewer.Owner)
	before, theirs := b.page(t, owner, ""), b.page(t, neighbor, "")
	if n := b.begin(t, b.A.Tenant); n != 1 {
		t.Errorf("%d studios began an epoch", n)
	}
	for name, after := range map[string]string{"the end": before.Cursor, "a change": before.Nodes[3].Cursor} {
		if _, err := b.feed.Page(owner, after, nil, 1); code(err) != fault.EpochChanged {
			t.Errorf("from %s: %v; want %s", name, err, fault.EpochChanged)
		}
		if _, err := b.feed.Subscribe(owner, after, nil); code(err) != fault.EpochChanged {
			t.Errorf("subscribe from %s: %v; want %s", name, err, fault.EpochChanged)
		}
	}
	if rest := b.page(t, neighbor, theirs.Cursor); rest.Epoch != theirs.Epoch {
		t.Errorf("the neighbor is in epoch %d; was in %d", rest.Epoch, theirs.Epoch)
	}
	now := b.page(t, owner, "")
	if now.Epoch <= before.Epoch || now.Nodes[0].Epoch != now.Epoch || len(now.Nodes) != len(before.Nodes) {
		t.Errorf("epoch %d with %d changes after %d with %d", now.Epoch, len(now.Nodes), before.Epoch, len(before.Nodes))
	}
	if n := b.begin(t); n != 2 {
		t.Errorf("%d studios began an epoch", n)
	}
	if again := b.page(t, owner, ""); again.Epoch <= now.Epoch {
		t.Errorf("epoch %d after %d", again.Epoch, now.Epoch)
	}
}

// A cursor leads on from any change, not from a page's last alone.
func TestCursorOfChange(t *testing.T) {
	b := setUp(t, feed.Config{})
	owner := b.A.As(t.Context(), viewer.Owner)
	all := b.page(t, owner, "").Nodes
	if rest := b.page(t, owner, all[3].Cursor).Nodes; rest[0].Sequence != all[4].Sequence {
		t.Errorf("%d follows %d", rest[0].Sequence, all[3].Sequence)
	}
}

// Where a restore was not followed by a new epoch, a cursor behind the end of
// what was restored gives it away.
func TestCursorBehindTheEnd(t *testing.T) {
	b := setUp(t, feed.Config{})
	owner := b.A.As(t.Context(), viewer.Owner)
	before := b.page(t, owner, "")
	if _, err := b.Super(t).Exec(`UPDATE tenant_counters SET last = last - 1 WHERE tenant_id = $1`, b.A.Tenant); err != nil {
		t.Fatal(err)
	}
	if _, err := b.feed.Page(owner, before.Cursor, nil, 1); code(err) != fault.EpochChanged {
		t.Errorf("%v; want %s", err, fault.EpochChanged)
	}
}

func TestCursorOfBeforeEpochs(t *testing.T) {
	b := setUp(t, feed.Config{})
	owner := b.A.As(t.Context(), viewer.Owner)
	codec, err := cursor.New(make([]byte, cursor.MinKey))
	if err != nil {
		t.Fatal(err)
	}
	old := func(values ...cursor.Value) string { return string(codec.Encode(nil, b.A.Tenant, "changes", values)) }
	if page := b.page(t, owner, old(cursor.Int(3))); page.Nodes[0].Sequence != 4 {
		t.Errorf("%d follows 3", page.Nodes[0].Sequence)
	}
	for name, text := range map[string]string{"nothing": old(), "text": old(cursor.String("3")), "three": old(cursor.Int(1), cursor.Int(1), cursor.Int(3))} {
		if _, err := b.feed.Page(owner, text, nil, 1); code(err) != fault.BadUserInput {
			t.Errorf("a cursor of %s: %v; want %s", name, err, fault.BadUserInput)
		}
	}
}

// A subscription ends with its epoch.
func TestSubscriptionEnds(t *testing.T) {
	b := setUp(t, feed.Config{})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); b.feed.Run(ctx) }()
	defer func() { stop(); <-done }()
	changes, neighbor := subscribe(t, b, b.A.As(ctx, viewer.Owner), "", nil), subscribe(t, b, b.B.As(ctx, viewer.Owner), "", nil)
	b.begin(t, b.A.Tenant)
	for range changes {
		t.Error("a change came")
	}
	b.tag(t, b.B)
	b.place(t)
	if change, open := <-neighbor; !open || change.Type != "tag.created" {
		t.Errorf("the neighbor's subscription: %+v, %v", change, open)
	}
}
