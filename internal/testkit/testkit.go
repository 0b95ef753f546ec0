// Package testkit gives tests a migrated database of their own with two
// studios in it, twins of each other. Only tests import it.
package testkit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	_ "github.com/lib/pq" // the superuser's connection

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/class"
	"github.com/barrehq/barre/ent/migrate"
	"github.com/barrehq/barre/internal/key"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit/postgres"
	"github.com/barrehq/barre/internal/viewer"
)

const password = "for-tests-only"

// Kit is a database with two studios.
type Kit struct {
	*store.Store
	SuperURL, OwnerURL, AppURL, SystemURL string
	A, B                                  Studio
	Keys                                  *key.Ring // unless the test has one of its own
}

// Studio is one tenant with one family and one class of ten seats.
type Studio struct {
	Tenant                          uuid.UUID
	Household, Guardian, Student    uuid.UUID
	Program, Season, Location, Plan uuid.UUID
	Teacher, Class                  uuid.UUID
}

// New returns a database for one test. configure may change how it is opened.
func New(t testing.TB, configure ...func(*store.Config)) *Kit {
	t.Helper()
	kit := Empty(t, configure...)
	kit.A, kit.B = kit.AddStudio(t, "north-star"), kit.AddStudio(t, "south-star")
	return kit
}

// Empty returns a migrated database without any studio.
func Empty(t testing.TB, configure ...func(*store.Config)) *Kit {
	t.Helper()
	super := postgres.NewFromTemplate(t, templateKey(t), func(address string) error {
		ctx := context.Background()
		if err := store.Provision(ctx, address, name(address), password); err != nil {
			return err
		}
		_, err := store.Migrate(ctx, as(address, store.OwnerRole))
		return err
	})
	kit := &Kit{SuperURL: super, OwnerURL: as(super, store.OwnerRole), AppURL: as(super, store.AppRole), SystemURL: as(super, store.SystemRole)}
	cfg := store.Config{URL: kit.AppURL, SystemURL: kit.SystemURL, Record: outbox.Record, Seal: kit.sealer(t)}
	for _, c := range configure {
		c(&cfg)
	}
	opened, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	t.Cleanup(func() { opened.Close() })
	kit.Store = opened
	return kit
}

// sealer keeps sensitive texts sealed, as the server does, with a key that ends
// with the test.
func (k *Kit) sealer(t testing.TB) func(store.Execer) store.Sealer {
	t.Helper()
	box, err := sealed.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return func(db store.Execer) store.Sealer {
		k.Keys = key.New(db, key.Local{Box: box}, key.Config{})
		return k.Keys
	}
}

// As returns a context in which a viewer of the given role acts in the studio.
func (s Studio) As(ctx context.Context, role viewer.Role) context.Context {
	v := &viewer.Viewer{TenantID: s.Tenant, Role: role, CredentialID: uuid.New(), Plan: "studio"}
	if role == viewer.Guardian {
		v.HouseholdID = s.Household
	}
	if role == viewer.Key {
		v.Scopes = []string{"*"}
	}
	return viewer.With(ctx, v)
}

// AddStudio makes a tenant with one of each record that a class needs.
func (k *Kit) AddStudio(t testing.TB, slug string) Studio {
	t.Helper()
	var s Studio
	across := viewer.AcrossTenants(t.Context(), "test: make a studio")
	must(t, k.InTx(across, func(ctx context.Context) error {
		made, err := k.Client(ctx).Tenant.Create().SetName("Star Dance").SetSlug(slug).Save(ctx)
		if err == nil {
			s.Tenant = made.ID
		}
		return err
	}))
	must(t, k.InTx(viewer.ForTenant(t.Context(), s.Tenant, "test: fill a studio"), func(ctx context.Context) error {
		return s.fill(ctx, k.Client(ctx))
	}))
	return s
}

func (s *Studio) fill(ctx context.Context, c *ent.Client) error {
	family, err := c.Household.Create().SetName("The Okafor family").SetEmail("okafor@example.com").Save(ctx)
	if err != nil {
		return err
	}
	guardian, err := c.Guardian.Create().SetHouseholdID(family.ID).SetFirstName("Ada").SetLastName("Okafor").SetEmail("ada@example.com").Save(ctx)
	if err != nil {
		return err
	}
	student, err := c.Student.Create().SetHouseholdID(family.ID).SetFirstName("Emma").SetLastName("Okafor").SetBirthDate(day(2016, 5, 1)).Save(ctx)
	if err != nil {
		return err
	}
	program, err := c.Program.Create().SetName("Ballet II").SetMinAge(6).SetMaxAge(14).Save(ctx)
	if err != nil {
		return err
	}
	season, err := c.Season.Create().SetName("Year").SetStartsOn(day(2026, 9, 1)).SetEndsOn(day(2036, 6, 30)).Save(ctx)
	if err != nil {
		return err
	}
	location, err := c.Location.Create().SetName("Main Street").Save(ctx)
	if err != nil {
		return err
	}
	plan, err := c.TuitionPlan.Create().SetName("Once a week").SetAmount(9500).Save(ctx)
	if err != nil {
		return err
	}
	teacher, err := c.Staff.Create().SetDisplayName("Ms. Rivera").Save(ctx)
	if err != nil {
		return err
	}
	offered, err := c.Class.Create().SetProgramID(program.ID).SetSeasonID(season.ID).SetLocationID(location.ID).SetTuitionPlanID(plan.ID).
		SetTeacherID(teacher.ID).SetName("Ballet II – Tuesday").SetWeekday(class.WeekdayTUESDAY).SetStartsAt("16:00").
		SetDurationMinutes(60).SetCapacity(10).SetOpenSeats(10).Save(ctx)
	if err != nil {
		return err
	}
	s.Household, s.Guardian, s.Student, s.Program, s.Season = family.ID, guardian.ID, student.ID, program.ID, season.ID
	s.Location, s.Plan, s.Teacher, s.Class = location.ID, plan.ID, teacher.ID, offered.ID
	return nil
}

// Super opens the database as its superuser, for what no wall may hide from a test.
func (k *Kit) Super(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", k.SuperURL)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// templateKey changes whenever a migration or the walls do.
func templateKey(t testing.TB) string {
	sum := sha256.New()
	must(t, fs.WalkDir(migrate.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := migrate.Files.ReadFile(path)
		fmt.Fprintf(sum, "%s %d\n", path, len(content))
		sum.Write(content)
		return err
	}))
	return fmt.Sprintf("barre 1 %x", sum.Sum(nil))
}

// as returns the address with another role.
func as(address, role string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	u.User = url.UserPassword(role, password)
	return u.String()
}

func name(address string) string {
	u, _ := url.Parse(address)
	return strings.TrimPrefix(u.Path, "/")
}
