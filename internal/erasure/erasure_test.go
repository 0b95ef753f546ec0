package erasure_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/barrehq/barre/ent"
	enterasure "github.com/barrehq/barre/ent/erasure"
	"github.com/barrehq/barre/ent/erasureline"
	"github.com/barrehq/barre/ent/invoice"
	"github.com/barrehq/barre/internal/delivery"
	"github.com/barrehq/barre/internal/erasure"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/job/jobtest"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/relay"
	"github.com/barrehq/barre/internal/subject"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// bureau is a studio with a desk and a worker for erasures.
type bureau struct {
	*testkit.Kit
	pool    *pgxpool.Pool
	desk    *erasure.Desk
	worker  *erasure.Worker
	vendors *vendors
	removed []string
	owner   context.Context
}

// Delete forgets the file of an export.
func (b *bureau) Delete(_ context.Context, name string) error {
	b.removed = append(b.removed, name)
	return nil
}

// vendors are two sub-processors, one of which takes its time.
type vendors struct {
	asked provider.Erasure
	slow  bool
}

func (v *vendors) Family(_ context.Context, _, household uuid.UUID) (provider.Erasure, error) {
	return provider.Erasure{Refs: []provider.Ref{{Type: "household", ID: household}}}, nil
}

func (v *vendors) Erase(_ context.Context, _ uuid.UUID, who provider.Erasure) ([]delivery.Receipt, error) {
	v.asked = who
	confirmed := []provider.Confirmation{{Ref: who.Refs[0], State: provider.Erased}}
	second := delivery.Receipt{Provider: "recurly", Confirmed: confirmed}
	if v.slow {
		second = delivery.Receipt{Provider: "recurly", Problem: "It did not answer."}
	}
	return []delivery.Receipt{{Provider: "stripe", Confirmed: confirmed}, second}, nil
}

func open(t *testing.T) *bureau {
	t.Helper()
	b := &bureau{Kit: testkit.New(t), vendors: &vendors{slow: true}}
	b.pool = jobtest.Migrate(t, b.Kit)
	b.desk = erasure.New(b.Store)
	b.worker = erasure.NewWorker(b.Store, erasure.Config{Pool: b.pool, Providers: b.vendors, Files: b, Texts: b.Keys})
	b.owner = b.A.As(t.Context(), viewer.Owner)
	return b
}

// work carries an erasure out as the worker would.
func (b *bureau) work(t *testing.T, id uuid.UUID) *ent.Erasure {
	t.Helper()
	j := &river.Job[job.Erase]{JobRow: &rivertype.JobRow{Attempt: 1, MaxAttempts: 5}, Args: job.Erase{Erasure: id, Tenant: b.A.Tenant}}
	must(t, b.worker.Work(t.Context(), j))
	found, err := b.Client(b.owner).Erasure.Query().Where(enterasure.ID(id)).WithLines().Only(b.owner)
	must(t, err)
	return found
}

