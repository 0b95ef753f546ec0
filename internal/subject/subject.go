// Package subject finds everything that a studio keeps about one person or
// family, wherever it is.
package subject

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// Types of record that stand for somebody.
const (
	Household = "Household"
	Guardian  = "Guardian"
	Student   = "Student"
)

// Database is what a search needs of the store.
type Database interface {
	Run(context.Context) store.Execer
	// Digests are what a sealed column is found by; see key.Ring.
	Digests(ctx context.Context, tenant uuid.UUID, entity, column, text string) ([][]byte, error)
}

// Person is whom to look for: a whole family, or one of it.
type Person struct {
	Type  string
	ID    uuid.UUID
	Email string // in place of the two, until Resolve has found whose it is
}

// Resolve finds, within the tenant of ctx, whose an e-mail address is: a
// guardian's or else a household's.
func (p Person) Resolve(ctx context.Context, run store.Execer) (Person, error) {
	if p.Email == "" {
		return p, nil
	}
	for _, kind := range []string{Guardian, Household} {
		found, err := texts(ctx, run, `SELECT id::text FROM `+catalog.Entities[kind].Table+` WHERE tenant_id = $2::text::uuid AND lower(email) = lower($1) LIMIT 2`, p.Email)
		if err != nil {
			return p, fmt.Errorf("subject: look for an address: %w", err)
		}
		switch len(found) {
		case 0:
			continue
		case 1:
			id, err := uuid.Parse(found[0])
			return Person{Type: kind, ID: id}, err
		default:
			return p, fault.User(fault.Invalid, []string{"input", "email"}, "Several people have this address. Name one by its id.")
		}
	}
	return p, fault.User(fault.NotFound, []string{"input", "email"}, "There is no such record.")
}

// field is where an input names the person.
func (p Person) field() []string { return []string{"input", strings.ToLower(p.Type) + "Id"} }

// Found is what there is of somebody.
type Found struct {
	IDs map[string][]uuid.UUID // by the name of the entity, sorted
	// Addresses are e-mail addresses and telephone numbers, as they are written.
	Addresses []string
	// Users are the accounts that the person signs in with. They are no one
	// studio's, so that Find does not look into them.
	Users []uuid.UUID
}

// Account is what there is of an account at one studio: by the name of the
// entity, the column that leads to it and the ids that the column has.
func (f Found) Account() map[string]Key {
	if len(f.Users) == 0 {
		return nil
	}
	return map[string]Key{"User": {"id", f.Users}, "SignInFactor": {"user_id", f.Users}, "AuthSession": {"membership_id", f.IDs["Membership"]}}
}

// Key is by what records are found.
type Key struct {
	Column string
	IDs    []uuid.UUID
}

// Rows is the number of all records.
func (f Found) Rows() (n int) {
	for _, ids := range f.IDs {
		n += len(ids)
	}
	return n
}

// all are the ids of every record.
func (f Found) all() (ids []uuid.UUID) {
	for _, name := range slices.Sorted(maps.Keys(f.IDs)) {
		ids = append(ids, f.IDs[name]...)
	}
	return ids
}

// Find looks everywhere within the tenant of ctx, the recycle bin included:
// the person, all that leads to the person by however many steps, what is kept
// under the addresses, what is written down of each of these records, and each
// time that the person signed in or tried to. The error is NOT_FOUND where
// there is nobody.
func Find(ctx context.Context, db Database, p Person) (Found, error) {
	f, run := Found{IDs: map[string][]uuid.UUID{}}, db.Run(ctx)
	if err := f.add(ctx, run, p.Type, `id = $1::text::uuid`, p.ID.String()); err != nil {
		return f, err
	}
	if len(f.IDs) == 0 {
		return f, fault.User(fault.NotFound, p.field(), "There is no such record.")
	}
	if err := f.follow(ctx, run, p.Type); err != nil {
		return f, err
	}
	if err := f.addresses(ctx, run); err != nil {
		return f, err
	}
	if len(f.Addresses) > 0 {
		for name, column := range map[string]string{"Membership": "email", "Suppression": "address"} {
			if err := f.add(ctx, run, name, `lower(`+column+`) = ANY($1::text::text[])`, lowered(f.Addresses)); err != nil {
				return f, err
			}
		}
		if err := f.colleagues(ctx, db); err != nil {
			return f, err
		}
	}
	if err := f.accounts(ctx, run); err != nil {
		return f, err
	}
	known := list(f.all())
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		if e := catalog.Entities[name]; e.Tenant != "" && e.ByColumn("entity_id") != nil {
			if err := f.add(ctx, run, name, `entity_id = ANY($1::text::uuid[])`, known); err != nil {
				return f, err
			}
		}
	}
	return f, f.follow(ctx, run, "Event") // to whom it was told
}

