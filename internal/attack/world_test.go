package attack_test

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/testkit/endpoint"
	"github.com/barrehq/barre/internal/typeid"
)

// world is a database with two studios, twins of each other, in which every
// table has rows of both and every text of the neighbor is a canary.
type world struct {
	*endpoint.Endpoint
	kit           *testkit.Kit
	super         *sql.DB
	own, neighbor *studio
	never         *studio           // has no rows: its ids were never given to anybody
	foreign       map[string]bool   // every id of the neighbor, as UUID and as digits of a typed id
	bins          map[string]string // of the neighbor's deleted records, one of each entity
	versions      map[string]string // likewise of records with an earlier version
	before        map[string]string // checksums of the neighbor's tables
	serial        int
}

// studio is one side of the wall.
type studio struct {
	mark   string // "A", "B"
	shift  int    // keeps numbers and times apart from the twin's
	tenant uuid.UUID
	rows   map[string]map[string]any // by entity: the columns of its first row
	tokens map[string]string         // by principal
	owner  any                       // id of the user who signs in as OWNER
}

// principals of a studio, as the suite names them.
var principals = []string{"OWNER", "ADMIN", "FRONT_DESK", "TEACHER", "GUARDIAN", "KEY", "PUBLIC", "ANONYMOUS", "STAFF", "CUSTOM"}

func newWorld(t testing.TB, c endpoint.Config, configure ...func(*store.Config)) *world {
	t.Helper()
	kit := testkit.Empty(t, configure...)
	w := &world{kit: kit, super: kit.Super(t), Endpoint: endpoint.New(t, kit.Store, c), foreign: map[string]bool{}, serial: 1000}
	w.own, w.neighbor = w.studio(t, "A", 0), w.studio(t, "B", 2)
	for _, s := range []*studio{w.own, w.neighbor} { // or the first use does, in the midst of a trial
		if err := kit.Keys.Ready(t.Context(), s.tenant); err != nil {
			t.Fatal(err)
		}
	}
	w.never = &studio{mark: "C", tenant: uuid.New(), rows: map[string]map[string]any{}}
	for name, row := range w.neighbor.rows {
		w.never.rows[name] = displaced(row)
	}
	return w
}

// studio fills every table for one tenant.
func (w *world) studio(t testing.TB, mark string, shift int) *studio {
	s := &studio{mark: mark, shift: shift, rows: map[string]map[string]any{}, tokens: map[string]string{"ANONYMOUS": ""}}
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		w.first(t, s, name)
	}
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		e := catalog.Entities[name]
		if e.CustomFields {
			w.spawn(t, s, "CustomField", map[string]any{"entity": strings.ToUpper(name), "key": "canary", "family_access": "READ"})
		}
		if e.ExternalReferences {
			ref := w.spawn(t, s, "ExternalReference", map[string]any{"entity_type": name, "entity_id": s.id(name), "system": "ledger"})
			s.rows["ExternalReference/"+name] = ref
		}
	}
	s.rows["EntityVersion/next"] = w.version(t, s, "Student", s.id("Student"), w.serial)
	for _, role := range principals[:5] {
		w.join(t, s, role)
	}
	w.staff(t, s)
	w.custom(t, s)
	w.key(t, s, "KEY", credential.SecretKey)
	w.key(t, s, "PUBLIC", credential.PublishableKey)
	return s
}

// version keeps one more state of a record.
func (w *world) version(t testing.TB, s *studio, entity string, id uuid.UUID, number int) map[string]any {
	e := catalog.Entities["EntityVersion"]
	return w.spawn(t, s, e.Name, map[string]any{
		"entity_type": entity, "entity_id": id, "number": number, "data": []byte(`{"firstName":"` + w.canary(s, e, e.Field("data")) + `"}`),
	})
}

func (w *world) join(t testing.TB, s *studio, role string) {
	w.member(t, s, role, map[string]any{"role": role, "custom_role_id": nil})
}

