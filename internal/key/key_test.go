package key_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/ent/staff"
	"github.com/barrehq/barre/ent/ticketreply"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/key"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// service is a key service that counts, and can be told to refuse.
type service struct {
	key.Local
	asked   atomic.Int64
	revoked atomic.Bool
}

func (s *service) Unwrap(ctx context.Context, wrapped []byte, tenant uuid.UUID, place string) ([]byte, error) {
	s.asked.Add(1)
	if s.revoked.Load() {
		return nil, errors.New("the key is disabled")
	}
	return s.Local.Unwrap(ctx, wrapped, tenant, place)
}

func newService(t *testing.T) *service {
	t.Helper()
	box, err := sealed.Generate()
	must(t, err)
	return &service{Local: key.Local{Box: box}}
}

// office is two studios whose keys two services wrap.
type office struct {
	*testkit.Kit
	ring          *key.Ring
	platform, own *service
	now           atomic.Pointer[time.Time]
	super         *sql.DB
	db            key.Database // as the ring has it
	owner         context.Context
}

const ownAddress = "awskms:///own"

func open(t *testing.T) *office {
	t.Helper()
	o := &office{platform: newService(t), own: newService(t)}
	start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	o.now.Store(&start)
	o.Kit = testkit.New(t, func(c *store.Config) {
		c.Seal = func(db store.Execer) store.Sealer {
			o.db = db
			o.ring = key.New(db, o.platform, key.Config{Now: func() time.Time { return *o.now.Load() }, Open: func(_ context.Context, address string) (key.Service, error) {
				if address != ownAddress {
					return nil, errors.New("there is no such key")
				}
				return o.own, nil
			}})
			return o.ring
		}
	})
	super, err := sql.Open("postgres", o.SuperURL)
	must(t, err)
	t.Cleanup(func() { super.Close() })
	o.super, o.owner = super, o.A.As(t.Context(), viewer.Owner)
	return o
}

func (o *office) pass(d time.Duration) {
	later := o.now.Load().Add(d)
	o.now.Store(&later)
}

// written are the records that hold the canaries.
type written struct {
	student, note, reply, staff uuid.UUID
}

const canary = "Zx9-canary"

// write puts a canary into every sensitive column, and changes two of them so
// that there are versions.
func (o *office) write(t *testing.T) written {
	t.Helper()
	var w written
	must(t, o.InTx(o.owner, func(ctx context.Context) error {
		c := o.Client(ctx)
		student, err := c.Student.UpdateOneID(o.A.Student).SetMedicalNote(canary + " peanuts").Save(ctx)
		if err != nil {
			return err
		}
		if *student.MedicalNote != canary+" peanuts" {
			return fmt.Errorf("whoever wrote it got back %q", *student.MedicalNote)
		}
		w.student = student.ID
		note, err := c.Note.Create().SetHouseholdID(o.A.Household).SetBody(canary + " owes shoes").Save(ctx)
		if err != nil {
			return err
		}
		if note.Body != canary+" owes shoes" {
			return fmt.Errorf("whoever wrote it got back %q", note.Body)
		}
		w.note = note.ID
		person, err := c.Staff.Create().SetDisplayName("Ms. Rivera").SetEmail(canary + "@Example.com").Save(ctx)
		if err != nil {
			return err
		}
		w.staff = person.ID
		asked, err := c.Ticket.Create().SetSubject("Shoes").SetHouseholdID(o.A.Household).Save(ctx)
		if err != nil {
			return err
		}
		replies, err := c.TicketReply.CreateBulk(
			c.TicketReply.Create().SetTicketID(asked.ID).SetAuthor(ticketreply.AuthorFAMILY).SetText(canary+" where"),
			c.TicketReply.Create().SetTicketID(asked.ID).SetAuthor(ticketreply.AuthorSTAFF).SetText(canary+" here"),
		).Save(ctx)
		if err != nil {
			return err
		}
		if replies[1].Text != canary+" here" {
			return fmt.Errorf("whoever wrote them got back %q", replies[1].Text)
		}
		w.reply = replies[0].ID
		return c.Note.UpdateOneID(note.ID).SetBody(canary + " owes shoes no more").Exec(ctx)
	}))
	return w
}

