package breach

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// Affected is what a breach means for one studio.
type Affected struct {
	Tenant uuid.UUID `json:"-"`
	Slug   string    `json:"-"`
	// Touched are the ids of the records that were certainly written, by type, as
	// the audit log has them.
	Touched map[string][]string `json:"touched"`
	// Readable is how many records with personal values the actors could have
	// read, by type. Reads are not in the audit log; all that could be read count.
	Readable map[string]int `json:"readable"`
	// Exported are the ids of the exports that the actors made.
	Exported []string `json:"exported"`
	// Entries is how many entries of the audit log are theirs.
	Entries int `json:"entries"`
}

// reach is what an actor could read at a studio.
type reach struct {
	tenant    uuid.UUID
	role      viewer.Role
	scopes    []string
	household *uuid.UUID
}

// Assess computes who is concerned: each studio in whose audit log one of the
// actors stands within the time of the breach, and each at which one of them
// could read then.
func (o *Office) Assess(ctx context.Context, b *Breach) ([]*Affected, error) {
	until := o.now()
	if b.Ended != nil {
		until = *b.Ended
	}
	found := map[uuid.UUID]*Affected{}
	if err := o.touched(ctx, b, until, found); err != nil {
		return nil, fmt.Errorf("breach: read the audit log: %w", err)
	}
	for _, actor := range b.Actors {
		reaches, err := o.reaches(ctx, actor, b.Began, until)
		if err != nil {
			return nil, fmt.Errorf("breach: find what %s could read: %w", actor, err)
		}
		for _, r := range reaches {
			if err := o.readable(ctx, r, at(found, r.tenant)); err != nil {
				return nil, fmt.Errorf("breach: count what %s could read: %w", actor, err)
			}
		}
	}
	var list []*Affected
	for _, tenant := range slices.SortedFunc(maps.Keys(found), func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) }) {
		a := found[tenant]
		if err := o.pool.QueryRow(ctx, `SELECT slug FROM tenants WHERE id = $1`, tenant).Scan(&a.Slug); err != nil {
			return nil, fmt.Errorf("breach: %w", err)
		}
		list = append(list, a)
	}
	return list, nil
}

func at(found map[uuid.UUID]*Affected, tenant uuid.UUID) *Affected {
	if found[tenant] == nil {
		found[tenant] = &Affected{Tenant: tenant, Touched: map[string][]string{}, Readable: map[string]int{}, Exported: []string{}}
	}
	return found[tenant]
}

// touched reads what the actors did.
func (o *Office) touched(ctx context.Context, b *Breach, until time.Time, found map[uuid.UUID]*Affected) error {
	rows, err := o.pool.Query(ctx, `SELECT tenant_id, entity_type, entity_id, count(*) FROM audit_entries
		WHERE actor = ANY($1) AND occurred_at >= $2 AND occurred_at <= $3 AND outcome = 'DONE' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`, b.Actors, b.Began, until)
	if err != nil {
		return err
	}
	var tenant uuid.UUID
	var entity string
	var id *uuid.UUID
	var entries int
	_, err = pgx.ForEachRow(rows, []any{&tenant, &entity, &id, &entries}, func() error {
		a := at(found, tenant)
		a.Entries += entries
		e := catalog.Entities[entity]
		if e == nil || id == nil {
			return nil
		}
		name := typeid.Format(e.Prefix, *id)
		if entity == "Export" {
			a.Exported = append(a.Exported, name)
		} else {
			a.Touched[entity] = append(a.Touched[entity], name)
		}
		return nil
	})
	return err
}

// reaches finds where an actor could read, at some time between two moments.
func (o *Office) reaches(ctx context.Context, actor string, from, until time.Time) ([]reach, error) {
	kind, id, _ := strings.Cut(actor, ":")
	questions := map[string]string{
		"key": `SELECT tenant_id, CASE kind WHEN 'SECRET' THEN 'KEY' ELSE 'PUBLIC' END, scopes, NULL::uuid FROM api_keys
			WHERE id = $1 AND created_at <= $3 AND (revoked_at IS NULL OR revoked_at >= $2) AND (expires_at IS NULL OR expires_at >= $2)`,
		"user": `SELECT tenant_id, role, '[]'::jsonb, household_id FROM memberships WHERE user_id = $1 AND created_at <= $3 AND (status = 'ACTIVE' OR status = 'REVOKED' AND updated_at >= $2)`,
		// Staff read as administrators do, wherever their entries stand.
		"staff": `SELECT DISTINCT tenant_id, 'ADMIN', '[]'::jsonb, NULL::uuid FROM audit_entries WHERE staff_access_id = $1 AND occurred_at BETWEEN $2 AND $3`,
		"app":   `SELECT DISTINCT tenant_id, 'ADMIN', '[]'::jsonb, NULL::uuid FROM audit_entries WHERE actor = 'app:' || $1::uuid::text AND occurred_at BETWEEN $2 AND $3`,
	}
	rows, err := o.pool.Query(ctx, questions[kind], id, from, until)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r reach, err error) {
		var scopes []byte
		if err := row.Scan(&r.tenant, &r.role, &scopes, &r.household); err != nil {
			return r, err
		}
		return r, json.Unmarshal(scopes, &r.scopes)
	})
}

// readable counts the records with personal values that r could read.
func (o *Office) readable(ctx context.Context, r reach, a *Affected) error {
	v := &viewer.Viewer{Role: r.role, Scopes: r.scopes}
	role := r.role
	if role == viewer.Key {
		role = viewer.Admin
	}
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		e := catalog.Entities[name]
		grant := e.Access[role]
		if e.Hidden || e.Tenant == "" || !grant.Read || !v.Can(e.Prefix, "read") || !telling(e, r.role) {
			continue
		}
		text, args := fmt.Sprintf("SELECT count(*) FROM %s WHERE %s = $1", e.Table, e.Tenant), []any{r.tenant}
		if grant.Own {
			text, args = text+fmt.Sprintf(" AND %s = $2", e.Household), append(args, r.household)
		}
		var n int
		if err := o.pool.QueryRow(ctx, text, args...).Scan(&n); err != nil {
			return fmt.Errorf("%s: %w", e.Table, err)
		}
		if n > a.Readable[name] {
			a.Readable[name] = n
		}
	}
	return nil
}

// telling reports whether records of e tell a role something of a person.
func telling(e *catalog.Entity, role viewer.Role) bool {
	return slices.ContainsFunc(e.Fields, func(f catalog.Field) bool {
		return (f.Class == "personal" || f.Class == "sensitive") && catalog.Shows(f.Class, role) && !f.Hidden
	})
}
