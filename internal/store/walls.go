package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/barrehq/barre/internal/catalog"
)

// OpenWall says how one tenant could reach another.
type OpenWall struct{ Problem string }

func (w OpenWall) Error() string { return w.Problem }

// CheckWalls compares the walls of the open database with what they must be;
// an OpenWall says which one is missing.
func (s *Store) CheckWalls(ctx context.Context) error { return checkWalls(ctx, s.requests) }

// checkWalls refuses a database on which a request could step around row level
// security: a role with too much power, a table without its policies, a view or
// function that would run as somebody else.
func checkWalls(ctx context.Context, app Execer) error {
	for _, check := range []struct{ query, problem string }{
		{`SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)`,
			"the database role %s could step around the walls between tenants (superuser, BYPASSRLS, CREATEROLE or CREATEDB)"},
		{`SELECT r.rolname FROM pg_roles r WHERE r.rolname <> current_user AND pg_has_role(current_user, r.oid, 'MEMBER')`,
			"the database role may become %s; it must be a member of no other role"},
		{`SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND pg_has_role(current_user, c.relowner, 'USAGE')`,
			"the database role owns the table %s; only the migration role may own tables"},
		{`SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'
		   AND has_table_privilege(current_user, c.oid, 'SELECT,INSERT,UPDATE,DELETE') AND NOT (c.relrowsecurity AND c.relforcerowsecurity
		   AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant' AND NOT p.polpermissive AND p.polcmd = '*'))`,
			"the table %s has no wall between tenants; run barre migrate"},
		{`SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('v', 'm')
		   AND has_table_privilege(current_user, c.oid, 'SELECT') AND NOT (c.relkind = 'v' AND COALESCE('security_invoker=true' = ANY (c.reloptions), false))`,
			"the view %s would read as its owner; make it security_invoker or revoke it"},
		{`SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prosecdef AND has_function_privilege(current_user, p.oid, 'EXECUTE')`,
			"the function %s would run as its owner; revoke it"},
		{`SELECT kept.name FROM unnest(ARRAY['audit_entries', 'audit_anchors']) AS kept(name), unnest(ARRAY['kept', 'kept_whole']) AS by(name)
		  WHERE NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = to_regclass('public.' || kept.name) AND g.tgname = by.name AND g.tgenabled IN ('O', 'A'))`,
			"the audit log could be changed in the table %s; run barre migrate"},
	} {
		names, err := texts(ctx, app, check.query)
		if err != nil {
			return err
		}
		if len(names) > 0 {
			return OpenWall{fmt.Sprintf(check.problem, names[0])}
		}
	}
	return checkTables(ctx, app)
}

// checkTables refuses a table that a request can reach and the catalog does
// not know as a tenant's.
func checkTables(ctx context.Context, app Execer) error {
	known := map[string]bool{}
	for _, e := range catalog.Entities {
		known[e.Table] = e.Tenant != ""
	}
	names, err := texts(ctx, app, `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'f') AND has_table_privilege(current_user, c.oid, 'SELECT,INSERT,UPDATE,DELETE')`)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !known[name] {
			return OpenWall{fmt.Sprintf("the database role can reach the table %s, which is no tenant's; revoke it", name)}
		}
	}
	if len(names) == 0 {
		return errors.New("the database has no tables yet; run barre migrate")
	}
	return nil
}

// texts runs a query of one column.
func texts(ctx context.Context, run Execer, query string) ([]string, error) {
	rows, err := run.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("store: check the walls: %w", err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("store: check the walls: %w", err)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: check the walls: %w", err)
	}
	return list, nil
}