// custom is a person with a role of the studio's own, narrowed to one place.
func (w *world) custom(t testing.TB, s *studio) {
	role := w.spawn(t, s, "CustomRole", map[string]any{"permissions": []byte(`["class:read:location", "class:update:location", "class:create:location",
		"enrollment:read:location", "enrollment:create:location", "enrollment:update:location", "guardian:read:location", "household:read:location", "household:update:location",
		"location:read:location", "membership:read:own", "program:read:all", "season:read:all", "staff:read:own", "student:create:all", "student:read:location",
		"student:update:location", "tenant:read:all", "waitlistentry:read:location"]`), "masks": []byte(`["student.birthDate"]`)})
	w.member(t, s, "CUSTOM", map[string]any{
		"role": "ADMIN", "custom_role_id": role["id"], "staff_id": s.id("Staff"), "location_ids": []byte(`["` + s.id("Location").String() + `"]`),
	})
}

// staff is a person of the operator's staff with access to the studio.
func (w *world) staff(t testing.TB, s *studio) {
	token, stored := credential.New(credential.StaffAccess, credential.Test)
	account := w.spawn(t, s, "StaffAccount", nil)["id"]
	w.spawn(t, s, "StaffAccess", map[string]any{
		"token_hash": stored.Hash[:], "staff_account_id": account, "status": "ACTIVE", "starts_at": began, "ends_at": began.Add(12 * time.Hour),
		"requests": -1_000_000_000, "records_read": -1_000_000_000, "minors_read": -1_000_000_000, // so that the suite never counts as unusual
	})
	s.tokens["STAFF"] = token.Reveal()
}

// member joins a person to a studio and signs the person in.
func (w *world) member(t testing.TB, s *studio, principal string, stands map[string]any) {
	token, stored := credential.New(credential.Session, credential.Test)
	if stands["user_id"] == nil {
		stands["user_id"] = w.spawn(t, s, "User", nil)["id"]
	}
	member := w.spawn(t, s, "Membership", stands)["id"]
	w.spawn(t, s, "AuthSession", map[string]any{"token_hash": stored.Hash[:], "user_id": stands["user_id"], "membership_id": member, "proven_at": began})
	if principal == "OWNER" {
		s.owner = stands["user_id"]
	}
	s.tokens[principal] = token.Reveal()
}

func (w *world) key(t testing.TB, s *studio, principal string, kind credential.Kind) {
	token, stored := credential.New(kind, credential.Test)
	stands := map[string]any{"token_hash": stored.Hash[:], "kind": "SECRET", "scopes": []byte(`["*"]`)}
	if kind == credential.PublishableKey {
		stands["kind"], stands["scopes"] = "PUBLISHABLE", []byte(`[]`)
	}
	stands["trusted_documents"], stands["allowed_networks"] = []byte(`[]`), []byte(`[]`)
	w.spawn(t, s, "APIKey", stands)
	s.tokens[principal] = token.Reveal()
}

// id returns the first row of an entity.
func (s *studio) id(entity string) uuid.UUID { return s.rows[entity]["id"].(uuid.UUID) }

// typed returns its public id.
func (s *studio) typed(entity string) string {
	return typeid.Format(catalog.Entities[entity].Prefix, s.id(entity))
}

// first makes the first row of an entity where there is none yet.
func (w *world) first(t testing.TB, s *studio, entity string) uuid.UUID {
	t.Helper()
	if s.rows[entity] == nil {
		s.rows[entity] = w.spawn(t, s, entity, nil)
	}
	return s.id(entity)
}

// alone are the references that a further row cannot share with the first one,
// because of a unique index.
var alone = map[string]string{"Enrollment": "Student", "WaitlistEntry": "Student", "StudentTag": "Tag", "Delivery": "Event", "AnnouncementRead": "Announcement"}

