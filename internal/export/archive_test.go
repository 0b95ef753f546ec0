package export_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/auditentry"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/ent/signinfactor"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/export"
	"github.com/barrehq/barre/internal/subject"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// one of each makes two more records of every type that an import brings
// back, with a value in every field that can have one.
func oneOfEach(t *testing.T, o *office) {
	t.Helper()
	ctx := viewer.ForTenant(t.Context(), o.A.Tenant, "test")
	for _, e := range export.ImportOrder() {
		for i := range 2 {
			must(t, o.InTx(ctx, func(ctx context.Context) error {
				m, save := ent.Kinds[e.Name].Create(o.Client(ctx))
				for _, f := range e.Fields {
					value := o.sample(t, ctx, e, &f, i)
					if value == nil {
						continue
					}
					if err := m.SetField(f.Column, value); err != nil {
						return fmt.Errorf("%s.%s: %w", e.Name, f.Name, err)
					}
				}
				if _, err := save(ctx); err != nil {
					return fmt.Errorf("%s: %w", e.Name, err)
				}
				return nil
			}))
		}
	}
}

// sample is a value for a field; nil where it has to do without.
func (o *office) sample(t *testing.T, ctx context.Context, e *catalog.Entity, f *catalog.Field, i int) any {
	text := fmt.Sprintf("%s \"%d\"\n", f.Name, i)
	switch f.Column {
	case "id", "tenant_id", "created_at", "updated_at", "version", "deleted_at", "deleted_with", "custom_fields", "user_id":
		return nil
	case "starts_at":
		return "16:00"
	case "country":
		return "US"
	case "slug", "key":
		return fmt.Sprintf("name%d", i)
	case "entity_type":
		return "Student"
	case "postal_code", "phone", "provider", "channel":
		text = fmt.Sprint(i)
	}
	switch f.Kind {
	case catalog.ID:
		if f.Target == "" {
			return rule.NewID()
		}
		rows, err := ent.Kinds[f.Target].List(ctx, o.Client(ctx), func(s *sql.Selector) { s.OrderBy(sql.Desc(s.C("id"))).Limit(2) })
		must(t, err)
		if len(rows) == 0 {
			return nil
		}
		return rows[min(i, len(rows)-1)].RowID()
	case catalog.Int:
		if f.Scalar == "Int" {
			return i + 7
		}
		return int64(i + 7)
	case catalog.Bool:
		return i == 0
	case catalog.Time:
		return time.Date(2026, 11, 22, 12, i, 0, 123000, time.UTC)
	case catalog.Date:
		return time.Date(2010, 11, 22+i, 0, 0, 0, 0, time.UTC)
	case catalog.Enum:
		return ent.Kinds[e.Name].Enums[f.Column](f.Values[i%len(f.Values)])
	case catalog.List:
		return []string{"a", "b \"c\""}
	case catalog.JSON:
		return json.RawMessage(`{"a": [1, 2.5, "ü"]}`)
	case catalog.Text:
		switch f.Scalar {
		case "CurrencyCode":
			return "USD"
		case "EmailAddress":
			return fmt.Sprintf("a%d@example.com", i)
		case "URL":
			return "https://example.com/"
		}
		return text
	}
	return nil
}

func archiveOf(t *testing.T, o *office, tenant uuid.UUID) ([]byte, export.Manifest) {
	t.Helper()
	var file bytes.Buffer
	m, err := o.desk.WriteStudio(viewer.ForTenant(t.Context(), tenant, "test"), &file)
	must(t, err)
	return file.Bytes(), m
}

// TestRoundTrip exports a studio with records of every type and imports it
// into an empty database: an export from there has the same digests.
func TestRoundTrip(t *testing.T) {
	o := open(t)
	oneOfEach(t, o)
	file, before := archiveOf(t, o, o.A.Tenant)

	away := &office{Kit: testkit.Empty(t)}
	away.desk = export.New(away.Store, o.files, nowhere{}, export.Config{Page: 3})
	done, err := export.Import(t.Context(), away.Store, "", bytes.NewReader(file), int64(len(file)))
	must(t, err)
	_, after := archiveOf(t, away, done.Tenant)
	digests := map[string]string{}
	for _, f := range after.Files {
		digests[f.Name] = f.SHA256
	}
	types, rows := 0, int64(0)
	for _, f := range before.Files {
		name, isRecords := strings.CutSuffix(strings.TrimPrefix(f.Name, "records/"), ".jsonl")
		if !f.Imported || !isRecords {
			continue
		}
		types, rows = types+1, rows+f.Rows
		if f.Rows < 2 && name != "Tenant" {
			t.Errorf("the archive has %d of %s; a test of nothing", f.Rows, name)
		}
		if table := "tables/" + name + ".csv"; digests[f.Name] != f.SHA256 || digests[table] == "" {
			t.Errorf("%s differs after the import", f.Name)
		}
	}
	if types < 25 || done.Tenant != o.A.Tenant || done.Slug != "north-star" {
		t.Errorf("imported %+v with %d types", done, types)
	}
	t.Logf("%d records of %d types", rows, types)
	if _, err := export.Import(t.Context(), away.Store, "", bytes.NewReader(file), int64(len(file))); !errors.Is(err, export.ErrNotEmpty) {
		t.Errorf("imported over a studio that is there: %v", err)
	}
	if _, err := export.Import(t.Context(), testkit.Empty(t).Store, "production", bytes.NewReader(file), int64(len(file))); err == nil {
		t.Error("an archive of another environment was imported")
	}
	bad := tampered(t, file)
	if _, err := export.Import(t.Context(), testkit.Empty(t).Store, "", bytes.NewReader(bad), int64(len(bad))); err == nil || !strings.Contains(err.Error(), "records/Tag.jsonl") {
		t.Errorf("a changed archive: %v", err)
	}
}

