package enrollment_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/class"
	"github.com/barrehq/barre/internal/enrollment"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// verbs are all acts on a student, a class or an enrollment.
func (b *bench) verbs(student, offered, held uuid.UUID) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"ask":    func(ctx context.Context) error { _, err := b.Eligibility(ctx, student, offered); return err },
		"enroll": func(ctx context.Context) error { _, err := b.Enroll(ctx, student, offered); return err },
		"join":   func(ctx context.Context) error { _, err := b.JoinWaitlist(ctx, student, offered); return err },
		"drop":   func(ctx context.Context) error { _, err := b.Drop(ctx, held, nil); return err },
		"resize": func(ctx context.Context) error { _, err := b.SetCapacity(ctx, offered, 20, nil); return err },
		"create": func(ctx context.Context) error {
			_, err := b.CreateClass(ctx, enrollment.NewClass{ProgramID: b.A.Program, SeasonID: b.A.Season, LocationID: b.A.Location,
				TuitionPlanID: b.A.Plan, Name: "Tap", Weekday: class.WeekdayMONDAY, StartsAt: "16:00", DurationMinutes: 30})
			return err
		},
	}
}

// Who may act is decided before anything is read: a refusal is the same for
// ids that exist and ids that do not.
func TestRoles(t *testing.T) {
	b := newBench(t)
	full := b.A.Class
	staff := "ask enroll join drop resize create"
	for role, may := range map[viewer.Role]string{
		viewer.Owner: staff, viewer.Admin: staff, viewer.FrontDesk: staff, viewer.Key: staff, viewer.Platform: staff,
		viewer.Guardian: "ask enroll join drop", viewer.Teacher: "ask", viewer.Public: "",
	} {
		ctx := b.A.As(t.Context(), role)
		for _, verb := range []string{"ask", "enroll", "join", "drop", "resize", "create"} {
			b.reset(t, 1)
			held := b.enroll(t, b.A.Student).ID
			if verb == "join" || verb == "enroll" || verb == "ask" {
				b.exec(t, `DELETE FROM enrollments WHERE id = $1`, held)
			}
			if verb == "enroll" {
				b.reset(t, 1)
			}
			err := b.verbs(b.A.Student, full, held)[verb](ctx)
			if allowed := strings.Contains(may, verb); allowed && err != nil || !allowed && fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("%s: %s: %v", role, verb, err)
			}
			if !strings.Contains(may, verb) {
				wantSame(t, err, b.verbs(uuid.New(), uuid.New(), uuid.New())[verb](ctx))
			}
		}
	}
	for name, verb := range b.verbs(b.A.Student, full, uuid.New()) {
		if err := verb(t.Context()); fault.CodeOf(err) != fault.Unauthenticated {
			t.Errorf("nobody: %s: %v", name, err)
		}
	}
}

// A guardian has the own household's students and nobody else's.
func TestGuardianOfAnotherHousehold(t *testing.T) {
	b := newBench(t)
	held := b.enroll(t, b.A.Student).ID
	other := viewer.With(t.Context(), &viewer.Viewer{TenantID: b.A.Tenant, Role: viewer.Guardian, UserID: uuid.New(), HouseholdID: uuid.New()})
	for _, verb := range []string{"ask", "enroll", "join", "drop"} {
		foreign := b.verbs(b.A.Student, b.A.Class, held)[verb](other)
		missing := b.verbs(uuid.New(), b.A.Class, uuid.New())[verb](other)
		wantCode(t, missing, fault.NotFound)
		wantSame(t, foreign, missing)
	}
	adrift := viewer.With(t.Context(), &viewer.Viewer{TenantID: b.A.Tenant, Role: viewer.Guardian, UserID: uuid.New()})
	for _, verb := range []string{"ask", "enroll", "join", "drop"} {
		wantCode(t, b.verbs(b.A.Student, b.A.Class, held)[verb](adrift), fault.Forbidden)
	}
	if !b.enrolled(t, b.A.Student) || b.active(t) != 1 {
		t.Error("a stranger changed the seats")
	}
}

// The neighbor's records answer as if they did not exist, to everybody.
func TestNeighbors(t *testing.T) {
	b := newBench(t)
	next, err := b.Enroll(b.B.As(t.Context(), viewer.Owner), b.B.Student, b.B.Class)
	must(t, err)
	for _, role := range []viewer.Role{viewer.Owner, viewer.Key, viewer.Platform} {
		ctx := b.A.As(t.Context(), role)
		for _, verb := range []string{"ask", "enroll", "join", "drop", "resize"} {
			missing := b.verbs(uuid.New(), uuid.New(), uuid.New())[verb](ctx)
			wantCode(t, missing, fault.NotFound)
			wantSame(t, b.verbs(b.B.Student, b.B.Class, next.ID)[verb](ctx), missing)
			if verb == "drop" || verb == "resize" {
				continue
			}
			missing = b.verbs(b.A.Student, uuid.New(), uuid.Nil)[verb](ctx)
			wantCode(t, missing, fault.NotFound)
			wantSame(t, b.verbs(b.A.Student, b.B.Class, uuid.Nil)[verb](ctx), missing)
			missing = b.verbs(uuid.New(), b.A.Class, uuid.Nil)[verb](ctx)
			wantSame(t, b.verbs(b.B.Student, b.A.Class, uuid.Nil)[verb](ctx), missing)
		}
	}
	if n := b.count(t, `SELECT capacity - open_seats FROM classes WHERE id = $1`, b.B.Class); n != 1 {
		t.Errorf("the neighbor's class counts %d taken seats; want 1", n)
	}
}

// A key needs the scope of the verb and no other.
func TestScopes(t *testing.T) {
	b := newBench(t)
	b.reset(t, 1)
	as := func(scope string) context.Context {
		return viewer.With(t.Context(), &viewer.Viewer{TenantID: b.A.Tenant, Role: viewer.Key, Scopes: []string{scope}, CredentialID: uuid.New()})
	}
	waiter := b.students(t, 1)[0]
	held, err := b.Enroll(as("enrollment:write"), b.A.Student, b.A.Class)
	must(t, err)
	if _, err := b.JoinWaitlist(as("waitlistentry:write"), waiter, b.A.Class); err != nil {
		t.Errorf("join: %v", err)
	}
	if _, err := b.SetCapacity(as("class:write"), b.A.Class, 1, nil); err != nil {
		t.Errorf("resize: %v", err)
	}
	for scope, verbs := range map[string][]string{
		"enrollment:read": {"enroll", "drop"}, "class:write": {"ask", "enroll", "drop", "join"}, "student:write": {"ask", "enroll"},
		"enrollment:write": {"join", "resize", "create"}, "waitlistentry:write": {"enroll", "drop"},
	} {
		for _, verb := range verbs {
			if err := b.verbs(b.A.Student, b.A.Class, held.ID)[verb](as(scope)); fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("%s with %s: %v", verb, scope, err)
			}
		}
	}
	if _, err := b.Drop(as("enrollment:write"), held.ID, nil); err != nil || !b.enrolled(t, waiter) {
		t.Errorf("drop: %v; the line was served: %t", err, b.enrolled(t, waiter))
	}
}