// live gives the family of the studio one of everything, and returns the
// invoice that it has not paid.
func (b *bureau) live(t *testing.T, s testkit.Studio) (unpaid uuid.UUID) {
	t.Helper()
	ctx := viewer.ForTenant(t.Context(), s.Tenant, "test")
	must(t, b.InTx(ctx, func(ctx context.Context) error {
		c := b.Client(ctx)
		tag, err := c.Tag.Create().SetName("recital").Save(ctx)
		if err != nil {
			return err
		}
		ticket, err := c.Ticket.Create().SetHouseholdID(s.Household).SetGuardianID(s.Guardian).SetSubject("Okafor, shoes").Save(ctx)
		if err != nil {
			return err
		}
		bill, err := c.Invoice.Create().SetHouseholdID(s.Household).SetStudentID(s.Student).SetNumber(1).SetCurrency("USD").SetTotal(9500).
			SetDueOn(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)).Save(ctx)
		if err != nil {
			return err
		}
		unpaid = bill.ID
		for _, make := range []func() error{
			func() error { return c.StudentTag.Create().SetStudentID(s.Student).SetTagID(tag.ID).Exec(ctx) },
			func() error {
				return c.Note.Create().SetHouseholdID(s.Household).SetStudentID(s.Student).SetBody("Emma Okafor's knee").Exec(ctx)
			},
			func() error {
				return c.TicketReply.Create().SetTicketID(ticket.ID).SetAuthor("FAMILY").SetText("Write to ada@example.com").Exec(ctx)
			},
			func() error {
				return c.Deal.Create().SetHouseholdID(s.Household).SetTitle("Party of Emma Okafor").Exec(ctx)
			},
			func() error {
				return c.InvoiceLine.Create().SetInvoiceID(bill.ID).SetHouseholdID(s.Household).SetDescription("Tuition").SetUnitAmount(9500).SetAmount(9500).Exec(ctx)
			},
			func() error {
				return c.Payment.Create().SetInvoiceID(bill.ID).SetHouseholdID(s.Household).SetAmount(9500).SetCurrency("USD").SetMethod("CHECK").SetReference("Ada Okafor, check 7").Exec(ctx)
			},
			func() error {
				return c.Suppression.Create().SetChannel("EMAIL").SetAddress("ada@example.com").SetReason("BOUNCED").SetProvider("customerio").SetOccurredAt(time.Now()).Exec(ctx)
			},
			func() error {
				return c.ExternalReference.Create().SetEntityType("Student").SetEntityID(s.Student).SetSystem("ledger").SetExternalID("emma-okafor").Exec(ctx)
			},
			func() error {
				return c.Membership.Create().SetEmail("ada@example.com").SetName("Ada Okafor").SetRole("GUARDIAN").SetHouseholdID(s.Household).Exec(ctx)
			},
			func() error {
				return c.Student.UpdateOneID(s.Student).SetMedicalNote("Emma Okafor is allergic to nuts").Exec(ctx)
			},
			func() error {
				return c.Export.Create().SetRequestedBy("test").SetStatus("READY").SetStorageKey("some.zip").Exec(ctx)
			},
		} {
			if err := make(); err != nil {
				return err
			}
		}
		return nil
	}))
	return unpaid
}

// hits counts the rows of a tenant, in every table of the database, that hold
// any of the texts.
func (b *bureau) hits(t *testing.T, s testkit.Studio, texts ...string) map[string]int {
	t.Helper()
	db := b.Super(t)
	rows, err := db.Query(`SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND (column_name = 'tenant_id' OR table_name = 'tenants' AND column_name = 'id')`)
	must(t, err)
	defer rows.Close()
	found := map[string]int{}
	for rows.Next() {
		var table, column string
		must(t, rows.Scan(&table, &column))
		for _, text := range texts {
			var n int
			must(t, db.QueryRow(fmt.Sprintf(`SELECT count(*) FROM %s t WHERE %s = $1 AND t::text ILIKE '%%' || $2 || '%%'`, table, column), s.Tenant, text).Scan(&n))
			if n > 0 {
				found[table] += n
			}
		}
	}
	must(t, rows.Err())
	return found
}

var canaries = []string{"okafor", "ada@example.com", "allergic"}

