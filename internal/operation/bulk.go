package operation

import (
	"context"
	"strconv"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
)

// maxRows bounds one bulkUpsert.
const maxRows = 100

// BulkUpsert makes or changes records by another system's ids: all of them or,
// where one is wrong, none.
func (o *Operations) BulkUpsert(ctx context.Context, name string, input map[string]any) (rows []ent.Row, errs []*fault.Fault, err error) {
	entity := catalog.Entities[name]
	err = o.store.InTx(ctx, func(ctx context.Context) error {
		u := upsert{client: o.store.Client(ctx), entity: entity}
		if err := u.read(ctx, input); err != nil {
			return err
		}
		for i := range u.rows {
			row, err := u.save(ctx, i)
			if err != nil {
				return atRow(Translate(entity, err), err, i)
			}
			rows = append(rows, row)
		}
		return nil
	})
	_, errs, err = settle(nil, entity, err)
	if err != nil || len(errs) > 0 {
		return nil, errs, err
	}
	return rows, nil, nil
}

// atRow adds the row's place to the path of a fault.
func atRow(f *fault.Fault, err error, i int) error {
	if f == nil || !f.User {
		return err
	}
	placed := *f
	placed.Field = append([]string{"input", "rows", strconv.Itoa(i)}, f.Field[min(1, len(f.Field)):]...)
	return &placed
}

// upsert is one bulkUpsert under way.
type upsert struct {
	client *ent.Client
	entity *catalog.Entity
	system string
	rows   []map[string]any
	known  map[string]uuid.UUID // by the other system's id
}

// read checks the rows and finds, in one query, which of them exist.
func (u *upsert) read(ctx context.Context, input map[string]any) error {
	u.system, _ = input["system"].(string)
	items, _ := input["rows"].([]any)
	if len(items) == 0 || len(items) > maxRows {
		return fault.User(fault.Invalid, []string{"input", "rows"}, "Give 1 to %d rows.", maxRows)
	}
	ids := make([]any, len(items))
	seen := map[string]bool{}
	for i, item := range items {
		row, _ := item.(map[string]any)
		id, _ := row["externalId"].(string)
		if id == "" || seen[id] {
			return fault.User(fault.Invalid, []string{"input", "rows", strconv.Itoa(i), "externalId"}, "Each row needs an externalId of its own.")
		}
		seen[id] = true
		u.rows, ids[i] = append(u.rows, row), id
	}
	refs, err := ent.Kinds["ExternalReference"].List(ctx, u.client, func(s *sql.Selector) {
		s.Where(sql.And(sql.EQ(s.C("entity_type"), u.entity.Name), sql.EQ(s.C("system"), u.system), sql.In(s.C("external_id"), ids...)))
	})
	u.known = map[string]uuid.UUID{}
	for _, ref := range refs {
		u.known[ref.Column("external_id").(string)] = ref.Column("entity_id").(uuid.UUID)
	}
	return err
}

// save makes or changes row i.
func (u *upsert) save(ctx context.Context, i int) (ent.Row, error) {
	row := u.rows[i]
	external := row["externalId"].(string)
	if id, exists := u.known[external]; exists {
		mutation, save := ent.Kinds[u.entity.Name].Update(u.client, id)
		if err := fill(mutation, u.entity, row, false); err != nil {
			return nil, err
		}
		return save(ctx)
	}
	mutation, save := ent.Kinds[u.entity.Name].Create(u.client)
	if err := fill(mutation, u.entity, row, true); err != nil {
		return nil, err
	}
	made, err := save(ctx)
	if err != nil {
		return nil, err
	}
	_, err = u.client.ExternalReference.Create().SetEntityType(u.entity.Name).SetEntityID(made.RowID()).
		SetSystem(u.system).SetExternalID(external).Save(ctx)
	return made, err
}
