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

// BulkUpsert makes or changes records by another system's ids. Where a row is
// wrong, nothing is written or, if the input says so, all the other rows are.
// The records come in the order of the rows, without those that were wrong.
// New rows cost the same few statements however many they are, changed ones
// one each, and those that say nothing new none.
func (o *Operations) BulkUpsert(ctx context.Context, name string, input map[string]any) (rows []ent.Row, errs []*fault.Fault, err error) {
	entity := catalog.Entities[name]
	err = o.store.InTx(ctx, func(ctx context.Context) error {
		u := &upsert{Operations: o, filler: o.filler(ctx, name)}
		if err := u.read(ctx, input); err != nil {
			return err
		}
		rows, errs, err = u.write(ctx)
		return err
	})
	if err != nil {
		_, errs, err = settle(nil, entity, err)
		return nil, errs, err
	}
	return rows, errs, nil
}

// upsert is one bulkUpsert under way.
type upsert struct {
	*Operations
	*filler
	system  string
	lenient bool // whether a row that is wrong leaves the others alone
	rows    []*upsertRow
}

// upsertRow is one row: what it says and what has become of it.
type upsertRow struct {
	place    int
	external string
	input    map[string]any
	known    bool    // whether there is a record of the id
	before   ent.Row // that record; nil where it is deleted or not the caller's
	after    ent.Row
}

// read checks the rows and finds, in two queries, which of them exist and how
// they stand.
func (u *upsert) read(ctx context.Context, input map[string]any) error {
	u.system, _ = input["system"].(string)
	u.lenient = input["errorPolicy"] == "REJECT_FAILED_ROWS"
	items, _ := input["rows"].([]any)
	if len(items) == 0 || len(items) > maxRows {
		return fault.User(fault.Invalid, []string{"input", "rows"}, "Give 1 to %d rows.", maxRows)
	}
	byExternal, ids := map[string]*upsertRow{}, make([]any, len(items))
	for i, item := range items {
		row := &upsertRow{place: i}
		row.input, _ = item.(map[string]any)
		row.external, _ = row.input["externalId"].(string)
		if row.external == "" || byExternal[row.external] != nil {
			return fault.User(fault.Invalid, []string{"input", "rows", strconv.Itoa(i), "externalId"}, "Each row needs an externalId of its own.")
		}
		byExternal[row.external], ids[i] = row, row.external
		u.rows = append(u.rows, row)
	}
	refs, err := ent.Kinds["ExternalReference"].List(ctx, u.client, func(s *sql.Selector) {
		s.Where(sql.And(sql.EQ(s.C("entity_type"), u.entity.Name), sql.EQ(s.C("system"), u.system), sql.In(s.C("external_id"), ids...)))
	})
	if err != nil || len(refs) == 0 {
		return err
	}
	return u.load(ctx, refs, byExternal)
}

// load reads the records that are known, so that nobody else changes them.
func (u *upsert) load(ctx context.Context, refs []ent.Row, byExternal map[string]*upsertRow) error {
	byID, ids := map[uuid.UUID]*upsertRow{}, make([]any, len(refs))
	for i, ref := range refs {
		row, id := byExternal[ref.Column("external_id").(string)], ref.Column("entity_id").(uuid.UUID)
		row.known, byID[id], ids[i] = true, row, id
	}
	records, err := ent.Kinds[u.entity.Name].List(ctx, u.client, func(s *sql.Selector) { s.Where(sql.In(s.C("id"), ids...)).ForUpdate() })
	for _, record := range records {
		byID[record.RowID()].before = record
	}
	return err
}

// write writes all rows at once. Only where that fails does it go through them
// one by one, to find out which are wrong.
func (u *upsert) write(ctx context.Context) ([]ent.Row, []*fault.Fault, error) {
	var errs []*fault.Fault
	err := u.store.Part(ctx, func() error { return u.all(ctx) })
	if err != nil {
		if errs, err = u.oneByOne(ctx); err != nil {
			return nil, nil, err
		}
	}
	var rows []ent.Row
	for _, row := range u.rows {
		if row.after != nil {
			rows = append(rows, row.after)
		}
	}
	return rows, errs, nil
}

func (u *upsert) all(ctx context.Context) error {
	var fresh []*upsertRow
	for _, row := range u.rows {
		if !row.known {
			fresh = append(fresh, row)
		} else if err := u.change(ctx, row); err != nil {
			return err
		}
	}
	return u.create(ctx, fresh...)
}

func (u *upsert) oneByOne(ctx context.Context) (errs []*fault.Fault, err error) {
	for _, row := range u.rows {
		row.after = nil
		write := func() error {
			if row.known {
				return u.change(ctx, row)
			}
			return u.create(ctx, row)
		}
		if u.lenient {
			err = u.store.Part(ctx, write)
		} else {
			err = write()
		}
		f := Translate(u.entity, err)
		switch {
		case err == nil:
		case f == nil || !f.User || !u.lenient:
			return nil, row.wrong(f, err)
		default:
			row.after = nil
			errs = append(errs, row.wrong(f, err).(*fault.Fault))
		}
	}
	return errs, nil
}

// wrong adds the row's place to the path of a fault.
func (row *upsertRow) wrong(f *fault.Fault, err error) error {
	if f == nil || !f.User {
		return err
	}
	placed := *f
	placed.Field = append([]string{"input", "rows", strconv.Itoa(row.place)}, f.Field[min(1, len(f.Field)):]...)
	return &placed
}

// change writes what a row says of its record, if that is anything new.
func (u *upsert) change(ctx context.Context, row *upsertRow) error {
	if row.before == nil {
		return notFound("externalId")
	}
	mutation, save := ent.Kinds[u.entity.Name].Update(u.client, row.before.RowID())
	if err := u.fill(ctx, mutation, row.input, row.before); err != nil {
		return err
	}
	if says(mutation, row.before) {
		var err error
		row.after, err = save(ctx)
		return err
	}
	row.after = row.before
	return nil
}

// create makes the records of rows and the references to them, each in one
// statement. The last row goes first, as ent records the innermost first.
func (u *upsert) create(ctx context.Context, rows ...*upsertRow) error {
	if len(rows) == 0 {
		return nil
	}
	mutations, save := ent.Kinds[u.entity.Name].CreateBulk(u.client, len(rows))
	for i, row := range rows {
		if err := u.fill(ctx, mutations[len(rows)-1-i], row.input, nil); err != nil {
			return err
		}
	}
	made, err := save(ctx)
	if err != nil {
		return err
	}
	refs := make([]*ent.ExternalReferenceCreate, len(rows))
	for i, row := range rows {
		row.after = made[len(rows)-1-i]
		refs[i] = u.client.ExternalReference.Create().SetEntityType(u.entity.Name).SetEntityID(row.after.RowID()).
			SetSystem(u.system).SetExternalID(row.external)
	}
	return u.client.ExternalReference.CreateBulk(refs...).Exec(ctx)
}
