package operation

import (
	"context"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
)

// Delete puts a record and what it owns into the recycle bin or, where there is
// none, removes it.
func (o *Operations) Delete(ctx context.Context, name string, input map[string]any) (row ent.Row, errs []*fault.Fault, err error) {
	entity := catalog.Entities[name]
	if !entity.RecycleBin {
		return o.remove(ctx, entity, input)
	}
	err = o.store.InTx(ctx, func(ctx context.Context) error {
		id, err := target(entity, input)
		if err != nil {
			return err
		}
		if err := o.unused(ctx, entity, id); err != nil {
			return err
		}
		g := group{id, rule.Now()}
		row, err = o.alter(ctx, entity, input, func(_ context.Context, m ent.Mutation) error { return m.SetField(rule.DeletedColumn, g.at) })
		if err != nil {
			return err
		}
		return o.takeAlong(ctx, entity, id, g)
	})
	return settle(row, entity, err)
}

// group is what is deleted together and can be restored together.
type group struct {
	root uuid.UUID
	at   time.Time
}

// takeAlong puts what a record owns into the recycle bin as well.
func (o *Operations) takeAlong(ctx context.Context, entity *catalog.Entity, id uuid.UUID, g group) error {
	client := o.store.Client(ctx)
	for _, name := range entity.Owns {
		edge := entity.Edge(name)
		owned, kind := catalog.Entities[edge.Target], ent.Kinds[edge.Target]
		rows, err := kind.List(ctx, client, func(s *sql.Selector) { s.Where(sql.EQ(s.C(edge.Column), id)) })
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := o.unused(ctx, owned, row.RowID()); err != nil {
				return err
			}
			mutation, save := kind.Update(client, row.RowID())
			if err := mutation.SetField(rule.DeletedColumn, g.at); err != nil {
				return err
			}
			if err := mutation.SetField(rule.TogetherColumn, g.root); err != nil {
				return err
			}
			if _, err := save(ctx); err != nil {
				return err
			}
			if err := o.takeAlong(ctx, owned, row.RowID(), g); err != nil {
				return err
			}
		}
	}
	return nil
}

// Restore takes a record out of the recycle bin, with what was deleted together
// with it.
func (o *Operations) Restore(ctx context.Context, name string, input map[string]any) (row ent.Row, errs []*fault.Fault, err error) {
	entity := catalog.Entities[name]
	err = o.store.InTx(ctx, func(ctx context.Context) error {
		id, err := target(entity, input)
		if err != nil {
			return err
		}
		before, err := one(rule.WithDeleted(ctx), o.store.Client(ctx), entity, id)
		if err != nil {
			return err
		}
		if parent, err := o.orphanOf(ctx, entity, before); err != nil || parent != "" {
			if err == nil {
				err = fault.User(fault.WrongState, []string{"input", "id"}, "Its %s is deleted. Restore that first.", parent)
			}
			return err
		}
		row, err = o.alter(ctx, entity, input, undelete)
		if at, deleted := before.Column(rule.DeletedColumn).(time.Time); err == nil && deleted {
			err = o.bringBack(ctx, entity, group{id, at})
		}
		return err
	})
	return settle(row, entity, err)
}

func undelete(_ context.Context, m ent.Mutation) error {
	if err := m.ClearField(rule.DeletedColumn); err != nil {
		return err
	}
	return m.ClearField(rule.TogetherColumn)
}

// bringBack restores what was deleted together with the root of g, owners
// first. What belongs to something else as well that is gone stays where it is.
func (o *Operations) bringBack(ctx context.Context, entity *catalog.Entity, g group) error {
	client := o.store.Client(ctx)
	for _, name := range entity.Owns {
		owned := catalog.Entities[entity.Edge(name).Target]
		kind := ent.Kinds[owned.Name]
		rows, err := o.deletedWith(ctx, owned, g)
		if err != nil {
			return err
		}
		for _, row := range rows {
			parent, err := o.orphanOf(ctx, owned, row)
			if err != nil {
				return err
			}
			if parent != "" {
				continue
			}
			mutation, save := kind.Update(client, row.RowID())
			if err := undelete(ctx, mutation); err != nil {
				return err
			}
			if _, err := save(ctx); err != nil {
				return err
			}
		}
		if err := o.bringBack(ctx, owned, g); err != nil {
			return err
		}
	}
	return nil
}

// orphanOf names a record that row cannot be without and that is deleted; empty
// where there is none.
func (o *Operations) orphanOf(ctx context.Context, entity *catalog.Entity, row ent.Row) (string, error) {
	for _, edge := range entity.Edges {
		id, is := row.Column(edge.Column).(uuid.UUID)
		target := catalog.Entities[edge.Target]
		if edge.Many || edge.Nullable || !is || !target.RecycleBin {
			continue
		}
		rows, err := ent.Kinds[target.Name].List(ctx, o.store.Client(ctx), func(s *sql.Selector) { s.Where(sql.EQ(s.C("id"), id)) })
		if err != nil {
			return "", err
		}
		if len(rows) == 0 {
			return edge.Name, nil
		}
	}
	return "", nil
}

// unused refuses to delete what live records need that it does not own: an edge
// that the API promises must lead somewhere.
func (o *Operations) unused(ctx context.Context, entity *catalog.Entity, id uuid.UUID) error {
	for _, edge := range entity.Edges {
		target := catalog.Entities[edge.Target]
		back := target.ByColumn(edge.Column)
		if !edge.Many || back == nil || back.Nullable || slices.Contains(entity.Owns, edge.Name) {
			continue
		}
		s, err := ent.Kinds[edge.Target].Selector(ctx, o.store.Client(ctx))
		if err != nil {
			continue // what the viewer cannot see does not hold the viewer up
		}
		s.Where(sql.EQ(s.C(edge.Column), id))
		text, args := s.Select(s.C("id")).Limit(1).Query()
		rows, err := o.store.Run(ctx).QueryContext(ctx, text, args...)
		if err != nil {
			return err
		}
		used := rows.Next()
		if err := rows.Close(); err != nil {
			return err
		}
		if used {
			return fault.User(fault.InUse, []string{"input", "id"}, "The %s still has %s. Delete or move them first.", entity.Single, edge.Name)
		}
	}
	return nil
}
