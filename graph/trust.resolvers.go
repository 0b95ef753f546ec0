package graph

import (
	"context"
	"github.com/barrehq/barre/graph/generated"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/promise"
)

// TrustCenter is the resolver for the trustCenter field.
func (r *queryResolver) TrustCenter(ctx context.Context) (*model.TrustCenter, error) {
	report := r.Trust.Report()
	return &model.TrustCenter{
		Revision: given(report.Revision), ProvenAt: happened(report.ProvenAt),
		Proven: report.Count(promise.Proven), Unproven: report.Count(promise.Unproven), Stated: report.Count(promise.Stated),
	}, nil
}

// ServiceMonth is the resolver for the serviceMonth field.
func (r *queryResolver) ServiceMonth(ctx context.Context, month *string) (*model.ServiceMonth, error) {
	return serviceMonth(ctx, r.Prober, month)
}

// Promises is the resolver for the promises field.
func (r *trustCenterResolver) Promises(ctx context.Context, obj *model.TrustCenter, state *model.PromiseState) ([]*model.Promise, error) {
	list := []*model.Promise{}
	for _, f := range r.Trust.Report().Findings {
		if state == nil || string(*state) == string(f.State) {
			list = append(list, promiseOf(f))
		}
	}
	return list, nil
}

// TrustCenter returns generated.TrustCenterResolver implementation.
func (r *Resolver) TrustCenter() generated.TrustCenterResolver { return &trustCenterResolver{r} }

type trustCenterResolver struct{ *Resolver }
