package graph

import (
	"context"
	"strings"
	"time"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/retention"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/google/uuid"
)

// label is what people know a record by, as far as the viewer may see it.
func label(ctx context.Context, e *catalog.Entity, row ent.Row) *string {
	var parts []string
	for _, name := range []string{"name", "displayName", "firstName", "lastName", "title", "subject"} {
		f := e.Field(name)
		if f == nil || !e.Shows(f, viewer.From(ctx)) {
			continue
		}
		if text, ok := row.Column(f.Column).(string); ok && text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	text := strings.Join(parts, " ")
	return &text
}

func binned(ctx context.Context, list []operation.Binned) []*model.BinnedRecord {
	out := make([]*model.BinnedRecord, len(list))
	for i, b := range list {
		out[i] = &model.BinnedRecord{
			ID: b.Row.TypeID(), Type: b.Entity.Name, Label: label(ctx, b.Entity, b.Row),
			DeletedAt: b.At, PurgeAt: b.At.AddDate(0, 0, catalog.BinDays), Together: b.With != uuid.Nil,
		}
	}
	return out
}

func returning(ctx context.Context, list []operation.Returning) []*model.RestoredRecord {
	out := make([]*model.RestoredRecord, len(list))
	for i, r := range list {
		out[i] = &model.RestoredRecord{ID: r.Row.TypeID(), Type: r.Entity.Name, Label: label(ctx, r.Entity, r.Row)}
		if f := r.Conflict; f != nil {
			out[i].Conflict = &model.UserError{Code: string(f.Code), Field: append([]string{}, f.Field...), Message: f.Message}
		}
	}
	return out
}

// past returns a record as it stood at a moment.
func (r *Resolver) past(ctx context.Context, id string, at time.Time) (*model.PastRecord, error) {
	entity, key, err := named(id)
	if err != nil || entity == nil || !entity.Versions {
		return nil, err
	}
	p, err := r.Operations.AsOf(ctx, entity, key, at)
	if err != nil || p == nil {
		return nil, err
	}
	return &model.PastRecord{ID: id, Type: entity.Name, Version: p.Number, Since: p.Since, Data: p.Data}, nil
}

func periods(list []retention.Kept) []*model.RetentionPeriod {
	out := make([]*model.RetentionPeriod, len(list))
	for i, k := range list {
		out[i] = &model.RetentionPeriod{
			Kind: k.Kind(), Description: k.About, Types: append([]string{}, k.Types()...), Own: k.Own,
			Days: daysOf(k.For), DefaultDays: daysOf(k.Days), FloorDays: daysOf(k.Floor), CeilingDays: daysOf(k.Ceiling),
		}
	}
	return out
}

// daysOf is a number of days; null for none.
func daysOf(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func going(list []retention.Going) []*model.RetentionPreview {
	out := make([]*model.RetentionPreview, len(list))
	for i, g := range list {
		out[i] = &model.RetentionPreview{Type: g.Type, Count: g.Count, Oldest: g.Oldest}
	}
	return out
}