// spawn inserts a row of an entity, as the superuser.
func (w *world) spawn(t testing.TB, s *studio, entity string, stands map[string]any) map[string]any {
	t.Helper()
	w.serial++
	e, row := catalog.Entities[entity], map[string]any{}
	var columns, places []string
	var args []any
	for i := range e.Fields {
		f := &e.Fields[i]
		value, given := stands[f.Column]
		if !given {
			value = w.value(t, s, e, f)
		}
		if of, found := strings.CutSuffix(f.Column, "_index"); found && e.ByColumn(of) != nil {
			value = w.digest(t, s, e, of, row[of])
		}
		row[f.Column] = value
		columns, places, args = append(columns, pq.QuoteIdentifier(f.Column)), append(places, fmt.Sprintf("$%d", i+1)), append(args, value)
	}
	_, err := w.super.Exec("INSERT INTO "+e.Table+" ("+strings.Join(columns, ",")+") VALUES ("+strings.Join(places, ",")+")", args...)
	if err != nil {
		t.Fatalf("%s of studio %s: %v", entity, s.mark, err)
	}
	if s.mark == "B" {
		id := row["id"].(uuid.UUID)
		w.foreign[id.String()], w.foreign[typeid.Format("x", id)[2:]] = true, true
	}
	return row
}

// digest is what a sealed text is found by.
func (w *world) digest(t testing.TB, s *studio, e *catalog.Entity, column string, text any) any {
	t.Helper()
	digests, err := w.kit.Keys.Digests(t.Context(), s.tenant, e.Name, column, text.(string))
	if err != nil {
		t.Fatal(err)
	}
	return digests[0]
}

// value makes up what a column holds.
func (w *world) value(t testing.TB, s *studio, e *catalog.Entity, f *catalog.Field) any {
	switch f.Kind {
	case catalog.ID:
		return w.reference(t, s, e, f)
	case catalog.Text:
		return w.text(s, e, f)
	case catalog.Int:
		return w.number(s, f)
	case catalog.Enum:
		if e.Name == "DataKey" && f.Column == "status" {
			return "DESTROYED" // what is made up here opens nothing
		}
		if slices.Contains(f.Values, "ACTIVE") {
			return "ACTIVE"
		}
		if e.Name == "Class" && f.Column == "status" {
			return "OPEN"
		}
		return f.Values[0]
	case catalog.Time:
		if f.Nullable {
			if f.Column == "expires_at" {
				return w.moment(s).AddDate(1, 0, 0)
			}
			return nil
		}
		if f.Column == "expires_at" {
			return w.moment(s).AddDate(1, 0, 0)
		}
		return w.moment(s)
	case catalog.Date:
		return w.day(s, f)
	case catalog.List:
		switch {
		case e.Name == "CustomField", f.Column == "masks":
			return []byte("[]") // a text has no options
		case e.Name == "OAuthApp" && f.Column == "scopes":
			return []byte(`["student:read"]`)
		case e.Name == "OAuthApp":
			return []byte(`["https://app.example.com/back"]`)
		case f.Column == "permissions":
			return []byte(`["student:read:all"]`)
		}
		return []byte(`["` + w.canary(s, e, f) + `"]`)
	case catalog.JSON:
		return []byte(`{"canary":"` + w.canary(s, e, f) + `"}`)
	case catalog.Bytes:
		random := make([]byte, 32)
		_, _ = rand.Read(random)
		return random
	}
	return false
}

func (w *world) reference(t testing.TB, s *studio, e *catalog.Entity, f *catalog.Field) any {
	switch {
	case f.Column == "id":
		if e.Name == "Tenant" {
			s.tenant = uuid.New()
			return s.tenant
		}
		return uuid.New()
	case f.Column == e.Tenant:
		return w.first(t, s, "Tenant")
	case f.Target == "" && f.Column == "entity_id":
		return w.first(t, s, "Student")
	case f.Target == "":
		return uuid.New()
	case alone[e.Name] == f.Target && s.rows[e.Name] != nil:
		return w.spawn(t, s, f.Target, nil)["id"]
	default:
		return w.first(t, s, f.Target)
	}
}

func (w *world) canary(s *studio, e *catalog.Entity, f *catalog.Field) string {
	return fmt.Sprintf("CANARY-%s-%s.%s-%d", s.mark, e.Name, f.Name, w.serial)
}

