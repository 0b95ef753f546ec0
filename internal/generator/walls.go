package generator

import (
	"bytes"
	_ "embed" // keep.sql
	"fmt"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
)

// walls writes the database's own wall between tenants: roles, grants and row
// level security for every table. It is run after each migration and may be
// run any number of times.
func walls(entities []catalog.Entity) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "-- %s\n", notice)
	b.WriteString(`-- barre_app serves requests and sees one tenant at a time; barre_system does the
-- platform's own work across tenants. Neither owns a table.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO barre_owner;
GRANT USAGE ON SCHEMA public TO barre_app, barre_system;
`)
	for _, e := range entities {
		fmt.Fprintf(&b, "\n-- %s\n", e.Name)
		fmt.Fprintf(&b, "REVOKE ALL ON %[1]s FROM PUBLIC, barre_app, barre_system;\n", e.Table)
		fmt.Fprintf(&b, "GRANT %s ON %s TO barre_system;\n", platformGrants(e), e.Table)
		fmt.Fprintf(&b, "ALTER TABLE %[1]s ENABLE ROW LEVEL SECURITY;\nALTER TABLE %[1]s FORCE ROW LEVEL SECURITY;\n", e.Table)
		policy(&b, e.Table, "platform", "AS PERMISSIVE FOR ALL TO barre_system USING (true) WITH CHECK (true)")
		if e.Tenant == "" {
			continue
		}
		fmt.Fprintf(&b, "GRANT %s ON %s TO barre_app;\n", grants(e), e.Table)
		policy(&b, e.Table, "request", "AS PERMISSIVE FOR ALL TO barre_app USING (true) WITH CHECK (true)")
		own := fmt.Sprintf("%s = (SELECT NULLIF(current_setting('barre.tenant', true), '')::uuid)", e.Tenant)
		staffWall(&b, e)
		policy(&b, e.Table, "tenant", fmt.Sprintf("AS RESTRICTIVE FOR ALL TO barre_app USING (%s) WITH CHECK (%s)", own, own))
	}
	b.WriteString(kept)
	return b.Bytes()
}

// staffWall refuses the operator's staff what they may never do, so that no
// mistake above lets them. A transaction of theirs names its access in
// barre.staff.
func staffWall(b *bytes.Buffer, e catalog.Entity) {
	const nobody = "(SELECT COALESCE(current_setting('barre.staff', true), '') = '')"
	row, known := rule.StaffRowOf(e.Prefix)
	if !known {
		return
	}
	for _, act := range []struct {
		action     rule.Action
		name, body string
	}{
		{rule.Read, "staff_read", "SELECT TO barre_app USING (" + nobody + ")"},
		{rule.Create, "staff_create", "INSERT TO barre_app WITH CHECK (" + nobody + ")"},
		{rule.Update, "staff_update", "UPDATE TO barre_app USING (" + nobody + ")"},
		{rule.Delete, "staff_delete", "DELETE TO barre_app USING (" + nobody + ")"},
	} {
		if row.May&act.action == 0 {
			policy(b, e.Table, act.name, "AS RESTRICTIVE FOR "+act.body)
		}
	}
	if row.May&rule.Update != 0 && row.May&rule.Delete == 0 && e.RecycleBin {
		policy(b, e.Table, "staff_bin", "AS RESTRICTIVE FOR UPDATE TO barre_app USING (true) WITH CHECK (deleted_at IS NULL OR "+nobody+")")
	}
	if e.Name == "Tenant" {
		b.WriteString(`CREATE OR REPLACE FUNCTION barre_refuse_staff() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN RAISE insufficient_privilege USING MESSAGE = ''not under the access of staff''; END';
DROP TRIGGER IF EXISTS staff_domains ON tenants;
CREATE TRIGGER staff_domains BEFORE UPDATE ON tenants FOR EACH ROW
	WHEN (NEW.custom_domains IS DISTINCT FROM OLD.custom_domains AND COALESCE(current_setting('barre.staff', true), '') <> '')
	EXECUTE FUNCTION barre_refuse_staff();
`)
	}
}

//go:embed keep.sql
var kept string

func policy(b *bytes.Buffer, table, name, body string) {
	fmt.Fprintf(b, "DROP POLICY IF EXISTS %[1]s ON %[2]s;\nCREATE POLICY %[1]s ON %[2]s %[3]s;\n", name, table, body)
}

// grants are what a request may do with the table at most. Records of what
// happened can be added and never changed.
func grants(e catalog.Entity) string {
	switch e.Name {
	case "AuditEntry", "EntityVersion", "Event":
		return "SELECT, INSERT"
	case "AuditAnchor":
		return "SELECT"
	case "BreachNotice":
		return "SELECT, INSERT, UPDATE"
	case "Tenant":
		return "SELECT, UPDATE"
	default:
		return "SELECT, INSERT, UPDATE, DELETE"
	}
}

// platformGrants are what the platform may do with the table at most. What
// else it does to the audit log, keep.sql grants column by column.
func platformGrants(e catalog.Entity) string {
	switch e.Name {
	case "AuditEntry", "AuditAnchor":
		return "SELECT, INSERT, DELETE"
	default:
		return "SELECT, INSERT, UPDATE, DELETE"
	}
}
