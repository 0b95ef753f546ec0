package operation

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Returning is a record that a restore is about.
type Returning struct {
	Entity *catalog.Entity
	Row    ent.Row
	// Conflict is why the record would stay in the recycle bin; nil where it
	// would come back.
	Conflict *fault.Fault
}

// errPreview undoes what a preview did.
var errPreview = errors.New("operation: a preview changes nothing")

// RestorePreview tries a restore, undoes it and says of every record that was
// deleted together with the one named whether it would come back. The first is
// the record itself, without which nothing does. Whoever may delete it may ask;
// a record that is not there has none.
func (o *Operations) RestorePreview(ctx context.Context, entity *catalog.Entity, id uuid.UUID) (list []Returning, err error) {
	if !entity.RecycleBin {
		return nil, nil
	}
	err = o.store.InTx(ctx, func(ctx context.Context) error {
		row, err := one(rule.WithDeleted(ctx), o.store.Client(ctx), entity, id)
		if err != nil {
			return err
		}
		root := Returning{Entity: entity, Row: row}
		at, deleted := row.Column(rule.DeletedColumn).(time.Time)
		if !deleted {
			root.Conflict = fault.User(fault.WrongState, nil, "The %s is not deleted.", entity.Single)
			list = []Returning{root}
			return errPreview
		}
		if err := o.tryReturn(ctx, &root); err != nil {
			return err
		}
		list = append(list, root)
		if err := o.tryGroup(ctx, entity, group{id, at}, &list); err != nil {
			return err
		}
		return errPreview
	})
	if f := fault.From(err); errors.Is(err, errPreview) || f != nil && f.User && f.Code == fault.NotFound {
		return list, nil
	}
	return nil, err
}

// tryReturn restores one record, as far as nothing is in its way.
func (o *Operations) tryReturn(ctx context.Context, r *Returning) error {
	parent, err := o.orphanOf(ctx, r.Entity, r.Row)
	if err != nil {
		return err
	}
	if parent != "" {
		r.Conflict = fault.User(fault.WrongState, nil, "Its %s is deleted. Restore that first.", parent)
		return nil
	}
	err = o.store.Part(ctx, func() error {
		mutation, save := ent.Kinds[r.Entity.Name].Update(o.store.Client(ctx), r.Row.RowID())
		if err := undelete(ctx, mutation); err != nil {
			return err
		}
		_, err := save(ctx)
		return err
	})
	if f := Translate(r.Entity, err); f != nil && f.User {
		r.Conflict, err = f, nil
	}
	return err
}

// tryGroup does the same with what was deleted together with the root of g.
func (o *Operations) tryGroup(ctx context.Context, entity *catalog.Entity, g group, list *[]Returning) error {
	for _, name := range entity.Owns {
		owned := catalog.Entities[entity.Edge(name).Target]
		rows, err := o.deletedWith(ctx, owned, g)
		if err != nil {
			return err
		}
		for _, row := range rows {
			r := Returning{Entity: owned, Row: row}
			if err := o.tryReturn(ctx, &r); err != nil {
				return err
			}
			*list = append(*list, r)
		}
		if err := o.tryGroup(ctx, owned, g, list); err != nil {
			return err
		}
	}
	return nil
}

// deletedWith are the records of an entity that were deleted together with the
// root of g.
func (o *Operations) deletedWith(ctx context.Context, owned *catalog.Entity, g group) ([]ent.Row, error) {
	return ent.Kinds[owned.Name].List(rule.WithDeleted(ctx), o.store.Client(ctx), func(s *sql.Selector) {
		s.Where(sql.And(sql.EQ(s.C(rule.DeletedColumn), g.at), sql.EQ(s.C(rule.TogetherColumn), g.root)))
	})
}

// Binned is a record in the recycle bin.
type Binned struct {
	Entity *catalog.Entity
	Row    ent.Row
	At     time.Time
	With   uuid.UUID // the record with which it was deleted; zero for none
}

// maxBinned bounds one page of Bin.
const maxBinned = 100

// Bin returns what is in the recycle bin of the types that the viewer may
// delete, what was deleted last first: of one type, or of all where name is
// empty, and only what was deleted before the given moment.
func (o *Operations) Bin(ctx context.Context, name string, before time.Time) ([]Binned, error) {
	names := []string{name}
	if name == "" {
		names = slices.Sorted(maps.Keys(catalog.Entities))
	} else if e := catalog.Entities[name]; e == nil || e.Hidden || !e.RecycleBin {
		return nil, fault.New(fault.BadUserInput, "Records of the type %q have no recycle bin.", name)
	}
	var list []Binned
	for _, name := range names {
		e := catalog.Entities[name]
		if e.Hidden || !e.RecycleBin || !mayDelete(viewer.From(ctx), e) {
			continue
		}
		rows, err := ent.Kinds[name].List(rule.WithDeleted(ctx), o.store.Client(ctx), func(s *sql.Selector) {
			s.Where(sql.And(sql.NotNull(s.C(rule.DeletedColumn)), sql.LT(s.C(rule.DeletedColumn), before))).
				OrderBy(sql.Desc(s.C(rule.DeletedColumn)), sql.Desc(s.C("id"))).Limit(maxBinned)
		})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			at, _ := row.Column(rule.DeletedColumn).(time.Time)
			with, _ := row.Column(rule.TogetherColumn).(uuid.UUID)
			list = append(list, Binned{e, row, at, with})
		}
	}
	slices.SortFunc(list, func(a, b Binned) int {
		return cmp.Or(b.At.Compare(a.At), strings.Compare(a.Row.TypeID(), b.Row.TypeID()))
	})
	return list[:min(len(list), maxBinned)], nil
}

// mayDelete reports whether v may delete records of e, be it some of them.
func mayDelete(v *viewer.Viewer, e *catalog.Entity) bool {
	role := v.Role
	if role == viewer.Key {
		role = viewer.Admin
	}
	return e.Access[role].Delete && v.Can(e.Prefix, "write")
}
