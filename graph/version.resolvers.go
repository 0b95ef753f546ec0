package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
)

// RecordVersions is the resolver for the recordVersions field.
func (r *queryResolver) RecordVersions(ctx context.Context, id string, before *int) ([]*ent.EntityVersion, error) {
	rows, err := r.versions(ctx, id, before)
	return typedList[*ent.EntityVersion](rows), err
}

// VersionDifferences is the resolver for the versionDifferences field.
func (r *queryResolver) VersionDifferences(ctx context.Context, id string, from int, to int) ([]*model.VersionDifference, error) {
	return r.differences(ctx, id, from, to)
}