// TestErase forgets a family that has one of everything, once it owes nothing,
// and its neighbor's twin stays as it is.
func TestErase(t *testing.T) {
	b := open(t)
	unpaid, _ := b.live(t, b.A), b.live(t, b.B)
	before := b.hits(t, b.B, canaries...)
	if len(before) < 10 {
		t.Fatalf("the family is in %v alone", before)
	}
	made, err := b.desk.Order(b.owner, subject.Person{Type: subject.Household, ID: b.A.Household}, enterasure.GroundREQUEST)
	must(t, err)
	if again, err := b.desk.Order(b.owner, subject.Person{Type: subject.Household, ID: b.A.Household}, enterasure.GroundREQUEST); err != nil || again.ID != made.ID {
		t.Errorf("asked again it answers %v, %v", again, err)
	}
	jobs, err := job.NewClient(b.pool, nil, job.Config{Test: true})
	must(t, err)
	for n := 1; n > 0; {
		n, err = relay.New(b.pool, jobs, relay.Config{}).Place(t.Context())
		must(t, err)
	}
	var ordered int
	must(t, b.pool.QueryRow(t.Context(), `SELECT count(*) FROM river.river_job WHERE kind = 'erase' AND args->>'erasure_id' = $1`, made.ID.String()).Scan(&ordered))
	if ordered != 1 {
		t.Errorf("%d jobs follow from the order; want 1", ordered)
	}

	held := b.work(t, made.ID)
	if held.Status != enterasure.StatusHELD || len(held.HeldBy) != 1 || !strings.Contains(held.HeldBy[0], "Invoice 1 is open") {
		t.Fatalf("with an open invoice it is %s by %v", held.Status, held.HeldBy)
	}
	if got := b.hits(t, b.A, canaries...); len(got) < 10 {
		t.Errorf("a held erasure has left %v", got)
	}
	must(t, b.InTx(viewer.ForTenant(t.Context(), b.A.Tenant, "test"), func(ctx context.Context) error {
		return b.Client(ctx).Invoice.UpdateOneID(unpaid).SetStatus(invoice.StatusPAID).SetAmountPaid(9500).Exec(ctx)
	}))
	_, err = b.Super(t).Exec(`WITH made AS (INSERT INTO users (id, created_at, updated_at, version, email, name) VALUES (gen_random_uuid(), now(), now(), 1, 'ada@example.com', 'Ada Okafor') RETURNING id)
		UPDATE memberships SET user_id = made.id, status = 'ACTIVE' FROM made WHERE tenant_id = $1`, b.A.Tenant)
	must(t, err)
	_, err = b.pool.Exec(t.Context(), `INSERT INTO backup_runs (id, created_at, updated_at, version, kind, status, name, size, sha256, error, started_at, locked_until)
		VALUES (gen_random_uuid(), now(), now(), 1, 'BASE', 'DONE', '7/base/now', 1, '', '', now(), now() + interval '7 days')`)
	must(t, err)

	waiting := b.work(t, made.ID)
	if got := b.hits(t, b.A, canaries...); len(got) > 0 {
		t.Errorf("after the erasure the family is in %v", got)
	}
	var accounts int
	if must(t, b.pool.QueryRow(t.Context(), `SELECT count(*) FROM users WHERE email LIKE '%ada%' OR name LIKE '%Okafor%'`).Scan(&accounts)); accounts != 0 {
		t.Error("the account of the family is still there")
	}
	if got := b.hits(t, b.B, canaries...); fmt.Sprint(got) != fmt.Sprint(before) {
		t.Errorf("the neighbor's family was in %v and is in %v", before, got)
	}
	if waiting.Status != enterasure.StatusAWAITING || waiting.ErasedAt == nil || waiting.BackupsUntil == nil || waiting.Records == 0 || b.removed == nil {
		t.Errorf("erased here, it is %+v", waiting)
	}
	b.vendors.slow = false
	done := b.work(t, made.ID)
	if done.Status != enterasure.StatusCOMPLETED || done.CompletedAt == nil || !done.ErasedAt.Equal(*waiting.ErasedAt) {
		t.Errorf("in the end it is %+v", done)
	}
	state := map[string]erasureline.State{}
	for _, l := range done.Edges.Lines {
		state[l.Place] = l.State
	}
	for place, want := range map[string]erasureline.State{
		"Household": erasureline.StateDONE, "Guardian": erasureline.StateDONE, "Student": erasureline.StateDONE, "Note": erasureline.StateDONE, "Invoice": erasureline.StateDONE,
		"Event": erasureline.StateDONE, "EntityVersion": erasureline.StateDONE, "Export": erasureline.StateDONE, "database": erasureline.StateDONE,
		"7/base/now": erasureline.StateEXPIRES, "stripe": erasureline.StateCONFIRMED, "recurly": erasureline.StateCONFIRMED,
	} {
		if state[place] != want {
			t.Errorf("the certificate says %q of %s; want %q", state[place], place, want)
		}
	}
}

