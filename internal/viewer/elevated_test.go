package viewer_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/viewer"
)

func TestElevated(t *testing.T) {
	guardian := &viewer.Viewer{TenantID: uuid.New(), Role: viewer.Guardian, UserID: uuid.New(), HouseholdID: uuid.New(), CredentialID: uuid.New()}
	ctx := viewer.With(t.Context(), guardian)
	raised := viewer.From(viewer.Elevated(ctx, "take a seat"))
	if raised.Role != viewer.Platform || raised.TenantID != guardian.TenantID || raised.HouseholdID != uuid.Nil || raised.IsAcrossTenants() {
		t.Errorf("raised to %+v; want the platform in the same tenant", raised)
	}
	if raised.Actor() != guardian.Actor() || raised.CredentialID != guardian.CredentialID {
		t.Errorf("actor %q; want %q", raised.Actor(), guardian.Actor())
	}
	if again := viewer.From(viewer.Elevated(viewer.With(ctx, raised), "again")); again.Actor() != guardian.Actor() {
		t.Errorf("raised twice, the actor is %q; want %q", again.Actor(), guardian.Actor())
	}
	if guardian.Role != viewer.Guardian {
		t.Error("the viewer of the request was changed")
	}
	if v := viewer.From(viewer.Elevated(t.Context(), "nobody")); v != nil {
		t.Errorf("raised nobody to %+v", v)
	}
}
