package destination

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
)

// testLimit bounds how long a provider may take to say that a credential is
// good. Whoever asks waits with it.
const testLimit = 5 * time.Second

// change does something to an integration of the viewer's studio.
func (r *Registry) change(ctx context.Context, id uuid.UUID, do func(context.Context, *viewer.Viewer, *ent.Integration) (*ent.Integration, error)) (*ent.Integration, error) {
	v, err := person(ctx)
	if err != nil {
		return nil, err
	}
	var changed *ent.Integration
	err = r.db.InTx(ctx, func(ctx context.Context) error {
		before, err := r.db.Client(ctx).Integration.Query().Where(integration.ID(id)).ForUpdate().Only(ctx)
		if ent.IsNotFound(err) {
			return fault.User(fault.NotFound, []string{"input", "id"}, "There is no such integration.")
		}
		if err != nil {
			return err
		}
		changed, err = do(ctx, v, before)
		return err
	})
	return changed, err
}

func wrongState(format string, args ...any) error {
	return fault.User(fault.WrongState, []string{"input", "id"}, format, args...)
}

// PauseIntegration stops that events are sent to the provider and its messages
// handled. Messages that come meanwhile are kept; events of the time are never
// sent.
func (r *Registry) PauseIntegration(ctx context.Context, id uuid.UUID) (*ent.Integration, error) {
	return r.change(ctx, id, func(ctx context.Context, _ *viewer.Viewer, i *ent.Integration) (*ent.Integration, error) {
		if i.Status != integration.StatusACTIVE && i.Status != integration.StatusFAILED {
			return nil, wrongState("Only an integration that is ACTIVE or FAILED can be paused.")
		}
		return r.db.Client(ctx).Integration.UpdateOne(i).SetStatus(integration.StatusPAUSED).Save(ctx)
	})
}

// ResumeIntegration takes a pause back.
func (r *Registry) ResumeIntegration(ctx context.Context, id uuid.UUID) (*ent.Integration, error) {
	return r.change(ctx, id, func(ctx context.Context, _ *viewer.Viewer, i *ent.Integration) (*ent.Integration, error) {
		if i.Status != integration.StatusPAUSED {
			return nil, wrongState("The integration is not paused.")
		}
		return r.db.Client(ctx).Integration.UpdateOne(i).SetStatus(integration.StatusACTIVE).Save(ctx)
	})
}

// DisconnectIntegration destroys the credential, the secrets and the address of
// a connection. Which record is which at the provider stays known, for the same
// account may be connected again.
func (r *Registry) DisconnectIntegration(ctx context.Context, id uuid.UUID) (*ent.Integration, error) {
	return r.change(ctx, id, func(ctx context.Context, _ *viewer.Viewer, i *ent.Integration) (*ent.Integration, error) {
		if i.Status == integration.StatusDISCONNECTED {
			return nil, wrongState("The integration is not connected.")
		}
		return r.db.Client(ctx).Integration.UpdateOne(i).SetStatus(integration.StatusDISCONNECTED).SetBills(false).SetCredential([]byte{}).
			ClearInboundSecret().ClearInboundToken().SetLastError("").Save(ctx)
	})
}

// SetInboundSecret gives a connection the secret with which the provider signs
// its messages. The one before is accepted as well, until the next.
func (r *Registry) SetInboundSecret(ctx context.Context, id uuid.UUID, given secret.String) (*ent.Integration, error) {
	return r.change(ctx, id, func(ctx context.Context, v *viewer.Viewer, i *ent.Integration) (*ent.Integration, error) {
		if i.Status == integration.StatusDISCONNECTED {
			return nil, wrongState("The integration is not connected.")
		}
		if given == "" {
			return nil, fault.User(fault.Required, []string{"input", "secret"}, "Give the secret that the provider shows for its webhook.")
		}
		if err := checkSecret(given); err != nil {
			return nil, err
		}
		secrets, err := r.sealSecrets(v.TenantID, i.ID, given, i.InboundSecret)
		if err != nil {
			return nil, err
		}
		return r.db.Client(ctx).Integration.UpdateOne(i).SetInboundSecret(secrets).Save(ctx)
	})
}

