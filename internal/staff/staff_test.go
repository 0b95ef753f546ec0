package staff_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"github.com/barrehq/barre/ent/auditentry"
	"github.com/barrehq/barre/ent/staffaccess"
	"github.com/barrehq/barre/internal/factor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/staff"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

type forgetful struct{ ids []uuid.UUID }

func (f *forgetful) Forget(id uuid.UUID) { f.ids = append(f.ids, id) }

// gate lets three attempts in a row fail.
type gate struct{ failed int }

func (g *gate) Attempt(_ context.Context, _ string, prove func() error) error {
	if g.failed >= 3 {
		return fault.User(fault.SignInFailed, nil, "Wait.")
	}
	err := prove()
	if g.failed++; err == nil {
		g.failed = 0
	}
	return err
}

// bench is a studio, a desk and a clock that stands at noon.
type bench struct {
	*testkit.Kit
	desk   *staff.Desk
	door   *forgetful
	now    time.Time
	person context.Context
	app    factor.App
}

func newBench(t *testing.T) *bench {
	b := &bench{Kit: testkit.New(t), door: &forgetful{}, now: time.Now().UTC().Truncate(24 * time.Hour).Add(36 * time.Hour)}
	box, err := sealed.Generate()
	if err != nil {
		t.Fatal(err)
	}
	b.desk = staff.New(b.Store, b.door, staff.Config{Box: box, Gate: &gate{}, Now: func() time.Time { return b.now }})
	if _, b.app, err = b.desk.Add(t.Context(), "Sam@Operator.example", "Sam Carter"); err != nil {
		t.Fatal(err)
	}
	across := viewer.AcrossTenants(t.Context(), "test: find the account")
	account, err := b.Client(across).StaffAccount.Query().Only(across)
	if err != nil {
		t.Fatal(err)
	}
	b.person = viewer.With(t.Context(), &viewer.Viewer{Role: viewer.Staff, CredentialID: account.ID, Plan: "starter"})
	b.super(t, `UPDATE tenants SET time_zone = 'UTC'`)
	return b
}

func (b *bench) super(t *testing.T, text string, args ...any) {
	t.Helper()
	if _, err := b.Super(t).Exec(text, args...); err != nil {
		t.Fatal(err)
	}
}

// code is what Sam's authenticator app shows.
func (b *bench) code(t *testing.T) string {
	t.Helper()
	code, err := totp.GenerateCode(b.app.Secret.Reveal(), b.now)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func (b *bench) owner(t *testing.T) context.Context { return b.A.As(t.Context(), viewer.Owner) }

// ask asks for access to the first studio.
func (b *bench) ask(t *testing.T) uuid.UUID {
	t.Helper()
	made, token, err := b.desk.Request(b.person, staff.Request{Studio: "north-star", Reason: "Ticket 4711: invoices are missing", Code: b.code(t)})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(token.Reveal(), "barre_jit_") || made.Minutes != 60 {
		t.Errorf("asked: %v, %d minutes", token.Reveal()[:10], made.Minutes)
	}
	b.super(t, `UPDATE staff_accesses SET created_at = $1 WHERE id = $2`, b.now, made.ID)
	return made.ID
}

func (b *bench) under(id uuid.UUID) context.Context {
	return viewer.With(context.Background(), &viewer.Viewer{TenantID: b.A.Tenant, Role: viewer.Admin, CredentialID: id, StaffAccessID: id, Plan: "studio"})
}

func TestAskApproveUseEnd(t *testing.T) {
	b := newBench(t)
	id := b.ask(t)
	if err := b.desk.Used(b.under(id), []string{"students"}, map[string]int{"Student": 1}); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("use before the studio has approved: %v", err)
	}
	if _, err := b.desk.Approve(b.B.As(t.Context(), viewer.Owner), id); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the neighbor approves: %v", err)
	}
	for _, role := range []viewer.Role{viewer.FrontDesk, viewer.Teacher, viewer.Guardian, viewer.Key} {
		if _, err := b.desk.Approve(b.A.As(t.Context(), role), id); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("%s approves: %v", role, err)
		}
	}
	started, err := b.desk.Approve(b.owner(t), id)
	if err != nil || started.Status != staffaccess.StatusACTIVE || !started.EndsAt.Equal(b.now.Add(time.Hour)) {
		t.Fatalf("approve: %v, %v", started, err)
	}
	if err := b.desk.Used(b.under(id), []string{"students"}, map[string]int{"Student": 30, "Household": 12}); err != nil {
		t.Fatalf("use: %v", err)
	}
	ctx := b.owner(t)
	seen := b.Client(ctx).StaffAccess.GetX(ctx, id)
	if seen.Requests != 1 || seen.RecordsRead != 42 || seen.MinorsRead != 30 {
		t.Errorf("the studio sees %d requests, %d records, %d of minors", seen.Requests, seen.RecordsRead, seen.MinorsRead)
	}
	entry := b.Client(ctx).AuditEntry.Query().Where(auditentry.Action("staffaccess.used")).OnlyX(ctx)
	if entry.Category != auditentry.CategorySTAFF_ACCESS || entry.Actor != "staff:"+id.String() {
		t.Errorf("audit: %v", entry)
	}
	ended, err := b.desk.End(ctx, id, "Thank you")
	if err != nil || ended.Status != staffaccess.StatusENDED || ended.EndReason != "Thank you" || len(b.door.ids) == 0 {
		t.Errorf("end: %v, %v, forgotten %v", ended, err, b.door.ids)
	}
	if err := b.desk.Used(b.under(id), []string{"students"}, nil); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("use after the end: %v", err)
	}
}

