package attack_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// TestStaffChangesNothingForbidden plays every mutation under the access of the
// operator's staff, with all that the studio has: what they may not do leaves
// no trace.
func TestStaffChangesNothingForbidden(t *testing.T) {
	if !ormRules {
		t.Skip("the database's wall is TestStaffInSQL's affair")
	}
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	r := &report{}
	done, refused := 0, 0
	for _, c := range w.changes(r) {
		input := c.make(t)
		before := w.forbidden(t)
		answer := w.send(r, c, "STAFF", input)
		for what, was := range before {
			if is := w.forbidden(t)[what]; is != was {
				t.Errorf("%s under staff access changed %s: %.300s", c.field.Name, what, answer.Body)
			}
		}
		switch {
		case accepted(answer):
			done++
		case code(answer) == "FORBIDDEN":
			refused++
		}
	}
	for _, finding := range r.findings {
		t.Error(finding)
	}
	if done < 20 || refused < 40 {
		t.Errorf("%d mutations were done and %d refused; that is not the schema", done, refused)
	}
	t.Logf("%d mutations done, %d refused", done, refused)
}

// forbidden is what the operator's staff may not change at the own studio: the
// rows of tables that they may not write, what is deleted, and the domains.
func (w *world) forbidden(t testing.TB) map[string]string {
	t.Helper()
	var parts []string
	for name, e := range catalog.Entities {
		row, known := rule.StaffRowOf(e.Prefix)
		if !known || e.Tenant == "" || slices.Contains([]string{"AuditEntry", "Event", "EntityVersion", "Alert"}, name) { // these tell of what they do
			continue
		}
		switch {
		case e.Name == "StaffAccess": // counts what they do
			parts = append(parts, fmt.Sprintf(`SELECT '%s', md5(string_agg(id::text || status || reason, '' ORDER BY id)) FROM %s WHERE tenant_id = $1`, name, e.Table))
		case e.Name == "Tenant":
			parts = append(parts, `SELECT 'domains', md5(custom_domains::text || staff_access_approval) FROM tenants WHERE id = $1`)
		case row.May&rule.Write == 0:
			parts = append(parts, fmt.Sprintf(`SELECT '%s', md5(string_agg(t::text, '' ORDER BY id)) FROM %s t WHERE tenant_id = $1`, name, e.Table))
		case row.May&rule.Delete == 0 && e.RecycleBin:
			parts = append(parts, fmt.Sprintf(`SELECT '%s', md5(string_agg(id::text || (deleted_at IS NULL), '' ORDER BY id) FILTER (WHERE deleted_at IS NOT NULL)) FROM %s WHERE tenant_id = $1`, name, e.Table))
		}
	}
	rows, err := w.super.Query(strings.Join(parts, " UNION ALL "), w.own.tenant)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	sums := map[string]string{}
	for rows.Next() {
		var name string
		var sum sql.NullString
		if err := rows.Scan(&name, &sum); err != nil {
			t.Fatal(err)
		}
		sums[name] = sum.String
	}
	return sums
}

// TestStaffReadsNothingSensitive asks for everything that can be asked: no
// sensitive value and nothing of a type that is closed to staff is in any
// answer.
func TestStaffReadsNothingSensitive(t *testing.T) {
	if !ormRules {
		t.Skip("masks are not the database's affair")
	}
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	var closed []string
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		e := catalog.Entities[name]
		row, _ := rule.StaffRowOf(e.Prefix)
		if e.Tenant != "" && row.May&rule.Read == 0 {
			closed = append(closed, "CANARY-A-"+name+".")
		}
		for i := range e.Fields {
			if f := &e.Fields[i]; f.Class == "sensitive" && e.Tenant != "" {
				closed = append(closed, "CANARY-A-"+name+"."+f.Name+"-")
			}
		}
	}
	r := &report{}
	read := 0
	for _, c := range slices.Concat(w.roots(r), w.edges()) {
		answer := w.Do(w.own.tokens["STAFF"], c.document, c.vars(w.own))
		if clean(answer) {
			read++
		}
		for _, canary := range closed {
			if at := bytes.Index(answer.Body, []byte(canary)); at >= 0 {
				t.Errorf("%s under staff access: %.60s", c.name, answer.Body[at:])
			}
		}
	}
	if read < 50 {
		t.Errorf("only %d reads were answered; that is not the schema", read)
	}
	t.Logf("%d reads answered, %d canaries looked for", read, len(closed))
}

