package graph

import (
	"context"
	"encoding/json"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
)

// versions returns the page of a record's versions before a number.
func (r *Resolver) versions(ctx context.Context, id string, before *int) ([]ent.Row, error) {
	_, key, err := named(id)
	if err != nil {
		return nil, err
	}
	number := 0
	if before != nil {
		number = max(1, *before)
	}
	return r.Operations.Versions(ctx, key, number)
}

// differences compares two versions of a record; nil where one is not there.
func (r *Resolver) differences(ctx context.Context, id string, from, to int) ([]*model.VersionDifference, error) {
	entity, key, err := named(id)
	if err != nil || entity == nil {
		return nil, err
	}
	found, err := r.Operations.Differences(ctx, entity, key, from, to)
	if err != nil {
		return nil, absent(err)
	}
	out := make([]*model.VersionDifference, len(found))
	for i, d := range found {
		from, _ := json.Marshal(d.From) // they came from JSON
		to, _ := json.Marshal(d.To)
		out[i] = &model.VersionDifference{Field: d.Field, From: from, To: to}
	}
	return out, nil
}