func TestUnusualUseEndsAccess(t *testing.T) {
	b := newBench(t)
	id := b.ask(t)
	if _, err := b.desk.Approve(b.owner(t), id); err != nil {
		t.Fatal(err)
	}
	reads := 0
	var err error
	for err == nil && reads < 20 {
		err = b.desk.Used(b.under(id), []string{"students"}, map[string]int{"Student": 100})
		reads++
	}
	if fault.CodeOf(err) != fault.Forbidden || reads != 4 {
		t.Errorf("after %d reads of 100 children: %v", reads, err)
	}
	ctx := b.owner(t)
	if a := b.Client(ctx).StaffAccess.GetX(ctx, id); a.Status != staffaccess.StatusENDED || !strings.Contains(a.EndReason, "minors") || a.Score < 100 {
		t.Errorf("the access is %v", a)
	}
}

func TestNobodyAskedStartsAtOnce(t *testing.T) {
	b := newBench(t)
	if _, err := b.desk.SetPolicy(b.owner(t), false); err != nil {
		t.Fatal(err)
	}
	made, _, err := b.desk.Request(b.person, staff.Request{Studio: "north-star", Reason: "Maintenance", Minutes: 24 * 60, Code: b.code(t)})
	if err != nil || made.Status != staffaccess.StatusACTIVE {
		t.Fatalf("%v, %v", made, err)
	}
	b.now = b.now.Add(24*time.Hour - time.Second)
	if err := b.desk.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx := b.owner(t)
	if a := b.Client(ctx).StaffAccess.GetX(ctx, made.ID); a.Status != staffaccess.StatusACTIVE {
		t.Errorf("a second too early: %s", a.Status)
	}
	b.now = b.now.Add(time.Second)
	if err := b.desk.Used(b.under(made.ID), nil, nil); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("use at the end: %v", err)
	}
	if err := b.desk.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := b.Client(ctx).StaffAccess.GetX(ctx, made.ID); a.Status != staffaccess.StatusENDED || a.EndReason == "" {
		t.Errorf("after its time: %v", a)
	}
}

func TestWrongRequests(t *testing.T) {
	b := newBench(t)
	for name, in := range map[string]staff.Request{
		"no reason": {Studio: "north-star", Reason: " "}, "no studio": {Studio: "nowhere", Reason: "Ticket"},
		"too long": {Studio: "north-star", Reason: "Ticket", Minutes: 24*60 + 1}, "negative": {Studio: "north-star", Reason: "Ticket", Minutes: -1},
	} {
		b.now = b.now.Add(time.Minute) // a code serves once
		in.Code = b.code(t)
		if _, _, err := b.desk.Request(b.person, in); fault.From(err) == nil || !fault.From(err).User || fault.CodeOf(err) == fault.SignInFailed {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := b.desk.Request(b.owner(t), staff.Request{Studio: "north-star", Reason: "Ticket"}); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("an owner asks: %v", err)
	}
	if err := b.desk.Revoke(t.Context(), "sam@operator.example"); err != nil {
		t.Error(err)
	}
}

// TestNoAccessIsLongerThanADay asks the database itself.
func TestNoAccessIsLongerThanADay(t *testing.T) {
	b := newBench(t)
	id := b.ask(t)
	for _, text := range []string{
		`UPDATE staff_accesses SET minutes = 1441 WHERE id = $1`,
		`UPDATE staff_accesses SET starts_at = now(), ends_at = now() + interval '24 hours 1 second' WHERE id = $1`,
		`UPDATE staff_accesses SET ends_at = now() WHERE id = $1`,
	} {
		if _, err := b.Super(t).Exec(text, id); err == nil || !strings.Contains(err.Error(), "staff_access_at_most_a_day") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Nobody of the staff asks for access by a credential alone.
func TestSecondFactorOfStaff(t *testing.T) {
	b := newBench(t)
	ask := func(code string) error {
		_, _, err := b.desk.Request(b.person, staff.Request{Studio: "north-star", Reason: "Ticket 4711", Code: code})
		return err
	}
	want := func(what string, err error, code fault.Code) {
		t.Helper()
		if err == nil && code != "" || err != nil && fault.CodeOf(err) != code {
			t.Errorf("%s: %v; want %q", what, err, code)
		}
	}
	want("no code", ask(" "), fault.SecondFactorRequired)
	want("a wrong code", ask("000000"), fault.SignInFailed)
	first := b.code(t)
	want("the code", ask(first), "")
	want("the code again", ask(first), fault.SignInFailed)
	b.now = b.now.Add(30 * time.Second)
	want("the code before, within its time", ask(first), fault.SignInFailed)
	want("the next code", ask(b.code(t)), "")
	before := b.app
	app, err := b.desk.ReplaceFactor(t.Context(), " Sam@Operator.example")
	if err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(30 * time.Second)
	want("a code of the app before", ask(b.code(t)), fault.SignInFailed)
	b.app = app
	if app.Secret == before.Secret {
		t.Error("the app is the one before")
	}
	want("a code of the new app", ask(b.code(t)), "")
	for range 3 {
		want("guessing", ask("000000"), fault.SignInFailed)
	}
	b.now = b.now.Add(30 * time.Second)
	want("the code after too many guesses", ask(b.code(t)), fault.SignInFailed)
	b.super(t, `UPDATE staff_accounts SET factor_secret = NULL`)
	want("an account without an app", ask(b.code(t)), fault.SecondFactorRequired)
	if n := b.Client(b.owner(t)).StaffAccess.Query().CountX(b.owner(t)); n != 3 {
		t.Errorf("the studio was asked %d times; want 3", n)
	}
	_, err = b.desk.ReplaceFactor(t.Context(), "nobody@operator.example")
	want("an app for nobody", err, fault.BadUserInput)
}
