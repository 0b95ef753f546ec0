package erasure

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/ent/erasureline"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/inbound"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/subject"
)

// least is how long a text must be to be looked for: shorter ones are anybody's.
const least = 6

// telling are texts that tell who somebody is, in small letters.
const telling = `SELECT DISTINCT lower(text) FROM (
	SELECT name AS text FROM households WHERE tenant_id = $1 AND id = ANY($2) UNION ALL SELECT address_line1 FROM households WHERE tenant_id = $1 AND id = ANY($2)
	UNION ALL SELECT first_name || ' ' || last_name FROM guardians WHERE tenant_id = $1 AND id = ANY($2)
	UNION ALL SELECT first_name || ' ' || last_name FROM students WHERE tenant_id = $1 AND id = ANY($2)
	UNION ALL SELECT unnest($3::text[])) t WHERE length(text) >= $4`

// others reports whether a text is also that of somebody who is not erased.
const others = `SELECT EXISTS (SELECT FROM households t WHERE tenant_id = $1 AND id <> ALL($2) AND position($3 IN lower(t::text)) > 0)
	OR EXISTS (SELECT FROM guardians t WHERE tenant_id = $1 AND id <> ALL($2) AND position($3 IN lower(t::text || ' ' || first_name || ' ' || last_name)) > 0)
	OR EXISTS (SELECT FROM students t WHERE tenant_id = $1 AND id <> ALL($2) AND position($3 IN lower(t::text || ' ' || first_name || ' ' || last_name)) > 0)
	OR EXISTS (SELECT FROM memberships t WHERE tenant_id = $1 AND id <> ALL($2) AND position($3 IN lower(t::text)) > 0)
	OR EXISTS (SELECT FROM staff t WHERE tenant_id = $1 AND position($3 IN lower(t::text)) > 0)`

// needles are the texts by which those who are erased would be found, and
// nobody else.
func (w *Worker) needles(ctx context.Context, tenant uuid.UUID, found subject.Found) ([]string, error) {
	people := slices.Concat(found.IDs["Household"], found.IDs["Guardian"], found.IDs["Student"], found.IDs["Membership"])
	rows, err := w.cfg.Pool.Query(ctx, telling, tenant, people, found.Addresses, least)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	var own []string
	for _, needle := range all {
		var shared bool
		if err := w.cfg.Pool.QueryRow(ctx, others, tenant, people, needle).Scan(&shared); err != nil {
			return nil, err
		}
		if !shared && !strings.HasPrefix(needle, word) {
			own = append(own, needle)
		}
	}
	return own, nil
}

// forgetMessages empties what providers told of those who are erased.
func (w *Worker) forgetMessages(ctx context.Context, c *certificate, needles []string) error {
	if w.cfg.Box == nil || len(needles) == 0 {
		return nil
	}
	rows, err := w.cfg.Pool.Query(ctx, `SELECT id, body FROM inbound_messages WHERE tenant_id = $1 AND length(body) > 0`, c.tenant)
	if err != nil {
		return err
	}
	var id uuid.UUID
	var sealed []byte
	var about []uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&id, &sealed}, func() error {
		body, err := w.cfg.Box.Open(sealed, c.tenant, inbound.MessageColumn+id.String())
		if err != nil {
			return nil // nobody can read it any more
		}
		body = bytes.ToLower(body)
		if slices.ContainsFunc(needles, func(n string) bool { return bytes.Contains(body, []byte(n)) }) {
			about = append(about, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	done, err := w.cfg.Pool.Exec(ctx, `UPDATE inbound_messages SET body = '' WHERE tenant_id = $1 AND id = ANY($2)`, c.tenant, about)
	if err != nil {
		return err
	}
	c.add(line{kind: erasureline.KindSTORE, place: "InboundMessage", state: erasureline.StateDONE, anonymized: done.RowsAffected(), note: "What providers told is emptied where it names somebody."})
	return nil
}

// search looks for the texts in every table once more. The error names where
// they still are, never what they are.
func (w *Worker) search(ctx context.Context, c *certificate, needles []string) error {
	var still []string
	places := 0
	look := func(name, from string, args ...any) error {
		var n int
		if err := w.cfg.Pool.QueryRow(ctx, `SELECT count(*) FROM `+from+` EXISTS (SELECT FROM unnest($1::text[]) n WHERE position(n IN lower(t::text)) > 0)`, append([]any{needles}, args...)...).Scan(&n); err != nil {
			return fmt.Errorf("search %s: %w", name, err)
		}
		if places++; n > 0 {
			still = append(still, fmt.Sprintf("%s (%d)", name, n))
		}
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		if e := catalog.Entities[name]; e.Tenant != "" {
			if err := look(name, e.Table+` t WHERE `+e.Tenant+` = $2 AND`, c.tenant); err != nil {
				return err
			}
		}
	}
	if err := look("jobs", job.Schema+`.river_job t WHERE`); err != nil {
		return err
	}
	if len(still) > 0 {
		return fmt.Errorf("what was erased is still in %s", strings.Join(still, ", "))
	}
	c.add(line{kind: erasureline.KindSEARCH, place: "database", state: erasureline.StateDONE,
		note: fmt.Sprintf("%d texts that name nobody else were looked for in %d tables, and found nowhere.", len(needles), places)})
	return nil
}