// TestStaffAsk goes the whole way of an access: who asks, who lets in, what is
// seen, and the end.
func TestStaffAsk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	w.exec(t, `UPDATE tenants SET slug = 'north-star', staff_access_approval = true WHERE id = $1`, w.own.tenant)
	key, app, err := w.Staff.Add(t.Context(), "sam@operator.example", "Sam")
	if err != nil {
		t.Fatal(err)
	}
	shown, err := totp.GenerateCode(app.Secret.Reveal(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if a := w.Do(key.Reveal(), `{ students { nodes { id } } }`, nil); code(a) != "FORBIDDEN" {
		t.Errorf("staff without access read students: %.300s", a.Body)
	}
	const asks = `mutation($code: String) { it: requestStaffAccess(input: {studio: "north-star", reason: "Ticket 4711", code: $code}) { token staffAccess { id status } userErrors { code } } }`
	if a := w.Do(key.Reveal(), asks, nil); code(a) != "SECOND_FACTOR_REQUIRED" {
		t.Errorf("staff asked without a second factor: %.300s", a.Body)
	}
	asked := w.Do(key.Reveal(), asks, map[string]any{"code": shown})
	var answer struct {
		Data struct {
			It struct {
				Token       string
				StaffAccess struct{ ID, Status string }
			}
		}
	}
	if err := json.Unmarshal(asked.Body, &answer); err != nil || answer.Data.It.StaffAccess.Status != "REQUESTED" {
		t.Fatalf("asking: %.400s", asked.Body)
	}
	token, id := answer.Data.It.Token, map[string]any{"id": answer.Data.It.StaffAccess.ID}
	read := func() endpoint.Answer { return w.Do(token, `{ students(first: 1) { nodes { id firstName } } }`, nil) }
	if a := read(); code(a) != "UNAUTHENTICATED" {
		t.Errorf("before the studio has approved: %.300s", a.Body)
	}
	if a := w.Do(w.own.tokens["OWNER"], `mutation($id: ID!) { it: approveStaffAccess(input: {id: $id}) { userErrors { code } } }`, id); !accepted(a) {
		t.Fatalf("approving: %.300s", a.Body)
	}
	if a := read(); !clean(a) || !bytes.Contains(a.Body, []byte("CANARY-A-Student.firstName")) {
		t.Errorf("under the access: %.300s", a.Body)
	}
	seen := w.Do(w.own.tokens["OWNER"], `query($id: ID!) { staffAccess(id: $id) { status requests recordsRead minorsRead } }`, id)
	if !bytes.Contains(seen.Body, []byte(`"requests":1,"recordsRead":1,"minorsRead":1`)) {
		t.Errorf("the studio sees %.300s", seen.Body)
	}
	if a := w.Do(w.own.tokens["OWNER"], `mutation($id: ID!) { it: endStaffAccess(input: {id: $id}) { userErrors { code } } }`, id); !accepted(a) {
		t.Fatalf("ending: %.300s", a.Body)
	}
	if a := read(); code(a) != "UNAUTHENTICATED" {
		t.Errorf("after the end: %.300s", a.Body)
	}
}

// TestStaffInSQL asks the database itself, as the role that serves requests and
// under a staff access.
func TestStaffInSQL(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	db, err := sql.Open("postgres", w.kit.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	// try runs a statement as studio A, under an access of staff or not.
	try := func(staff, text string) (rows int64, err error) {
		tx, err := db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if _, err := tx.Exec(`SELECT set_config('barre.tenant', $1, true), set_config('barre.staff', $2, true)`, w.own.tenant.String(), staff); err != nil {
			t.Fatal(err)
		}
		result, err := tx.Exec(text)
		if err != nil {
			return 0, err
		}
		return result.RowsAffected()
	}
	held := 0
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		e := catalog.Entities[name]
		row, known := rule.StaffRowOf(e.Prefix)
		if e.Tenant == "" || !known || name == "TenantCounter" {
			continue
		}
		acts := map[string]bool{fmt.Sprintf(`SELECT FROM %s`, e.Table): row.May&rule.Read == 0}
		if name != "Tenant" {
			acts[fmt.Sprintf(`UPDATE %s SET updated_at = updated_at`, e.Table)] = row.May&rule.Update == 0
			acts[fmt.Sprintf(`DELETE FROM %s`, e.Table)] = row.May&rule.Delete == 0
		} else {
			acts[`UPDATE tenants SET custom_domains = '["evil.example.com"]'`] = true
		}
		if e.RecycleBin {
			acts[fmt.Sprintf(`UPDATE %s SET deleted_at = now()`, e.Table)] = row.May&rule.Delete == 0
		}
		for text, closed := range acts {
			if !closed {
				continue
			}
			if rows, err := try("access", text); err == nil && rows > 0 {
				t.Errorf("%s under staff access: %d rows", text, rows)
			}
			if rows, err := try("", text); err == nil && rows > 0 {
				held++ // only the access of staff stood in the way
			}
		}
	}
	if held < 20 {
		t.Errorf("only %d statements were held up by the wall against staff alone", held)
	}
	t.Logf("%d statements work for a studio and not for staff", held)
}