func (w *world) text(s *studio, e *catalog.Entity, f *catalog.Field) string {
	switch {
	case f.Scalar == "CurrencyCode":
		return "USD"
	case f.Scalar == "EmailAddress" || f.Column == "email":
		return strings.ToLower(w.canary(s, e, f)) + "@example.com"
	case f.Scalar == "URL":
		return "https://" + strings.ToLower(w.canary(s, e, f)) + ".example.com/"
	case f.Column == "starts_at":
		return "16:00"
	case f.Column == "time_zone":
		return "America/New_York"
	case f.Column == "plan":
		return "studio"
	}
	return w.canary(s, e, f)
}

func (w *world) number(s *studio, f *catalog.Field) any {
	switch f.Column {
	case "version", "quantity", "attempts":
		return 1
	case "min_age", "max_age":
		return nil
	case "min_level", "amount_paid", "amount_refunded", "previous_sequence", "replay":
		return 0
	case "capacity", "open_seats":
		return 1000 - 100*s.shift
	case "level":
		return 3
	case "minutes":
		return 60
	case "number", "sequence":
		return w.serial
	}
	return 9500
}

// began is when the world's first rows were made.
var began = time.Now().UTC().Truncate(time.Second)

func (w *world) moment(s *studio) time.Time { return began.Add(time.Duration(s.shift) * time.Minute) }

func (w *world) day(s *studio, f *catalog.Field) time.Time {
	year := map[string]int{"birth_date": 2016, "starts_on": 2026, "ends_on": 2036, "due_on": 2034}[f.Column]
	return time.Date(year, time.May, 1+s.shift, 0, 0, 0, 0, time.UTC)
}

// displaced is a row that nobody has, whose values lie between no two of A's:
// what tells it from the neighbor's row is only that it does not exist.
func displaced(row map[string]any) map[string]any {
	moved := map[string]any{}
	for column, value := range row {
		switch v := value.(type) {
		case uuid.UUID:
			value = uuid.New()
		case []byte:
			value = bytes.ReplaceAll(v, []byte("CANARY-B-"), []byte("CANARY-C-"))
		case string:
			value = strings.NewReplacer("CANARY-B-", "CANARY-C-", "canary-b-", "canary-c-").Replace(v)
		case int:
			value = v + 1
		case time.Time:
			if v.Equal(v.Truncate(24 * time.Hour)) {
				value = v.AddDate(0, 0, 1)
			} else {
				value = v.Add(time.Minute)
			}
		}
		moved[column] = value
	}
	return moved
}

// sums returns a checksum of each table's rows of a studio.
func (w *world) sums(t testing.TB, s *studio) map[string]string {
	t.Helper()
	var parts []string
	for _, e := range catalog.Entities {
		if e.Tenant != "" {
			parts = append(parts, fmt.Sprintf(`SELECT '%s', COALESCE(md5(string_agg(t::text, '|' ORDER BY t.id)), '') FROM %[1]s t WHERE t.%s = $1`, e.Table, e.Tenant))
		}
	}
	slices.Sort(parts)
	rows, err := w.super.Query(strings.Join(parts, " UNION ALL "), s.tenant)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	sums := map[string]string{}
	for rows.Next() {
		var table, sum string
		if err := rows.Scan(&table, &sum); err != nil {
			t.Fatal(err)
		}
		sums[table] = sum
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return sums
}

// differ names the tables whose checksums differ.
func differ(before, after map[string]string) []string {
	var tables []string
	for table, sum := range before {
		if after[table] != sum {
			tables = append(tables, table)
		}
	}
	slices.Sort(tables)
	return tables
}

// exec runs SQL as the superuser.
func (w *world) exec(t testing.TB, text string, args ...any) {
	t.Helper()
	if _, err := w.super.Exec(text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// lowered switches row level security off for every table. The store was
// opened with its walls up: a server refuses to start without them.
func (w *world) lowered(t testing.TB) {
	for _, e := range catalog.Entities {
		w.exec(t, "ALTER TABLE "+e.Table+" DISABLE ROW LEVEL SECURITY")
	}
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
