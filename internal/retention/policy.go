package retention

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/retentionrule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// Desk tells a studio how long its records are kept, and lets it say so within
// bounds.
type Desk struct {
	store *store.Store
	now   func() time.Time
}

// NewDesk returns a desk; now may be nil.
func NewDesk(s *store.Store, now func() time.Time) *Desk {
	if now == nil {
		now = time.Now
	}
	return &Desk{s, now}
}

// Kept is a class with what the studio has set.
type Kept struct {
	Class
	For int // days; 0 where no clock runs
	Own bool
}

// Policy returns how long each class is kept. Whoever may read the studio's
// rules may ask.
func (d *Desk) Policy(ctx context.Context) ([]Kept, error) {
	rules, err := d.store.Client(ctx).RetentionRule.Query().All(ctx)
	if err != nil {
		return nil, err
	}
	days := map[string]int{}
	for _, r := range rules {
		days[string(r.Kind)] = r.Days
	}
	var list []Kept
	for _, c := range Classes() {
		kept := cmp.Or(days[c.Kind()], c.Days)
		list = append(list, Kept{c, kept, kept != c.Days})
	}
	return list, nil
}

// Set says for how many days a class is kept; nil sets what Barre does by
// default.
func (d *Desk) Set(ctx context.Context, kind string, days *int) error {
	c := classNamed(kind)
	switch {
	case c == nil:
		return fault.User(fault.Invalid, []string{"input", "kind"}, "How long these are kept cannot be set.")
	case days != nil && (*days < c.Floor || *days > c.Ceiling):
		return fault.User(fault.Invalid, []string{"input", "days"}, "Records of the kind %s are kept for %d to %d days.", kind, c.Floor, c.Ceiling)
	}
	return d.store.InTx(ctx, func(ctx context.Context) error {
		rules := d.store.Client(ctx).RetentionRule
		rule, err := rules.Query().Where(retentionrule.KindEQ(retentionrule.Kind(kind))).Only(ctx)
		switch {
		case ent.IsNotFound(err) && days == nil:
			return nil
		case ent.IsNotFound(err):
			return rules.Create().SetKind(retentionrule.Kind(kind)).SetDays(*days).Exec(ctx)
		case err != nil:
			return err
		}
		return rules.UpdateOne(rule).SetDays(cmp.Or(deref(days), c.Days)).Exec(ctx)
	})
}

func deref(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// Going is what would go of one type of record.
type Going struct {
	Type   string
	Count  int
	Oldest []string // typed ids of at most sample records
}

const sample = 25

// Preview returns what would go at once if a class were kept for so many days.
// Whoever may read the studio's rules may ask.
func (d *Desk) Preview(ctx context.Context, kind string, days int) ([]Going, error) {
	if _, err := d.Policy(ctx); err != nil {
		return nil, err
	}
	c := classNamed(kind)
	if c == nil || days < c.Floor || days > c.Ceiling {
		return nil, fault.New(fault.BadUserInput, "The kind or the days cannot be set; retentionPolicy says what can.")
	}
	tenant, before := viewer.From(ctx).TenantID, d.now().UTC().AddDate(0, 0, -days)
	var list []Going
	for _, q := range previews(c) {
		g, err := d.going(ctx, q, tenant, before)
		if err != nil {
			return nil, fmt.Errorf("retention: preview %s: %w", q.entity, err)
		}
		if g.Count > 0 {
			list = append(list, g)
		}
	}
	return list, nil
}

// previews are the questions what would go of a class.
func previews(c *Class) []due {
	switch c.Kind() {
	case "AUDIT":
		return []due{{entity: "AuditEntry", condition: `t.sequence <= (SELECT max(last_sequence) FROM audit_anchors WHERE tenant_id = $1 AND day < $2::date)`}}
	case "HISTORY":
		return []due{{entity: "EntityVersion", condition: outdated}}
	}
	var list []due
	for _, d := range dues() {
		if d.keep == c.Keep {
			list = append(list, d)
		}
	}
	return list
}

// going counts what is due, and names the oldest.
func (d *Desk) going(ctx context.Context, q due, tenant uuid.UUID, before time.Time) (Going, error) {
	e := catalog.Entities[q.entity]
	g := Going{Type: e.Name}
	rows, err := d.store.Run(ctx).QueryContext(ctx, fmt.Sprintf(`SELECT id, count(*) OVER () FROM %s t WHERE t.tenant_id = $1 AND %s ORDER BY t.id LIMIT %d`, e.Table, q.condition, sample), tenant, before)
	if err != nil {
		return g, err
	}
	defer rows.Close()
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id, &g.Count); err != nil {
			return g, err
		}
		g.Oldest = append(g.Oldest, typeid.Format(e.Prefix, id))
	}
	return g, rows.Err()
}
