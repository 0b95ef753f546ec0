package store_test

import (
	"context"
	"testing"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/class"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

func TestWallsBetweenStudios(t *testing.T) {
	kit := testkit.New(t)
	ctx := kit.A.As(t.Context(), viewer.Owner)
	if _, err := kit.Client(ctx).Student.Get(ctx, kit.A.Student); err != nil {
		t.Fatalf("own student: %v", err)
	}
	if found, err := kit.Client(ctx).Student.Get(ctx, kit.B.Student); !ent.IsNotFound(err) {
		t.Fatalf("neighbor's student: %v, %v; want not found", found, err)
	}
	if n, err := kit.Client(ctx).Student.Query().Count(ctx); n != 1 || err != nil {
		t.Fatalf("students: %d, %v; want 1", n, err)
	}
}

// TestUpdateOfNothing holds ent to the walls where an update has nothing to
// change or its guard does not hold.
func TestUpdateOfNothing(t *testing.T) {
	kit := testkit.New(t)
	ctx := kit.A.As(t.Context(), viewer.Owner)
	err := kit.InTx(ctx, func(ctx context.Context) error {
		_, err := kit.Client(ctx).Student.UpdateOneID(kit.B.Student).Save(ctx)
		if !ent.IsNotFound(err) {
			t.Errorf("empty update of the neighbor's student: %v; want not found", err)
		}
		_, err = kit.Client(ctx).Class.UpdateOneID(kit.A.Class).AddOpenSeats(-1).Where(class.OpenSeatsGT(10)).Save(ctx)
		if !ent.IsNotFound(err) {
			t.Errorf("update whose guard does not hold: %v; want not found", err)
		}
		changed, err := kit.Client(ctx).Class.UpdateOneID(kit.A.Class).AddOpenSeats(-1).Where(class.OpenSeatsGT(0)).Save(ctx)
		if err != nil || changed.OpenSeats != 9 || changed.Version != 2 {
			t.Errorf("guarded update: %v, %v; want 9 open seats, version 2", changed, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