// read checks that all of it can be read.
func (o *office) read(t *testing.T, w written) {
	t.Helper()
	c := o.Client(o.owner)
	if got := c.Student.GetX(o.owner, w.student); *got.MedicalNote != canary+" peanuts" {
		t.Errorf("the medical note reads %q", *got.MedicalNote)
	}
	if got := c.Note.GetX(o.owner, w.note); got.Body != canary+" owes shoes no more" {
		t.Errorf("the note reads %q", got.Body)
	}
	if got := c.TicketReply.GetX(o.owner, w.reply); got.Text != canary+" where" {
		t.Errorf("the reply reads %q", got.Text)
	}
	if got := c.Staff.GetX(o.owner, w.staff); *got.Email != canary+"@Example.com" {
		t.Errorf("the address reads %q", *got.Email)
	}
	versions := 0
	for _, v := range c.EntityVersion.Query().AllX(o.owner) {
		if v.EntityID == w.note && bytes.Contains(v.Data, []byte(canary)) {
			versions++
		}
	}
	if versions == 0 {
		t.Error("no version of the note can be read")
	}
}

// everything returns each row of each table as text, and as a dump has it.
func (o *office) everything(t *testing.T) map[string]string {
	t.Helper()
	rows, err := o.super.Query(`SELECT schemaname || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`)
	must(t, err)
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		tables = append(tables, name)
	}
	all := map[string]string{}
	for _, name := range tables {
		var text sql.NullString
		must(t, o.super.QueryRow(`SELECT string_agg(t::text, E'\n') FROM `+name+` t`).Scan(&text))
		all[name] = text.String
	}
	return all
}

// TestNoPlaintextAtRest writes a canary into every sensitive column and looks
// for it in every row of every table.
func TestNoPlaintextAtRest(t *testing.T) {
	o := open(t)
	w := o.write(t)
	o.read(t, w)
	all := o.everything(t)
	for name, text := range all {
		if strings.Contains(strings.ToLower(text), strings.ToLower(canary)) {
			t.Errorf("%s holds a canary in the clear", name)
		}
	}
	for _, name := range []string{"public.students", "public.notes", "public.ticket_replies", "public.staff", "public.entity_versions"} {
		if !strings.Contains(all[name], rule.SealedPrefix) {
			t.Errorf("%s holds nothing sealed: %.200s", name, all[name])
		}
	}
	if strings.Contains(all["public.events"], rule.SealedPrefix) {
		t.Error("the feed tells of sensitive values")
	}
}

// TestVersionFromElsewhere: an archive brings versions in the clear.
func TestVersionFromElsewhere(t *testing.T) {
	o := open(t)
	inside := viewer.ForTenant(t.Context(), o.A.Tenant, "test: import")
	must(t, o.InTx(inside, func(ctx context.Context) error {
		made, err := o.Client(ctx).EntityVersion.Create().SetEntityType("Student").SetEntityID(o.A.Student).SetNumber(99).
			SetData([]byte(`{"firstName": "Emma", "medicalNote": "` + canary + `"}`)).SetActor("import").Save(ctx)
		if err == nil && !bytes.Contains(made.Data, []byte(canary)) {
			err = fmt.Errorf("whoever wrote it got back %s", made.Data)
		}
		return err
	}))
	if text := o.everything(t)["public.entity_versions"]; strings.Contains(text, canary) || !strings.Contains(text, rule.SealedPrefix) {
		t.Errorf("it lies in the clear: %s", text)
	}
}

// TestNoPlaintextInDump takes a dump as an operator would.
func TestNoPlaintextInDump(t *testing.T) {
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		t.Skip("there is no pg_dump")
	}
	o := open(t)
	o.write(t)
	dump, err := exec.CommandContext(t.Context(), program, "--dbname", o.SuperURL).Output()
	must(t, err)
	if bytes.Contains(bytes.ToLower(dump), bytes.ToLower([]byte(canary))) {
		t.Error("the dump holds a canary in the clear")
	}
	if !bytes.Contains(dump, []byte(rule.SealedPrefix)) {
		t.Error("the dump holds nothing sealed: nothing was proved")
	}
}

