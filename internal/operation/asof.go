package operation

import (
	"context"
	"encoding/json"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// Past is a record as it stood at some time.
type Past struct {
	Number int
	Since  time.Time
	Data   json.RawMessage
}

// AsOf returns a record as it stood at a moment; nil where it did not exist then
// or is not there for the viewer. Whoever may read the record now may ask, for
// the values that they may read now; where they may only read what is their
// household's, it must have been so then.
func (o *Operations) AsOf(ctx context.Context, entity *catalog.Entity, id uuid.UUID, moment time.Time) (*Past, error) {
	v := viewer.From(ctx)
	visible := ctx
	if entity.RecycleBin && mayDelete(v, entity) {
		visible = rule.WithDeleted(ctx)
	}
	rows, err := ent.Kinds[entity.Name].List(visible, o.store.Client(ctx), func(s *sql.Selector) { s.Where(sql.EQ(s.C("id"), id)) })
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	// The versions are for those who run the studio; what follows lets others see
	// of this one what they see of the record.
	raised := viewer.Elevated(ctx, "read a record as it stood")
	versions, err := ent.Kinds["EntityVersion"].List(raised, o.store.Client(ctx), func(s *sql.Selector) {
		s.Where(sql.And(sql.EQ(s.C("entity_id"), id), sql.LTE(s.C("occurred_at"), moment))).OrderBy(sql.Desc(s.C("number"))).Limit(1)
	})
	if err != nil || len(versions) == 0 {
		return nil, err
	}
	data, _ := versions[0].Column("data").(json.RawMessage)
	state := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &state); err != nil {
		return nil, err
	}
	if !ownThen(v, entity, state) {
		return nil, nil
	}
	for i := range entity.Fields {
		if f := &entity.Fields[i]; !entity.Shows(f, v) || f.Column == rule.CustomColumn && v.Role == viewer.Guardian {
			delete(state, f.Name)
		}
	}
	p := &Past{}
	p.Number, _ = versions[0].Column("number").(int)
	p.Since, _ = versions[0].Column("occurred_at").(time.Time)
	p.Data, err = json.Marshal(state)
	return p, err
}

// ownThen reports whether a record was one that v may read by the household that
// it belonged to. Where it was then is not known, so that roles which reach some
// places alone see nothing of the past.
func ownThen(v *viewer.Viewer, entity *catalog.Entity, state map[string]json.RawMessage) bool {
	narrow := entity.Access[v.Role].Own
	if v.Custom != nil {
		scope, _ := v.Custom.Scope(entity.Prefix, "read")
		if scope != viewer.ScopeAll && scope != viewer.ScopeHousehold {
			return false
		}
		narrow = narrow || scope == viewer.ScopeHousehold
	}
	if !narrow {
		return true
	}
	own, then := v.HouseholdID, ""
	field := entity.ByColumn(entity.Household)
	if field == nil || json.Unmarshal(state[field.Name], &then) != nil {
		return false
	}
	_, household, err := typeid.Parse(then)
	return err == nil && household == own
}
