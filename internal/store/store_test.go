package store_test

import (
	"testing"

	"github.com/barrehq/barre/ent"
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