// TestEraseSealedTexts forgets a family where others' notes tell of it, and
// where its guardian works at the studio: all of it is sealed.
func TestEraseSealedTexts(t *testing.T) {
	b := open(t)
	b.vendors.slow = false
	var told, other, worker, colleague uuid.UUID
	must(t, b.InTx(b.owner, func(ctx context.Context) error {
		c := b.Client(ctx)
		family, err := c.Household.Create().SetName("The Nowak family").Save(ctx)
		if err != nil {
			return err
		}
		note, err := c.Note.Create().SetHouseholdID(family.ID).SetBody("Tom stands beside Emma Okafor").Save(ctx)
		if err != nil {
			return err
		}
		student, err := c.Student.Create().SetHouseholdID(family.ID).SetFirstName("Tom").SetLastName("Nowak").SetBirthDate(time.Date(2016, 5, 1, 0, 0, 0, 0, time.UTC)).
			SetMedicalNote("EMMA OKAFOR has his inhaler; not Emma Okaforson. Call ada@example.com.").Save(ctx)
		if err != nil {
			return err
		}
		teaches, err := c.Staff.Create().SetDisplayName("Ms. O.").SetEmail("Ada@Example.com").Save(ctx)
		if err != nil {
			return err
		}
		stays, err := c.Staff.Create().SetDisplayName("Ms. Tess").SetEmail("okafor@example.com").Save(ctx)
		if err != nil {
			return err
		}
		told, other, worker, colleague = note.ID, student.ID, teaches.ID, stays.ID
		return c.Household.UpdateOneID(b.A.Household).ClearEmail().Exec(ctx)
	}))
	must(t, b.InTx(b.owner, func(ctx context.Context) error {
		return b.Client(ctx).Note.UpdateOneID(told).SetBody("Tom stands between Emma Okafor and Ann").Exec(ctx)
	}))
	made, err := b.desk.Order(b.owner, subject.Person{Type: subject.Household, ID: b.A.Household}, enterasure.GroundREQUEST)
	must(t, err)
	if done := b.work(t, made.ID); done.Status != enterasure.StatusCOMPLETED {
		t.Fatalf("it is %s", done.Status)
	}
	c := b.Client(b.owner)
	if got := c.Note.GetX(b.owner, told).Body; got != "Tom stands between erased and Ann" {
		t.Errorf("the note reads %q", got)
	}
	if got := *c.Student.GetX(b.owner, other).MedicalNote; got != "erased has his inhaler; not Emma Okaforson. Call erased." {
		t.Errorf("the medical note reads %q", got)
	}
	if got := c.Staff.GetX(b.owner, worker); got.Email != nil || got.EmailIndex != nil && len(*got.EmailIndex) > 0 {
		t.Errorf("the guardian who works at the studio has the address %v", got.Email)
	}
	if got := c.Staff.GetX(b.owner, colleague); got.Email == nil || *got.Email != "okafor@example.com" {
		t.Errorf("a colleague has the address %v", got.Email)
	}
	versions := 0
	for _, v := range c.EntityVersion.Query().AllX(b.owner) {
		if strings.Contains(string(v.Data), "Emma Okafor ") || strings.Contains(string(v.Data), "Emma Okafor\"") || strings.Contains(strings.ToLower(string(v.Data)), "ada@") {
			t.Errorf("a version of %s reads %s", v.EntityType, v.Data)
		}
		if v.EntityID == told {
			versions++
		}
	}
	if versions < 2 {
		t.Errorf("%d versions of the note are left", versions)
	}
}

// TestOrderRefused keeps erasures from whoever may not ask for them, and tells
// them nothing.
func TestOrderRefused(t *testing.T) {
	b := open(t)
	household := subject.Person{Type: subject.Household, ID: b.A.Household}
	nobody := subject.Person{Type: subject.Household, ID: uuid.New()}
	for _, p := range []subject.Person{household, nobody} {
		if _, err := b.desk.Order(b.A.As(t.Context(), viewer.FrontDesk), p, enterasure.GroundREQUEST); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("front desk: %v; want %s", err, fault.Forbidden)
		}
		if _, err := b.desk.Order(b.B.As(t.Context(), viewer.Owner), p, enterasure.GroundREQUEST); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("neighbor: %v; want %s", err, fault.NotFound)
		}
	}
}