// TestForgedPlace: what is sealed opens nowhere else.
func TestForgedPlace(t *testing.T) {
	o := open(t)
	w := o.write(t)
	var other uuid.UUID
	must(t, o.InTx(o.owner, func(ctx context.Context) error {
		made, err := o.Client(ctx).Note.Create().SetHouseholdID(o.A.Household).SetBody("another").Save(ctx)
		if err == nil {
			other = made.ID
		}
		return err
	}))
	for what, forge := range map[string]string{
		"another row":    `UPDATE notes SET body = (SELECT body FROM notes WHERE id = $2) WHERE id = $1`,
		"another column": `UPDATE notes SET body = (SELECT email FROM staff WHERE id = $2) WHERE id = $1`,
	} {
		from := w.note
		if what == "another column" {
			from = w.staff
		}
		_, err := o.super.Exec(forge, other, from)
		must(t, err)
		if got, err := o.Client(o.owner).Note.Get(o.owner, other); !errors.Is(err, sealed.ErrClosed) {
			t.Errorf("%s: %v, %v", what, got, err)
		}
	}
	if _, err := o.ring.Open(t.Context(), key.Place{Tenant: o.B.Tenant, Entity: "Note", Column: "body", ID: other}, "sealed:1:AAAA"); !errors.Is(err, sealed.ErrClosed) {
		t.Errorf("a forged text: %v", err)
	}
}

// TestRotation: after it, everything is sealed anew and reads as before, and
// the old key is gone. Moving may end anywhere.
func TestRotation(t *testing.T) {
	o := open(t)
	w := o.write(t)
	before := o.everything(t)
	// A text from before there were keys.
	_, err := o.super.Exec(`UPDATE students SET medical_note = 'old asthma' WHERE id = $1`, o.B.Student)
	must(t, err)
	owner := o.B.As(t.Context(), viewer.Owner)
	if got := o.Client(owner).Student.GetX(owner, o.B.Student); *got.MedicalNote != "old asthma" {
		t.Errorf("a text from before reads %q", *got.MedicalNote)
	}
	worker := key.NewWorker(o.ring)
	must(t, worker.Work(t.Context(), nil))
	if text := o.everything(t)["public.students"]; strings.Contains(text, "asthma") {
		t.Error("a text from before is not sealed")
	}

	o.pass(91 * 24 * time.Hour)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := o.ring.Move(stopped, o.A.Tenant); err == nil {
		t.Error("moving went on after its end")
	}
	must(t, worker.Work(t.Context(), nil)) // rotates and moves
	o.read(t, w)
	o.pass(time.Hour)
	must(t, worker.Work(t.Context(), nil)) // destroys
	o.read(t, w)
	after := o.everything(t)
	for _, name := range []string{"public.students", "public.notes", "public.ticket_replies", "public.staff", "public.entity_versions"} {
		for _, text := range strings.FieldsFunc(before[name], func(r rune) bool { return strings.ContainsRune("(),\" {}\n", r) }) {
			if rule.IsSealed(text) && strings.Contains(after[name], text) {
				t.Errorf("%s still holds what the old key sealed", name)
			}
		}
	}
	var left, gone int
	must(t, o.super.QueryRow(`SELECT count(*) FILTER (WHERE status = 'ACTIVE'), count(*) FILTER (WHERE status = 'DESTROYED' AND wrapped IS NULL) FROM data_keys
		WHERE tenant_id = $1 AND class = 'SENSITIVE'`, o.A.Tenant).Scan(&left, &gone))
	if left != 1 || gone != 1 {
		t.Errorf("%d active and %d destroyed keys", left, gone)
	}
	if due, err := o.super.Query(`SELECT FROM data_keys WHERE status = 'RETIRING'`); err != nil || due.Next() {
		t.Errorf("a key is still retiring: %v", err)
	}
}

