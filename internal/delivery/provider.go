package delivery

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/barrehq/barre/ent"
	entintegration "github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/viewer"
)

// Wants returns the types of event that each provider is told of. They are
// asked themselves, with a change that has all that can be loaded: a provider
// wants what it plans something for.
func Wants(providers []provider.Provider) map[string][]string {
	wants := map[string][]string{}
	for _, p := range providers {
		for _, name := range feed.Types() {
			if operations, err := p.Plan(loadable(name, p.Name())); err == nil && len(operations) > 0 {
				wants[p.Name()] = append(wants[p.Name()], name)
			}
		}
	}
	return wants
}

// loadable is a change with everything that change ever loads, for a provider
// whose affair it is.
func loadable(name, vendor string) provider.Change {
	return provider.Change{
		Event: provider.Event{Type: name}, Studio: provider.Studio{Name: "A studio"}, Biller: vendor, Household: &provider.Household{}, Person: &provider.Person{Kind: "guardian", Email: "a@example.com"},
		Invoice:    &provider.Invoice{Biller: vendor, Currency: "USD", Lines: []provider.Line{{Kind: provider.Fee}}},
		Refund:     &provider.Refund{Provider: vendor, Currency: "USD"},
		Enrollment: &provider.Enrollment{}, Member: &provider.Member{}, Deal: &provider.Deal{Currency: "USD"}, Ticket: &provider.Ticket{}, Reply: &provider.Reply{},
		Endpoint: &provider.Endpoint{}, Invitation: &provider.Invitation{URL: "https://studio.example/"},
		Lifted: []provider.Person{{Kind: "guardian", Email: "a@example.com"}}, ResetMailer: vendor,
	}
}

// tell makes an attempt at a provider: every operation that the event means
// for it, from the values as they are now.
func (w *Worker) tell(ctx context.Context, t *task) result {
	if !t.integration.active {
		return failed("The connection was not repaired in time.")
	}
	p, known := w.providers[t.integration.provider]
	if !known {
		return failed("This server has no provider %q.", t.integration.provider)
	}
	change, err := w.change(ctx, t.event)
	if errors.Is(err, errGone) {
		return result{ok: true, excerpt: "The record no longer exists."}
	}
	if err != nil {
		w.cfg.Logger.WarnContext(ctx, "a change could not be read", "delivery", t.Delivery, "error", err)
		return result{problem: "The record could not be read.", round: t.round, unsure: t.unsure}
	}
	operations, err := p.Plan(change)
	if err != nil {
		return failed("%v", err)
	}
	connection, err := t.connection().Open(w.box)
	if err != nil {
		return failed("The credential could not be opened.")
	}
	return w.carryOut(ctx, t, vendor{p, connection}, operations)
}

type vendor struct {
	provider.Provider
	connection provider.Connection
}

// connection is what the row says of the connection.
func (t *task) connection() destination.Connection {
	i := t.integration
	return destination.Connection{
		Tenant: t.Tenant, ID: i.id, Provider: i.provider, BaseURL: i.baseURL, Live: i.live, Credential: i.credential, Secrets: i.secrets, Options: i.options,
	}
}

func (w *Worker) carryOut(ctx context.Context, t *task, v vendor, operations []provider.Operation) result {
	r := result{ok: true, round: t.round}
	notes := []string{}
	for _, o := range operations {
		outcome, err := w.do(ctx, t, v, o, &r.round)
		if err != nil {
			return w.refused(ctx, t, err, r.round)
		}
		if outcome.State == provider.Unresolved {
			return failed("%s: %s", o.Name, outcome.Note)
		}
		if err := w.told(ctx, t, outcome.Facts); err != nil {
			w.cfg.Logger.ErrorContext(ctx, "what a provider says could not be written down", "delivery", t.Delivery, "error", err)
			return result{problem: "What the provider said could not be written down.", round: r.round, unsure: true}
		}
		notes = append(notes, strings.TrimSpace(o.Name+": "+string(outcome.State)+" "+outcome.RemoteID+" "+outcome.Note))
	}
	if r.excerpt = strings.Join(notes, "\n"); len(notes) == 0 {
		r.excerpt = "There was nothing to do."
	}
	return r
}

// told writes down what a provider has said.
func (w *Worker) told(ctx context.Context, t *task, facts []provider.Fact) error {
	if len(facts) == 0 || w.cfg.Told == nil {
		return nil
	}
	return w.cfg.Told(ctx, t.connection(), facts)
}

// do carries out one operation. Where nobody can say what an earlier attempt
// did, the provider is asked first.
func (w *Worker) do(ctx context.Context, t *task, v vendor, o provider.Operation, round *int) (provider.Outcome, error) {
	o.Round = *round
	links := &links{w.pool, t.Tenant, t.integration.id}
	if t.unsure || w.expired(t, v.Card().SafeRetry) {
		found, err := v.Reconcile(ctx, v.connection, o, links)
		if err != nil || found.State != provider.Missing {
			return found, err
		}
		*round++
		o.Round = *round
	}
	return v.Do(ctx, v.connection, o, links)
}

// expired reports whether the first attempt was too long ago for the provider
// to know its keys. Without keys, only an unsure attempt may not be repeated.
func (w *Worker) expired(t *task, safe time.Duration) bool {
	return safe > 0 && t.first != nil && w.cfg.Now().Sub(*t.first) > safe
}

// refused turns a provider's error into what is to be done about it.
func (w *Worker) refused(ctx context.Context, t *task, err error, round int) result {
	r := result{problem: err.Error(), round: round}
	e := (*provider.Error)(nil)
	if errors.As(err, &e) {
		r.status = e.Status
		if !e.RetryAt.IsZero() {
			r.retryAfter = e.RetryAt.Sub(w.cfg.Now())
		}
	} else {
		r.problem = "The provider could not be called."
		w.cfg.Logger.ErrorContext(ctx, "a provider failed without saying how", "delivery", t.Delivery, "error", err)
	}
	switch provider.ClassOf(err) {
	case provider.Permanent:
		r.final = true
	case provider.Auth:
		if err := w.fail(ctx, t, r.problem); err != nil {
			w.cfg.Logger.ErrorContext(ctx, "an integration could not be marked as failed", "integration", t.integration.id, "error", err)
		}
	case provider.Unknown:
		r.unsure = true
	}
	return r
}

// fail marks the integration, as a change that the studio sees in its feed.
// Its deliveries wait for ConnectIntegration.
func (w *Worker) fail(ctx context.Context, t *task, problem string) error {
	ctx = viewer.ForTenant(ctx, t.Tenant, "the provider refused the credential")
	return w.db.InTx(ctx, func(ctx context.Context) error {
		err := w.db.Client(ctx).Integration.UpdateOneID(t.integration.id).Where(entintegration.StatusEQ(entintegration.StatusACTIVE)).
			SetStatus(entintegration.StatusFAILED).SetLastError(cut(problem, maxProblem)).Exec(ctx)
		if ent.IsNotFound(err) {
			return nil // another delivery has marked it
		}
		return err
	})
}
