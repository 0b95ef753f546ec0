package key

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"entgo.io/ent"
	"github.com/google/uuid"

	barre "github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// column is a sensitive one.
type column struct {
	name  string
	field string // in GraphQL and in versions
	index string // column of the digest that it is found by; empty for none
}

// columns returns the columns whose texts are sealed, by entity. The tables of
// whole records hold what was sealed already.
func columns() map[string][]column {
	all := map[string][]column{}
	for name, entity := range catalog.Entities {
		for i := range entity.Fields {
			f := &entity.Fields[i]
			if !f.Sealed() {
				continue
			}
			c := column{name: f.Column, field: f.Name}
			if digest := entity.Digest(f); digest != nil {
				c.index = digest.Column
			}
			all[name] = append(all[name], c)
		}
	}
	return all
}

// Hook seals what is about to be written and opens what was. It is the
// outermost: whatever else records a change sees it sealed.
func (r *Ring) Hook(next ent.Mutator) ent.Mutator {
	return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
		columns := r.columns[m.Type()]
		if m.Type() == versions {
			if err := r.sealVersion(ctx, m); err != nil {
				return nil, err
			}
		} else if len(columns) == 0 {
			return next.Mutate(ctx, m)
		}
		for _, c := range columns {
			if err := r.seal(ctx, m, c); err != nil {
				return nil, err
			}
		}
		value, err := next.Mutate(ctx, m)
		if row, ok := value.(barre.Row); ok && err == nil && !reflect.ValueOf(row).IsNil() {
			err = r.openRow(ctx, m.Type(), row)
		}
		return value, err
	})
}

func (r *Ring) seal(ctx context.Context, m ent.Mutation, c column) error {
	if c.index != "" && m.FieldCleared(c.name) {
		return m.ClearField(c.index)
	}
	value, set := m.Field(c.name)
	text, isText := value.(string)
	if !set || !isText {
		return nil
	}
	id, one := m.(interface{ ID() (uuid.UUID, bool) }).ID()
	if !one || m.Op().Is(ent.OpUpdate) {
		return fmt.Errorf("key: %s of %s.%s without an id", m.Op(), m.Type(), c.name)
	}
	tenant := tenantOf(ctx, m)
	if rule.IsSealed(text) {
		return fault.User(fault.Invalid, []string{"input", c.field}, "A text cannot begin with %q.", rule.SealedPrefix)
	}
	text, err := r.Seal(ctx, Place{tenant, m.Type(), c.name, id}, text)
	if err != nil {
		return err
	}
	if c.index != "" {
		digest, err := r.digest(ctx, tenant, m.Type(), c.name, value.(string))
		if err != nil {
			return err
		}
		if err := m.SetField(c.index, digest); err != nil {
			return err
		}
	}
	return m.SetField(c.name, text)
}

// sealVersion seals the texts of a version that comes from elsewhere, as from
// an archive. Those of changes made here were sealed with their records.
func (r *Ring) sealVersion(ctx context.Context, m ent.Mutation) error {
	given, _ := m.Field("data")
	data, isJSON := given.(json.RawMessage)
	of, _ := m.Field("entity_type")
	entity, _ := of.(string)
	whose, _ := m.Field("entity_id")
	id, _ := whose.(uuid.UUID)
	if !isJSON || len(r.columns[entity]) == 0 {
		return nil
	}
	tenant := tenantOf(ctx, m)
	sealed, err := r.turnRecord(data, entity, func(c column, text string) (string, error) {
		if rule.IsSealed(text) {
			return text, nil
		}
		return r.Seal(ctx, Place{tenant, entity, c.name, id}, text)
	})
	if err != nil {
		return err
	}
	return m.SetField("data", sealed)
}

func tenantOf(ctx context.Context, m ent.Mutation) uuid.UUID {
	if given, ok := m.Field(rule.TenantColumn); ok {
		if id, ok := given.(uuid.UUID); ok {
			return id
		}
	}
	if v := viewer.From(ctx); v != nil {
		return v.TenantID
	}
	return uuid.Nil
}

// Intercept opens what a query has read.
func (r *Ring) Intercept(next ent.Querier) ent.Querier {
	return ent.QuerierFunc(func(ctx context.Context, q ent.Query) (ent.Value, error) {
		value, err := next.Query(ctx, q)
		if err != nil {
			return value, err
		}
		var of string
		if read := ent.QueryFromContext(ctx); read != nil {
			of = read.Type
		}
		if of != versions && len(r.columns[of]) == 0 {
			return value, nil
		}
		list := reflect.ValueOf(value)
		if list.Kind() != reflect.Slice {
			return value, nil
		}
		for i := range list.Len() {
			row, ok := list.Index(i).Interface().(barre.Row)
			if !ok {
				return value, nil
			}
			if err := r.openRow(ctx, of, row); err != nil {
				return nil, err
			}
		}
		return value, nil
	})
}

// turner is every generated entity with sensitive texts.
type turner interface {
	Turn(func(column, text string) (string, error)) error
}

// versions is the entity whose rows hold other records as they were.
const versions = "EntityVersion"

// openRow opens the texts of a row in hand.
func (r *Ring) openRow(ctx context.Context, entity string, row barre.Row) error {
	tenant, _ := row.Column(rule.TenantColumn).(uuid.UUID)
	if v := viewer.From(ctx); tenant == uuid.Nil && v != nil {
		tenant = v.TenantID // a query of some columns alone
	}
	if version, ok := row.(*barre.EntityVersion); ok {
		data, err := r.OpenRecord(ctx, tenant, version.EntityType, version.EntityID, version.Data)
		version.Data = data
		return err
	}
	t, ok := row.(turner)
	if !ok {
		return nil
	}
	return t.Turn(func(column, text string) (string, error) {
		return r.Open(ctx, Place{tenant, entity, column, row.RowID()}, text)
	})
}

// OpenRecord opens the texts of a whole record in JSON, as versions keep it.
func (r *Ring) OpenRecord(ctx context.Context, tenant uuid.UUID, entity string, id uuid.UUID, data json.RawMessage) (json.RawMessage, error) {
	return r.turnRecord(data, entity, func(c column, text string) (string, error) {
		return r.Open(ctx, Place{tenant, entity, c.name, id}, text)
	})
}

// turnRecord replaces the sensitive texts of a record in JSON by what turn
// makes of them.
func (r *Ring) turnRecord(data json.RawMessage, entity string, turn func(column, string) (string, error)) (json.RawMessage, error) {
	columns := r.columns[entity]
	if len(columns) == 0 || len(data) == 0 {
		return data, nil
	}
	record := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &record); err != nil {
		return nil, fmt.Errorf("key: a version of %s: %w", entity, err)
	}
	changed := false
	for _, c := range columns {
		var text *string
		if json.Unmarshal(record[c.field], &text) != nil || text == nil || *text == "" {
			continue
		}
		turned, err := turn(c, *text)
		if err != nil {
			return nil, err
		}
		if record[c.field], err = json.Marshal(turned); err != nil {
			return nil, err
		}
		changed = changed || turned != *text
	}
	if !changed {
		return data, nil
	}
	return json.Marshal(record)
}