// ChooseBiller makes one connection the one through which new invoices go out;
// nil is for none, where the studio collects them itself. Invoices that were
// issued before stay with whoever has them.
func (r *Registry) ChooseBiller(ctx context.Context, id *uuid.UUID) (*ent.Integration, error) {
	if _, err := person(ctx); err != nil {
		return nil, err
	}
	var chosen *ent.Integration
	err := r.db.InTx(ctx, func(ctx context.Context) error {
		client := r.db.Client(ctx).Integration
		all, err := client.Query().Order(integration.ByID()).ForUpdate().All(ctx)
		if err != nil {
			return err
		}
		for _, i := range all {
			if id != nil && i.ID == *id {
				chosen = i
			}
		}
		switch {
		case id == nil:
		case chosen == nil:
			return fault.User(fault.NotFound, []string{"input", "id"}, "There is no such integration.")
		case !r.cfg.Connectors[chosen.Provider].Bills:
			return wrongState("%s sends no invoices.", chosen.Provider)
		case chosen.Status == integration.StatusDISCONNECTED:
			return wrongState("The integration is not connected.")
		}
		for _, i := range all { // first, as two cannot be at any moment
			if i.Bills && i != chosen {
				if err := client.UpdateOne(i).SetBills(false).Exec(ctx); err != nil {
					return err
				}
			}
		}
		if chosen != nil && !chosen.Bills {
			chosen, err = client.UpdateOne(chosen).SetBills(true).Save(ctx)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return chosen, nil
}

// TestIntegration asks the provider whether the credential is good. One that is
// makes a FAILED integration ACTIVE; one that is refused makes it FAILED. What
// else went wrong is only written down. Nothing is open in the database while
// the provider is asked: call it outside of a transaction. An answer about a
// credential that was changed meanwhile says nothing.
func (r *Registry) TestIntegration(ctx context.Context, id uuid.UUID) (*ent.Integration, error) {
	var asked *ent.Integration
	if _, err := r.change(ctx, id, func(_ context.Context, _ *viewer.Viewer, i *ent.Integration) (*ent.Integration, error) {
		if i.Status == integration.StatusDISCONNECTED {
			return nil, wrongState("The integration is not connected.")
		}
		asked = i
		return i, nil
	}); err != nil {
		return nil, err
	}
	problem := r.test(ctx, viewer.From(ctx).TenantID, asked)
	return r.change(ctx, id, func(ctx context.Context, _ *viewer.Viewer, i *ent.Integration) (*ent.Integration, error) {
		if !bytes.Equal(i.Credential, asked.Credential) {
			return i, nil
		}
		update := r.db.Client(ctx).Integration.UpdateOne(i).SetCheckedAt(r.cfg.Now().UTC().Truncate(time.Microsecond))
		switch {
		case problem == nil:
			update.SetLastError("")
			if i.Status == integration.StatusFAILED {
				update.SetStatus(integration.StatusACTIVE)
			}
		case provider.ClassOf(problem) == provider.Auth && i.Status == integration.StatusACTIVE:
			update.SetLastError(said(problem)).SetStatus(integration.StatusFAILED)
		default:
			update.SetLastError(said(problem))
		}
		return update.Save(ctx)
	})
}

// test makes the smallest call at the provider.
func (r *Registry) test(ctx context.Context, tenant uuid.UUID, i *ent.Integration) error {
	c, known := r.cfg.Connectors[i.Provider]
	if !known || c.Test == nil {
		return &provider.Error{Provider: i.Provider, Class: provider.Permanent, Code: "this server cannot test the connection"}
	}
	stored := Connection{
		Tenant: tenant, ID: i.ID, Provider: i.Provider, BaseURL: i.BaseURL, Live: i.Mode == integration.ModeLIVE,
		Credential: i.Credential, Secrets: i.InboundSecret, Options: i.Options,
	}
	connection, err := stored.Open(r.box)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, testLimit)
	defer cancel()
	return c.Test(ctx, connection)
}

// said is what the studio may read of what a provider said.
func said(problem error) string {
	var e *provider.Error
	if errors.As(problem, &e) {
		return e.Error()
	}
	return "The provider could not be called."
}