// tampered adds a space to the tags of an archive.
func tampered(t *testing.T, file []byte) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	var changed bytes.Buffer
	to := zip.NewWriter(&changed)
	for _, f := range from.File {
		in, err := f.Open()
		must(t, err)
		text, err := io.ReadAll(in)
		must(t, err)
		if f.Name == "records/Tag.jsonl" {
			text = append(text, ' ')
		}
		out, err := to.Create(f.Name)
		must(t, err)
		_, err = out.Write(text)
		must(t, err)
	}
	must(t, to.Close())
	return changed.Bytes()
}

// nowhere is a feed of nothing.
type nowhere struct{}

func (nowhere) Here(context.Context) (string, error) { return "", nil }

// signIn gives the family's guardian an account with a session at either studio,
// a passkey, a sign-in that was refused, and work at the first studio.
func (o *office) signIn(t *testing.T) {
	t.Helper()
	across := viewer.AcrossTenants(t.Context(), "test: sign in")
	c := o.Client(across)
	user := c.User.Create().SetEmail("ada@example.com").SetName("Ada's account").SetPasswordHash("a digest").SaveX(across)
	c.SignInFactor.Create().SetUserID(user.ID).SetKind(signinfactor.KindPASSKEY).SetName("Ada's telephone").SetSecret([]byte("a digest")).ExecX(across)
	for address, s := range map[string]testkit.Studio{"198.51.100.7": o.A, "203.0.113.9": o.B} {
		inside := viewer.ForTenant(t.Context(), s.Tenant, "test: sign in")
		var member *ent.Membership
		must(t, o.InTx(inside, func(ctx context.Context) (err error) {
			c := o.Client(ctx)
			member, err = c.Membership.Create().SetUserID(user.ID).SetHouseholdID(s.Household).SetEmail(user.Email).SetRole(membership.RoleGUARDIAN).SetStatus(membership.StatusACTIVE).Save(ctx)
			return err
		}))
		c.AuthSession.Create().SetTokenHash([]byte(address)).SetUserID(user.ID).SetMembershipID(member.ID).SetAddress(address).SetExpiresAt(time.Now().Add(time.Hour)).ExecX(across)
		must(t, o.Client(inside).AuditEntry.Create().SetCategory(auditentry.CategorySIGN_IN).SetAction("session.refused").SetOutcome(auditentry.OutcomeREFUSED).
			SetActor("user:"+user.ID.String()).SetAddress(address).Exec(inside))
	}
	must(t, o.InTx(o.owner, func(ctx context.Context) error {
		return o.Client(ctx).Staff.Create().SetDisplayName("Miss Ada").SetEmail("Ada@example.com").Exec(ctx)
	}))
}

// TestPerson exports all about one family: what leads to it, however far, and
// nothing about anybody else.
func TestPerson(t *testing.T) {
	o := open(t)
	other := uuid.Nil
	must(t, o.InTx(o.owner, func(ctx context.Context) error {
		c := o.Client(ctx)
		family, err := c.Household.Create().SetName("The Nowak family").Save(ctx)
		if err != nil {
			return err
		}
		other = family.ID
		ticket, err := c.Ticket.Create().SetHouseholdID(o.A.Household).SetSubject("Shoes").Save(ctx)
		if err != nil {
			return err
		}
		return c.TicketReply.Create().SetTicketID(ticket.ID).SetAuthor("FAMILY").SetText("Which ones?").Exec(ctx)
	}))
	o.signIn(t)
	made, err := o.desk.OrderPerson(o.owner, subject.Person{Email: "ADA@example.com"})
	must(t, err)
	if made.SubjectType != subject.Guardian || *made.SubjectID != o.A.Guardian {
		t.Errorf("an address leads to %s %s", made.SubjectType, made.SubjectID)
	}
	if made, err = o.desk.OrderPerson(o.owner, subject.Person{Type: subject.Household, ID: o.A.Household}); err != nil {
		t.Fatal(err)
	}
	body := o.download(o.owner, o.work(t, made.ID).TypeID(), "").Body.Bytes()
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	must(t, err)
	var all strings.Builder
	for _, f := range archive.File {
		file, err := f.Open()
		must(t, err)
		text, err := io.ReadAll(file)
		must(t, err)
		all.Write(text)
	}
	for _, wanted := range []string{"Okafor", "Emma", "ada@example.com", "Which ones?", "household.created", typeid.Format("student", o.A.Student),
		"Ada's account", "198.51.100.7", "Ada's telephone", "session.refused", "Miss Ada"} {
		if !strings.Contains(all.String(), wanted) {
			t.Errorf("the archive says nothing of %s", wanted)
		}
	}
	for _, foreign := range []string{"Nowak", typeid.Format("household", other), "Ballet II", "203.0.113.9", "a digest"} {
		if strings.Contains(all.String(), foreign) {
			t.Errorf("the archive tells of %s", foreign)
		}
	}
	if !slices.Contains(made.Entities, "AuthSession") || !slices.Contains(made.Entities, "SignInFactor") || !slices.Contains(made.Entities, "User") {
		t.Errorf("the archive is said to hold %v", made.Entities)
	}
	for name, ctx := range map[string]context.Context{"neighbor": o.B.As(t.Context(), viewer.Owner), "front desk": o.A.As(t.Context(), viewer.FrontDesk)} {
		if _, err := o.desk.OrderPerson(ctx, subject.Person{Type: subject.Household, ID: o.A.Household}); err == nil {
			t.Errorf("%s may have everything about a family", name)
		}
	}
}