// TestOwnKey: a studio brings its own key; once it is revoked, nobody reads
// the studio's texts, and the neighbor's as before.
func TestOwnKey(t *testing.T) {
	o := open(t)
	w := o.write(t)
	if err := o.ring.SetService(t.Context(), o.A.Tenant, "awskms:///nowhere"); fault.CodeOf(err) != fault.KeyUnavailable {
		t.Errorf("a key that is not there was taken: %v", err)
	}
	o.read(t, w)
	must(t, o.ring.SetService(t.Context(), o.A.Tenant, ownAddress))
	o.read(t, w)
	o.platform.revoked.Store(true) // A needs it no more
	o.pass(2 * time.Minute)
	o.read(t, w)
	o.platform.revoked.Store(false)

	o.own.revoked.Store(true)
	o.pass(2 * time.Minute)
	c := o.Client(o.owner)
	_, err := c.Note.Get(o.owner, w.note)
	if fault.CodeOf(err) != fault.KeyUnavailable {
		t.Errorf("after the revocation a text can be read: %v", err)
	}
	err = o.InTx(o.owner, func(ctx context.Context) error {
		return o.Client(ctx).Note.Create().SetHouseholdID(o.A.Household).SetBody("new").Exec(ctx)
	})
	if fault.CodeOf(err) != fault.KeyUnavailable {
		t.Errorf("after the revocation a text can be written: %v", err)
	}
	if _, err := c.Household.Get(o.owner, o.A.Household); err != nil {
		t.Errorf("what is not encrypted cannot be read either: %v", err)
	}
	if _, err := o.ring.Seal(t.Context(), key.Place{Tenant: o.B.Tenant, Entity: "Note", Column: "body", ID: uuid.New()}, "x"); err != nil {
		t.Errorf("the neighbor: %v", err)
	}
	o.own.revoked.Store(false)
	o.pass(10 * time.Second)
	o.read(t, w)
	must(t, o.ring.SetService(t.Context(), o.A.Tenant, ""))
	o.own.revoked.Store(true)
	o.pass(2 * time.Minute)
	o.read(t, w)
}

// TestKeyServiceIsAskedRarely: many rows, and many readers at once, ask once.
func TestKeyServiceIsAskedRarely(t *testing.T) {
	o := open(t)
	must(t, o.InTx(o.owner, func(ctx context.Context) error {
		c := o.Client(ctx)
		var notes []*ent.NoteCreate
		for i := range 60 {
			notes = append(notes, c.Note.Create().SetHouseholdID(o.A.Household).SetBody(fmt.Sprint("note ", i)))
		}
		return c.Note.CreateBulk(notes...).Exec(ctx)
	}))
	o.ring.Forget(o.A.Tenant)
	before := o.platform.asked.Load()
	done := make(chan error, 8)
	for range cap(done) {
		go func() {
			_, err := o.Client(o.owner).Note.Query().All(o.owner)
			done <- err
		}()
	}
	for range cap(done) {
		must(t, <-done)
	}
	// One key that encrypts and one for digests.
	if asked := o.platform.asked.Load() - before; asked > 2 {
		t.Errorf("the key service was asked %d times", asked)
	}
}

// found are the staff whom an address leads to.
func (o *office) found(t *testing.T, ring *key.Ring, studio testkit.Studio, address string) []uuid.UUID {
	t.Helper()
	digests, err := ring.Digests(t.Context(), studio.Tenant, "Staff", "email", address)
	must(t, err)
	for _, digest := range digests {
		if len(digest) != sealed.DigestSize {
			t.Errorf("a digest has %d bytes", len(digest))
		}
	}
	return o.Client(o.owner).Staff.Query().Where(staff.EmailIndexIn(digests...)).IDsX(o.owner)
}

// TestLookup finds a person by an address that nobody can read.
func TestLookup(t *testing.T) {
	o := open(t)
	w := o.write(t)
	if found := o.found(t, o.ring, o.A, " "+strings.ToUpper(canary)+"@example.com"); len(found) != 1 || found[0] != w.staff {
		t.Errorf("found %v", found)
	}
	if found := o.found(t, o.ring, o.B, canary+"@example.com"); len(found) != 0 {
		t.Error("two studios have the same digest of an address")
	}
	must(t, o.InTx(o.owner, func(ctx context.Context) error {
		return o.Client(ctx).Staff.UpdateOneID(w.staff).ClearEmail().Exec(ctx)
	}))
	if n := o.Client(o.owner).Staff.Query().Where(staff.EmailIndexNotNil()).CountX(o.owner); n != 0 {
		t.Error("a digest stays after its address has gone")
	}
}