// colleagues adds whoever works at the studio under one of the addresses, which
// are sealed there.
func (f *Found) colleagues(ctx context.Context, db Database) error {
	var sought []string
	for _, address := range f.Addresses {
		digests, err := db.Digests(ctx, viewer.From(ctx).TenantID, "Staff", "email", address)
		if err != nil {
			return err
		}
		for _, digest := range digests {
			sought = append(sought, fmt.Sprintf(`"\\x%x"`, digest))
		}
	}
	return f.add(ctx, db.Run(ctx), "Staff", `email_index = ANY($1::text::bytea[])`, "{"+strings.Join(sought, ",")+"}")
}

// accounts adds the accounts of those who were found, and what the log of the
// studio says of their way in.
func (f *Found) accounts(ctx context.Context, run store.Execer) error {
	found, err := texts(ctx, run, `SELECT DISTINCT user_id::text FROM memberships WHERE tenant_id = $2::text::uuid AND id = ANY($1::text::uuid[]) AND user_id IS NOT NULL`, list(f.IDs["Membership"]))
	if err != nil {
		return fmt.Errorf("subject: look for accounts: %w", err)
	}
	var actors []string
	for _, text := range found {
		id, err := uuid.Parse(text)
		if err != nil {
			return fmt.Errorf("subject: %w", err)
		}
		f.Users, actors = append(f.Users, id), append(actors, "user:"+text)
	}
	return f.add(ctx, run, "AuditEntry", `category IN ('SIGN_IN', 'SECURITY') AND actor = ANY($1::text::text[])`, lowered(actors))
}

// follow adds what leads to records of one type.
func (f *Found) follow(ctx context.Context, run store.Execer, to string) error {
	if len(f.IDs[to]) == 0 {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		e := catalog.Entities[name]
		if e.Tenant != "tenant_id" {
			continue
		}
		before := len(f.IDs[name])
		for _, field := range e.Fields {
			if field.Target != to || field.Column == "id" {
				continue
			}
			if err := f.add(ctx, run, name, field.Column+` = ANY($1::text::uuid[])`, list(f.IDs[to])); err != nil {
				return err
			}
		}
		if len(f.IDs[name]) > before {
			if err := f.follow(ctx, run, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// add adds the ids of the tenant's records of a type that meet a condition.
func (f *Found) add(ctx context.Context, run store.Execer, name, condition string, arg any) error {
	found, err := texts(ctx, run, `SELECT id::text FROM `+catalog.Entities[name].Table+` WHERE tenant_id = $2::text::uuid AND `+condition, arg)
	if err != nil {
		return fmt.Errorf("subject: look for %s: %w", name, err)
	}
	for _, text := range found {
		id, err := uuid.Parse(text)
		if err != nil {
			return fmt.Errorf("subject: %w", err)
		}
		if !slices.Contains(f.IDs[name], id) {
			f.IDs[name] = append(f.IDs[name], id)
		}
	}
	slices.SortFunc(f.IDs[name], func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	return nil
}

// addresses reads those of the people who were found.
func (f *Found) addresses(ctx context.Context, run store.Execer) error {
	for _, of := range []struct{ entity, column string }{{Household, "email"}, {Guardian, "email"}, {Guardian, "phone"}, {"Membership", "email"}} {
		ids := f.IDs[of.entity]
		if len(ids) == 0 {
			continue
		}
		found, err := texts(ctx, run, `SELECT DISTINCT `+of.column+` FROM `+catalog.Entities[of.entity].Table+` WHERE tenant_id = $2::text::uuid AND id = ANY($1::text::uuid[]) AND `+of.column+` <> ''`, list(ids))
		if err != nil {
			return fmt.Errorf("subject: read addresses: %w", err)
		}
		f.Addresses = append(f.Addresses, found...)
	}
	slices.Sort(f.Addresses)
	f.Addresses = slices.Compact(f.Addresses)
	return nil
}

// list are ids as Postgres takes them.
func list(ids []uuid.UUID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return "{" + strings.Join(texts, ",") + "}"
}

// lowered are texts as Postgres takes them, in small letters.
func lowered(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(strings.ToLower(text)) + `"`
	}
	return "{" + strings.Join(quoted, ",") + "}"
}

// texts runs a query of one column, in which $2 is the tenant of ctx: the
// program says so although the database would see to it.
func texts(ctx context.Context, run store.Execer, query string, arg any) (found []string, err error) {
	rows, err := run.QueryContext(ctx, query, arg, viewer.From(ctx).TenantID.String())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		found = append(found, text)
	}
	return found, rows.Err()
}
