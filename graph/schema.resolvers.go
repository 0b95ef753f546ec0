package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/generated"
)

// Node is the resolver for the node field.
func (r *queryResolver) Node(ctx context.Context, id string) (ent.Row, error) {
	return r.node(ctx, id)
}

// Nodes is the resolver for the nodes field.
func (r *queryResolver) Nodes(ctx context.Context, ids []string) ([]ent.Row, error) {
	return r.nodes(ctx, ids)
}

// Mutation returns generated.MutationResolver implementation.
func (r *Resolver) Mutation() generated.MutationResolver { return &mutationResolver{r} }

// Query returns generated.QueryResolver implementation.
func (r *Resolver) Query() generated.QueryResolver { return &queryResolver{r} }

// Subscription returns generated.SubscriptionResolver implementation.
func (r *Resolver) Subscription() generated.SubscriptionResolver { return &subscriptionResolver{r} }

type (
	mutationResolver     struct{ *Resolver }
	queryResolver        struct{ *Resolver }
	subscriptionResolver struct{ *Resolver }
)

// !!! WARNING !!!
// The code below was going to be deleted when updating resolvers. It has been copied here so you have
// one last chance to move it out of harms way if you want. There are two reasons this happens:
//  - When renaming or deleting a resolver the old code will be put in here. You can safely delete
//    it when you're done.
//  - You have helper methods in this file. Move them out to keep these resolver files clean.
/*
	func (r *dateComparisonResolver) Eq(ctx context.Context, obj scalar.Object, data *time.Time) error {
	panic("DateComparison.eq has no resolver")
}
func (r *dateComparisonResolver) Lt(ctx context.Context, obj scalar.Object, data *time.Time) error {
	panic("DateComparison.lt has no resolver")
}
func (r *dateComparisonResolver) Lte(ctx context.Context, obj scalar.Object, data *time.Time) error {
	panic("DateComparison.lte has no resolver")
}
func (r *dateComparisonResolver) Gt(ctx context.Context, obj scalar.Object, data *time.Time) error {
	panic("DateComparison.gt has no resolver")
}
func (r *dateComparisonResolver) Gte(ctx context.Context, obj scalar.Object, data *time.Time) error {
	panic("DateComparison.gte has no resolver")
}
func (r *dateTimeComparisonResolver) Eq(ctx context.Context, obj scalar.Object, data *time.Time) error {
	panic("DateTimeComparison.eq has no resolver")
}
func (r *dateTimeComparisonResolver) Lt(ctx context.Context, obj scalar.Object, data *time.Time) error {
	panic("DateTimeComparison.lt has no resolver")
}
func (r *dateTimeComparisonResolver) Lte(ctx context.Context, obj scalar.Object, data *time.Time) error {
	panic("DateTimeComparison.lte has no resolver")
}
func (r *dateTimeComparisonResolver) Gt(ctx context.Context, obj scalar.Object, data *time.Time) error {
	panic("DateTimeComparison.gt has no resolver")
}
func (r *dateTimeComparisonResolver) Gte(ctx context.Context, obj scalar.Object, data *time.Time) error {
	panic("DateTimeComparison.gte has no resolver")
}
func (r *iDComparisonResolver) Eq(ctx context.Context, obj scalar.Object, data *string) error {
	panic("IDComparison.eq has no resolver")
}
func (r *iDComparisonResolver) Neq(ctx context.Context, obj scalar.Object, data *string) error {
	panic("IDComparison.neq has no resolver")
}
func (r *iDComparisonResolver) In(ctx context.Context, obj scalar.Object, data []string) error {
	panic("IDComparison.in has no resolver")
}
func (r *iDComparisonResolver) NotIn(ctx context.Context, obj scalar.Object, data []string) error {
	panic("IDComparison.notIn has no resolver")
}
func (r *intComparisonResolver) Eq(ctx context.Context, obj scalar.Object, data *int) error {
	panic("IntComparison.eq has no resolver")
}
func (r *intComparisonResolver) Neq(ctx context.Context, obj scalar.Object, data *int) error {
	panic("IntComparison.neq has no resolver")
}
func (r *intComparisonResolver) In(ctx context.Context, obj scalar.Object, data []int) error {
	panic("IntComparison.in has no resolver")
}
func (r *intComparisonResolver) NotIn(ctx context.Context, obj scalar.Object, data []int) error {
	panic("IntComparison.notIn has no resolver")
}
func (r *intComparisonResolver) Lt(ctx context.Context, obj scalar.Object, data *int) error {
	panic("IntComparison.lt has no resolver")
}
func (r *intComparisonResolver) Lte(ctx context.Context, obj scalar.Object, data *int) error {
	panic("IntComparison.lte has no resolver")
}
func (r *intComparisonResolver) Gt(ctx context.Context, obj scalar.Object, data *int) error {
	panic("IntComparison.gt has no resolver")
}
func (r *intComparisonResolver) Gte(ctx context.Context, obj scalar.Object, data *int) error {
	panic("IntComparison.gte has no resolver")
}
func (r *sequenceNumberComparisonResolver) Eq(ctx context.Context, obj scalar.Object, data *int64) error {
	panic("SequenceNumberComparison.eq has no resolver")
}
func (r *sequenceNumberComparisonResolver) Lt(ctx context.Context, obj scalar.Object, data *int64) error {
	panic("SequenceNumberComparison.lt has no resolver")
}
func (r *sequenceNumberComparisonResolver) Lte(ctx context.Context, obj scalar.Object, data *int64) error {
	panic("SequenceNumberComparison.lte has no resolver")
}
func (r *sequenceNumberComparisonResolver) Gt(ctx context.Context, obj scalar.Object, data *int64) error {
	panic("SequenceNumberComparison.gt has no resolver")
}
func (r *sequenceNumberComparisonResolver) Gte(ctx context.Context, obj scalar.Object, data *int64) error {
	panic("SequenceNumberComparison.gte has no resolver")
}
func (r *stringComparisonResolver) Eq(ctx context.Context, obj scalar.Object, data *string) error {
	panic("StringComparison.eq has no resolver")
}
func (r *stringComparisonResolver) Neq(ctx context.Context, obj scalar.Object, data *string) error {
	panic("StringComparison.neq has no resolver")
}
func (r *stringComparisonResolver) In(ctx context.Context, obj scalar.Object, data []string) error {
	panic("StringComparison.in has no resolver")
}
func (r *stringComparisonResolver) NotIn(ctx context.Context, obj scalar.Object, data []string) error {
	panic("StringComparison.notIn has no resolver")
}
func (r *stringComparisonResolver) StartsWith(ctx context.Context, obj scalar.Object, data *string) error {
	panic("StringComparison.startsWith has no resolver")
}
func (r *stringComparisonResolver) Lt(ctx context.Context, obj scalar.Object, data *string) error {
	panic("StringComparison.lt has no resolver")
}
func (r *stringComparisonResolver) Lte(ctx context.Context, obj scalar.Object, data *string) error {
	panic("StringComparison.lte has no resolver")
}
func (r *stringComparisonResolver) Gt(ctx context.Context, obj scalar.Object, data *string) error {
	panic("StringComparison.gt has no resolver")
}
func (r *stringComparisonResolver) Gte(ctx context.Context, obj scalar.Object, data *string) error {
	panic("StringComparison.gte has no resolver")
}
func (r *stringComparisonResolver) IsNull(ctx context.Context, obj scalar.Object, data *bool) error {
	panic("StringComparison.isNull has no resolver")
}
func (r *Resolver) DateComparison() generated.DateComparisonResolver {
	return &dateComparisonResolver{r}
}
func (r *Resolver) DateTimeComparison() generated.DateTimeComparisonResolver {
	return &dateTimeComparisonResolver{r}
}
func (r *Resolver) IDComparison() generated.IDComparisonResolver { return &iDComparisonResolver{r} }
func (r *Resolver) IntComparison() generated.IntComparisonResolver { return &intComparisonResolver{r} }
func (r *Resolver) SequenceNumberComparison() generated.SequenceNumberComparisonResolver {
	return &sequenceNumberComparisonResolver{r}
}
func (r *Resolver) StringComparison() generated.StringComparisonResolver {
	return &stringComparisonResolver{r}
}
*/
