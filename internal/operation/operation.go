// Package operation does the generated mutations of every entity: it reads the
// input by the catalog, lets ent apply the rules and says what was wrong.
package operation

import (
	"context"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/query"
	"github.com/barrehq/barre/internal/store"
)

// Operations does the generated mutations. Each method runs in the
// transaction of its context and returns what a person can correct as faults.
type Operations struct {
	store  *store.Store
	checks map[string]Check
}

// Check judges a change of one entity that is about to be made, beyond what the
// catalog knows of its fields, and may add what follows from it.
type Check func(context.Context, ent.Mutation) error

// New returns the operations on s. Checks are by the entity's name; nil for none.
func New(s *store.Store, checks map[string]Check) *Operations { return &Operations{s, checks} }

// Create makes a record.
func (o *Operations) Create(ctx context.Context, name string, input map[string]any) (row ent.Row, errs []*fault.Fault, err error) {
	entity := catalog.Entities[name]
	err = o.store.InTx(ctx, func(ctx context.Context) error {
		client := o.store.Client(ctx)
		mutation, save := ent.Kinds[name].Create(client)
		if err := o.filler(ctx, name).fill(ctx, mutation, input, nil); err != nil {
			return err
		}
		if row, err = save(ctx); err != nil {
			return err
		}
		return refer(ctx, client, entity, row.RowID(), input)
	})
	return settle(row, entity, err)
}

// Update changes the fields that are given.
func (o *Operations) Update(ctx context.Context, name string, input map[string]any) (ent.Row, []*fault.Fault, error) {
	return o.change(ctx, name, input, func(ctx context.Context, m ent.Mutation) error {
		return o.filler(ctx, name).fill(ctx, m, input, nil)
	})
}

// change runs an update of the record that input names.
func (o *Operations) change(ctx context.Context, name string, input map[string]any, set func(context.Context, ent.Mutation) error) (row ent.Row, errs []*fault.Fault, err error) {
	entity := catalog.Entities[name]
	err = o.store.InTx(ctx, func(ctx context.Context) error {
		row, err = o.alter(ctx, entity, input, set)
		return err
	})
	return settle(row, entity, err)
}

// alter is change inside a transaction.
func (o *Operations) alter(ctx context.Context, entity *catalog.Entity, input map[string]any, set func(context.Context, ent.Mutation) error) (ent.Row, error) {
	id, err := target(entity, input)
	if err != nil {
		return nil, err
	}
	mutation, save := ent.Kinds[entity.Name].Update(o.store.Client(ctx), id)
	if err := set(ctx, mutation); err != nil {
		return nil, err
	}
	if check := o.checks[entity.Name]; check != nil {
		if err := check(ctx, mutation); err != nil {
			return nil, err
		}
	}
	hosts, claims, err := domainsOf(mutation)
	if err != nil {
		return nil, err
	}
	version, bound, err := ifVersion(input)
	if err != nil {
		return nil, err
	}
	if bound {
		mutation.(interface{ WhereP(...func(*sql.Selector)) }).WhereP(sql.FieldEQ(rule.VersionColumn, version))
	}
	row, err := save(ctx)
	switch {
	case bound && ent.IsNotFound(err):
		return nil, o.conflict(ctx, entity, id)
	case err == nil && claims:
		err = o.claim(ctx, hosts)
	}
	if err != nil {
		return nil, err
	}
	return row, refer(ctx, o.store.Client(ctx), entity, id, input)
}

// remove deletes for good.
func (o *Operations) remove(ctx context.Context, entity *catalog.Entity, input map[string]any) (row ent.Row, errs []*fault.Fault, err error) {
	err = o.store.InTx(ctx, func(ctx context.Context) error {
		id, err := target(entity, input)
		if err != nil {
			return err
		}
		client := o.store.Client(ctx)
		if row, err = one(ctx, client, entity, id); err != nil {
			return err
		}
		version, bound, err := ifVersion(input)
		switch {
		case err != nil:
			return err
		case bound && row.Column(rule.VersionColumn) != version:
			return versionConflict()
		}
		return rule.Removing(ctx, entity.Name, row, func() error { return ent.Kinds[entity.Name].Delete(ctx, client, id) })
	})
	return settle(row, entity, err)
}

// conflict tells a record that has changed from one that is not there.
func (o *Operations) conflict(ctx context.Context, entity *catalog.Entity, id uuid.UUID) error {
	if _, err := one(rule.WithDeleted(ctx), o.store.Client(ctx), entity, id); err != nil {
		return err
	}
	return versionConflict()
}

func versionConflict() error {
	return fault.User(fault.VersionConflict, []string{"input", "ifVersion"}, "The record has changed since that version. Read it again and decide anew.")
}

func one(ctx context.Context, client *ent.Client, entity *catalog.Entity, id uuid.UUID) (ent.Row, error) {
	rows, err := ent.Kinds[entity.Name].List(ctx, client, func(s *sql.Selector) { s.Where(sql.EQ(s.C("id"), id)) })
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, notFound("id")
	}
	return rows[0], nil
}

// locked reads a row that nobody else may change until the transaction ends.
func locked(ctx context.Context, client *ent.Client, entity *catalog.Entity, id uuid.UUID) (ent.Row, error) {
	rows, err := ent.Kinds[entity.Name].List(ctx, client, func(s *sql.Selector) { s.Where(sql.EQ(s.C("id"), id)).ForUpdate() })
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, notFound("id")
	}
	return rows[0], nil
}

// target reads the id of the record to change.
func target(entity *catalog.Entity, input map[string]any) (uuid.UUID, error) {
	id, err := query.ParseID(entity.Name, input["id"])
	if err != nil {
		return id, fault.User(fault.Invalid, []string{"input", "id"}, "The id is not well formed. Ids look like student_01jd8m4w2xe5ktd7zcv4n8q3fa.")
	}
	return id, nil
}

func notFound(field string) error {
	return fault.User(fault.NotFound, []string{"input", field}, "There is no such record.")
}
