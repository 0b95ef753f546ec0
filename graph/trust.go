package graph

import (
	"context"
	"time"

	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/probe"
	"github.com/barrehq/barre/internal/promise"
)

func promiseOf(f promise.Finding) *model.Promise {
	p := &model.Promise{
		ID: f.ID, Quote: f.Quote, Source: f.Source, Function: model.SecurityFunction(f.Function), Feature: f.Feature,
		State: model.PromiseState(f.State), Reason: given(f.Reason), LastProvenAt: happened(f.LastProvenAt), Proofs: []*model.Proof{},
	}
	for level, name := range map[promise.Level]model.PromiseLevel{
		promise.Enforced: model.PromiseLevelEnforced, promise.Measured: model.PromiseLevelMeasured, promise.Attested: model.PromiseLevelAttested,
	} {
		if f.Level&level != 0 {
			p.Levels = append(p.Levels, name)
		}
	}
	for _, e := range f.Evidence {
		proof := &model.Proof{Name: e.Name, Result: model.ProofResult(e.Result), RanAt: happened(e.At), Figures: e.Figures}
		if e.At.IsZero() {
			proof.Result = model.ProofResultNotRun
		}
		p.Proofs = append(p.Proofs, proof)
	}
	if s := f.Statement; s != nil {
		p.Statement = &model.PromiseStatement{Owner: s.Owner, Date: s.Date, ExpiresAt: s.Until, Document: given(s.Document), Digest: given(s.Digest)}
	}
	return p
}

// happened is a time, or nil for none.
func happened(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

const monthForm = "2006-01"

func serviceMonth(ctx context.Context, p *probe.Prober, name *string) (*model.ServiceMonth, error) {
	month := time.Now().UTC()
	if name != nil {
		var err error
		if month, err = time.Parse(monthForm, *name); err != nil {
			return nil, fault.New(fault.BadUserInput, "A month has the form 2026-05; %q has not.", (*name)[:min(20, len(*name))])
		}
	}
	m, err := p.Month(ctx, month.Year(), month.Month())
	if err != nil {
		return nil, err
	}
	return &model.ServiceMonth{
		Month: month.Format(monthForm), Minutes: m.Minutes, AnsweredMinutes: m.Answered,
		IsolationChecks: m.Checks, IsolationBreaches: m.Breaches, IsolationCheckedAt: happened(m.CheckedAt),
	}, nil
}
