package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/class"
	"github.com/barrehq/barre/ent/customfield"
	"github.com/barrehq/barre/ent/enrollment"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// populate gives both studios enough of everything for lists to page and
// filters to tell apart.
func populate(t *testing.T, kit *testkit.Kit) {
	t.Helper()
	for _, studio := range []testkit.Studio{kit.A, kit.B} {
		err := kit.InTx(viewer.ForTenant(t.Context(), studio.Tenant, "test"), func(ctx context.Context) error {
			return fill(ctx, kit.Client(ctx), studio)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func fill(ctx context.Context, c *ent.Client, studio testkit.Studio) error {
	tag, err := c.Tag.Create().SetName("recital").Save(ctx)
	if err != nil {
		return err
	}
	if err := define(ctx, c); err != nil {
		return err
	}
	if err := c.Staff.UpdateOneID(studio.Teacher).SetEmail("rivera@example.com").Exec(ctx); err != nil {
		return err
	}
	classes := []uuid.UUID{studio.Class}
	for i := range 4 {
		made, err := c.Class.Create().SetProgramID(studio.Program).SetSeasonID(studio.Season).SetLocationID(studio.Location).SetTuitionPlanID(studio.Plan).
			SetName(fmt.Sprintf("Ballet %c", 'A'+i)).SetWeekday(class.WeekdayFRIDAY).SetStartsAt("17:30").SetDurationMinutes(45).SetCapacity(10).SetOpenSeats(i).Save(ctx)
		if err != nil {
			return err
		}
		classes = append(classes, made.ID)
	}
	for i := range 6 {
		home := studio.Household
		if i > 1 {
			family, err := c.Household.Create().SetName(fmt.Sprintf("The \"%d\" (Öz, é) family\\", i)).Save(ctx)
			if err != nil {
				return err
			}
			home = family.ID
		}
		student, err := c.Student.Create().SetHouseholdID(home).SetFirstName(fmt.Sprintf("Zoë %d", i)).SetLastName([]string{"Abara", "Abara", "Berg", "O'Hara", "Ötzi", "éclair"}[i]).
			SetBirthDate(time.Date(2010+i, 3, 1, 0, 0, 0, 0, time.UTC)).SetMedicalNote("a\nb\t\"c\"").SetCustomFields(ownValues[i]).Save(ctx)
		if err != nil {
			return err
		}
		if err := c.ExternalReference.Create().SetEntityType("Student").SetEntityID(student.ID).SetSystem("ledger").SetExternalID(fmt.Sprint(i)).Exec(ctx); err != nil {
			return err
		}
		if err := c.Deal.Create().SetHouseholdID(home).SetTitle(fmt.Sprintf("Party %d", i)).SetValue(int64(i * 100)).Exec(ctx); err != nil {
			return err
		}
		if err := c.Ticket.Create().SetHouseholdID(home).SetSubject("Shoes").Exec(ctx); err != nil {
			return err
		}
		if err := involve(ctx, c, student, classes[i%len(classes)], tag.ID, i); err != nil {
			return err
		}
	}
	return nil
}

// define adds a field of each kind to the studio's students.
func define(ctx context.Context, c *ent.Client) error {
	for key, kind := range map[string]customfield.Kind{
		"school": customfield.KindTEXT, "shoeSize": customfield.KindNUMBER, "photos": customfield.KindBOOLEAN,
		"since": customfield.KindDATE, "size": customfield.KindCHOICE,
	} {
		made := c.CustomField.Create().SetEntity(customfield.EntitySTUDENT).SetKey(key).SetLabel(key).SetKind(kind)
		switch kind {
		case customfield.KindCHOICE:
			made.SetOptions([]string{"S", "M", "L"}).SetFamilyAccess(customfield.FamilyAccessREAD)
		case customfield.KindNUMBER:
			made.SetFamilyAccess(customfield.FamilyAccessWRITE)
		}
		if err := made.Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ownValues are those of the students in the studio's own fields.
var ownValues = []json.RawMessage{
	json.RawMessage(`{}`), json.RawMessage(`{"school": "A", "shoeSize": 30, "photos": true, "since": "2024-02-01", "size": "S"}`),
	json.RawMessage(`{"school": "Ö \"A\", 100%", "shoeSize": 33.5}`), json.RawMessage(`{"shoeSize": 4, "photos": false, "size": "M"}`),
	json.RawMessage(`{"school": "a", "since": "2024-02-02"}`), json.RawMessage(`{"shoeSize": -1, "since": "1999-12-31", "size": "L"}`),
}

// involve enrolls, tags, bills and notes a student.
func involve(ctx context.Context, c *ent.Client, student *ent.Student, classID, tagID uuid.UUID, i int) error {
	status := enrollment.StatusACTIVE
	if i == 3 {
		status = enrollment.StatusDROPPED
	}
	if _, err := c.Enrollment.Create().SetClassID(classID).SetStudentID(student.ID).SetHouseholdID(student.HouseholdID).SetStatus(status).Save(ctx); err != nil {
		return err
	}
	if _, err := c.StudentTag.Create().SetStudentID(student.ID).SetTagID(tagID).Save(ctx); err != nil {
		return err
	}
	if _, err := c.Note.Create().SetHouseholdID(student.HouseholdID).SetStudentID(student.ID).SetBody("Ask about shoes.").Save(ctx); err != nil {
		return err
	}
	invoice, err := c.Invoice.Create().SetHouseholdID(student.HouseholdID).SetStudentID(student.ID).SetNumber(i + 1).SetCurrency("USD").SetTotal(9500).
		SetDueOn(time.Date(2026, 12, 1+i%2, 0, 0, 0, 0, time.UTC)).Save(ctx)
	if err != nil {
		return err
	}
	_, err = c.InvoiceLine.Create().SetInvoiceID(invoice.ID).SetHouseholdID(student.HouseholdID).SetDescription("Tuition, once a week").SetUnitAmount(9500).SetAmount(9500).Save(ctx)
	return err
}

// idsOf returns ids of every entity: the studio's own, the neighbor's, one that
// never was and one of another type.
func idsOf(t *testing.T, kit *testkit.Kit) map[string][]string {
	t.Helper()
	ids := map[string][]string{}
	for _, entity := range catalog.Entities {
		if entity.Hidden {
			continue
		}
		list := []string{typeid.Format(entity.Prefix, uuid.New()), typeid.Format("other", uuid.New())}
		for _, studio := range []testkit.Studio{kit.A, kit.A, kit.B} {
			rows, err := ent.Kinds[entity.Name].List(viewer.ForTenant(t.Context(), studio.Tenant, "test"), kit.Client(t.Context()), func(*sql.Selector) {})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				list = append(list, row.TypeID())
			}
		}
		ids[entity.Name] = list
	}
	return ids
}