// TestLookupRotation rotates the key of the digests: at every step each server
// finds the address, one that has not heard of the new key included, and in the
// end the old digest and its key are gone.
func TestLookupRotation(t *testing.T) {
	o := open(t)
	w := o.write(t)
	digest := func() (d []byte) {
		must(t, o.super.QueryRow(`SELECT email_index FROM staff WHERE id = $1`, w.staff).Scan(&d))
		return d
	}
	worker, before := key.NewWorker(o.ring), digest()
	must(t, worker.Work(t.Context(), nil))
	behind := key.New(o.db, o.platform, key.Config{Now: func() time.Time { return *o.now.Load() }})
	finds := func(when string) {
		t.Helper()
		for name, ring := range map[string]*key.Ring{"here": o.ring, "behind": behind} {
			if found := o.found(t, ring, o.A, canary+"@example.com"); len(found) != 1 || found[0] != w.staff {
				t.Errorf("%s, %s: found %v", when, name, found)
			}
		}
	}
	finds("before")
	must(t, o.ring.Rotate(o.owner, o.A.Tenant, key.Lookup))
	finds("rotated")
	must(t, worker.Work(t.Context(), nil))
	if finds("too early to move"); !bytes.Equal(digest(), before) {
		t.Error("the digest moved while a server may not know the new key")
	}
	o.pass(time.Hour)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := o.ring.Move(stopped, o.A.Tenant); err == nil {
		t.Error("moving went on after its end")
	}
	must(t, worker.Work(t.Context(), nil))
	if finds("moved"); bytes.Equal(digest(), before) {
		t.Error("the old digest stays")
	}
	var destroyed int
	must(t, o.super.QueryRow(`SELECT count(*) FROM data_keys WHERE tenant_id = $1 AND class = 'LOOKUP' AND status = 'DESTROYED' AND wrapped IS NULL`, o.A.Tenant).Scan(&destroyed))
	if destroyed != 1 {
		t.Errorf("%d old keys of digests are destroyed", destroyed)
	}
}

// TestPeriods lets time pass: each class is rotated after a time of its own, and
// every rotation stands in the studio's audit log, with who did it.
func TestPeriods(t *testing.T) {
	o := open(t)
	o.write(t)
	// One from before its class was rotated at all.
	_, err := o.super.Exec(`UPDATE data_keys SET rotates_at = NULL WHERE class = 'LOOKUP'`)
	must(t, err)
	worker := key.NewWorker(o.ring)
	rotations := func() (sensitive, lookup int) {
		must(t, o.super.QueryRow(`SELECT count(*) FILTER (WHERE k.class = 'SENSITIVE'), count(*) FILTER (WHERE k.class = 'LOOKUP') FROM audit_entries a JOIN data_keys k ON k.id = a.entity_id
			WHERE a.tenant_id = $1 AND a.action = 'data_key.rotated' AND a.category = 'SECURITY' AND a.actor LIKE 'system:%'`, o.A.Tenant).Scan(&sensitive, &lookup))
		return sensitive, lookup
	}
	days := 0
	for _, step := range []struct{ days, sensitive, lookup int }{{0, 0, 0}, {89, 0, 0}, {91, 1, 0}, {182, 2, 0}, {364, 4, 0}, {366, 4, 1}} {
		for ; days < step.days; days++ {
			o.pass(24 * time.Hour)
			must(t, worker.Work(t.Context(), nil))
		}
		if sensitive, lookup := rotations(); sensitive != step.sensitive || lookup != step.lookup {
			t.Errorf("after %d days: %d and %d rotations; want %d and %d", step.days, sensitive, lookup, step.sensitive, step.lookup)
		}
	}
	must(t, o.ring.Rotate(o.owner, o.A.Tenant, key.Sensitive))
	var actor string
	must(t, o.super.QueryRow(`SELECT actor FROM audit_entries WHERE action = 'data_key.rotated' ORDER BY id DESC LIMIT 1`).Scan(&actor))
	if actor != viewer.From(o.owner).Actor() {
		t.Errorf("the rotation that an owner asked for is told of %s", actor)
	}
}

// TestLengths holds the bounds of texts to what people write, not to what is stored.
func TestLengths(t *testing.T) {
	o := open(t)
	for length, want := range map[int]bool{0: false, 10000: true, 10001: false} {
		err := o.InTx(o.owner, func(ctx context.Context) error {
			return o.Client(ctx).Note.Create().SetHouseholdID(o.A.Household).SetBody(strings.Repeat("a", length)).Exec(ctx)
		})
		if (err == nil) != want {
			t.Errorf("%d bytes: %v", length, err)
		}
	}
	err := o.InTx(o.owner, func(ctx context.Context) error {
		return o.Client(ctx).Note.Create().SetHouseholdID(o.A.Household).SetBody(rule.SealedPrefix + "AAAA").Exec(ctx)
	})
	if err == nil {
		t.Error("a text that looks sealed was taken for one")
	}
}
