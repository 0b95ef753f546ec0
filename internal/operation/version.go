package operation

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/encode"
	"github.com/barrehq/barre/internal/fault"
)

// maxVersions bounds one page of Versions.
const maxVersions = 25

// Difference is a field that two versions of a record have different values of.
type Difference struct {
	Field    string
	From, To any // as in JSON; nil also where a version has no such field
}

// Versions returns versions of a record, the latest first: those before the
// given number, or from the last one on where it is 0. Whoever may read
// versions may ask; a record that is not there has none.
func (o *Operations) Versions(ctx context.Context, id uuid.UUID, before int) ([]ent.Row, error) {
	return ent.Kinds["EntityVersion"].List(ctx, o.store.Client(ctx), func(s *sql.Selector) {
		s.Where(sql.EQ(s.C("entity_id"), id)).OrderBy(sql.Desc(s.C("number"))).Limit(maxVersions)
		if before > 0 {
			s.Where(sql.LT(s.C("number"), before))
		}
	})
}

// Differences compares two versions of a record, in the order of its fields and
// without what no two versions have in common.
func (o *Operations) Differences(ctx context.Context, entity *catalog.Entity, id uuid.UUID, from, to int) ([]Difference, error) {
	before, err := o.state(ctx, id, from, "from")
	if err != nil {
		return nil, err
	}
	after, err := o.state(ctx, id, to, "to")
	if err != nil {
		return nil, err
	}
	return differences(entity, before, after), nil
}

func differences(entity *catalog.Entity, from, to map[string]any) []Difference {
	var list []Difference
	for _, field := range entity.Fields {
		if field.Column == rule.VersionColumn || field.Column == "updated_at" {
			continue // of no two versions the same
		}
		if !reflect.DeepEqual(from[field.Name], to[field.Name]) {
			list = append(list, Difference{field.Name, from[field.Name], to[field.Name]})
		}
	}
	return list
}

// state reads the values of one version; argument is where its number was given.
func (o *Operations) state(ctx context.Context, id uuid.UUID, number int, argument string) (map[string]any, error) {
	rows, err := ent.Kinds["EntityVersion"].List(ctx, o.store.Client(ctx), func(s *sql.Selector) {
		s.Where(sql.And(sql.EQ(s.C("entity_id"), id), sql.EQ(s.C("number"), number)))
	})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.User(fault.NotFound, []string{"input", argument}, "The record has no such version.")
	}
	data, _ := rows[0].Column("data").(json.RawMessage)
	return values(data)
}

// values decodes a record as internal/encode wrote it.
func values(data []byte) (map[string]any, error) {
	var out map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return out, decoder.Decode(&out)
}

// RestoreVersion writes the values that a record had in an earlier version, as
// an update does: what an update may not write stays as it is.
func (o *Operations) RestoreVersion(ctx context.Context, name string, input map[string]any) (row ent.Row, errs []*fault.Fault, err error) {
	entity := catalog.Entities[name]
	err = o.store.InTx(ctx, func(ctx context.Context) error {
		earlier, err := o.earlier(ctx, entity, input)
		if err != nil {
			return err
		}
		row, err = o.alter(ctx, entity, input, func(ctx context.Context, m ent.Mutation) error {
			return o.filler(ctx, name).fill(ctx, m, earlier, nil)
		})
		return err
	})
	return settle(row, entity, err)
}

// patch is what turns the values of now into those of then, null for none.
func patch(now, then map[string]any) map[string]any {
	changed := map[string]any{}
	for key := range now {
		if _, had := then[key]; !had {
			changed[key] = nil
		}
	}
	for key, value := range then {
		if !reflect.DeepEqual(now[key], value) {
			changed[key] = value
		}
	}
	return changed
}

// earlier returns an update's input that brings back the version which input
// names: the fields alone that have another value now.
func (o *Operations) earlier(ctx context.Context, entity *catalog.Entity, input map[string]any) (map[string]any, error) {
	id, err := target(entity, input)
	if err != nil {
		return nil, err
	}
	current, err := one(ctx, o.store.Client(ctx), entity, id)
	if err != nil {
		return nil, err
	}
	number, err := whole(&catalog.Field{Name: "number", Scalar: "Int"}, input["number"])
	if err != nil {
		return nil, err
	}
	then, err := o.state(ctx, id, number.(int), "number")
	if err != nil {
		return nil, err
	}
	now, err := values(encode.Record(nil, entity, current, true))
	if err != nil {
		return nil, err
	}
	earlier := map[string]any{}
	for _, d := range differences(entity, now, then) {
		if _, had := then[d.Field]; had {
			earlier[d.Field] = d.To
		}
		if was, isObject := d.To.(map[string]any); isObject && d.Field == "customFields" {
			earlier[d.Field] = patch(d.From.(map[string]any), was)
		}
	}
	return earlier, nil
}
