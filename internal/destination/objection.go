package destination

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/ent/subprocessorobjection"
	"github.com/barrehq/barre/internal/fault"
)

// maxReason bounds what may be said about an objection.
const maxReason = 1000

// Object keeps a sub-processor from the studio's data: a connection to it is
// ended, with its credential, and none can be made while the objection stands.
// OWNER and ADMIN may call it, and no key. An objection that stands already
// gets the new reason.
func (r *Registry) Object(ctx context.Context, name, reason string) (*ent.SubprocessorObjection, error) {
	v, err := person(ctx)
	if err != nil {
		return nil, err
	}
	if _, known := r.cfg.Connectors[name]; !known {
		return nil, fault.User(fault.Invalid, []string{"input", "provider"}, "No studio can be connected to a sub-processor named %q; subprocessors lists them. Who hosts the service hosts all of it.", name)
	}
	if reason = strings.TrimSpace(reason); len(reason) > maxReason {
		return nil, fault.User(fault.Invalid, []string{"input", "reason"}, "A reason has at most %d characters.", maxReason)
	}
	var made *ent.SubprocessorObjection
	err = r.db.InTx(ctx, func(ctx context.Context) error {
		if _, err := r.alone(ctx); err != nil {
			return err
		}
		client := r.db.Client(ctx).SubprocessorObjection
		before, err := client.Query().Where(subprocessorobjection.Provider(name)).Only(ctx)
		switch {
		case ent.IsNotFound(err):
			made, err = client.Create().SetProvider(name).SetReason(reason).SetObjectedBy(v.Actor()).Save(ctx)
		case err == nil:
			made, err = client.UpdateOne(before).SetReason(reason).SetObjectedBy(v.Actor()).ClearWithdrawnAt().Save(ctx)
		}
		if err != nil {
			return err
		}
		return r.disconnectFrom(ctx, name)
	})
	return made, err
}

// disconnectFrom ends the studio's connection to a provider, if there is one.
func (r *Registry) disconnectFrom(ctx context.Context, name string) error {
	found, err := r.db.Client(ctx).Integration.Query().
		Where(integration.Provider(name), integration.StatusNEQ(integration.StatusDISCONNECTED)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil
	case err != nil:
		return err
	}
	_, err = r.DisconnectIntegration(ctx, found.ID)
	return err
}

// WithdrawObjection lets the studio connect to the sub-processor again. OWNER
// and ADMIN may call it, and no key.
func (r *Registry) WithdrawObjection(ctx context.Context, name string) (*ent.SubprocessorObjection, error) {
	if _, err := person(ctx); err != nil {
		return nil, err
	}
	var withdrawn *ent.SubprocessorObjection
	err := r.db.InTx(ctx, func(ctx context.Context) error {
		client := r.db.Client(ctx).SubprocessorObjection
		standing, err := client.Query().Where(subprocessorobjection.Provider(name), subprocessorobjection.WithdrawnAtIsNil()).Only(ctx)
		if err != nil {
			return err
		}
		withdrawn, err = client.UpdateOne(standing).SetWithdrawnAt(r.cfg.Now().UTC().Truncate(time.Microsecond)).Save(ctx)
		return err
	})
	if ent.IsNotFound(err) {
		return nil, fault.User(fault.NotFound, []string{"input", "provider"}, "The studio has no objection to this sub-processor.")
	}
	return withdrawn, err
}

// CheckTenant judges a change that a generated mutation is about to make to the
// studio: connections to where its data may no longer go are ended.
func (r *Registry) CheckTenant(ctx context.Context, m ent.Mutation) error {
	change, ok := m.(*ent.TenantMutation)
	if !ok {
		return nil
	}
	forbidden, given := change.ForbiddenLocations()
	if !given {
		return nil
	}
	for n, location := range forbidden {
		if !slices.ContainsFunc(slices.Collect(maps.Values(r.cfg.Connectors)), func(c Connector) bool { return c.Location == location }) {
			return fault.User(fault.Invalid, []string{"input", "forbiddenLocations", strconv.Itoa(n)}, "No sub-processor is in %q; subprocessors lists where they are.", location)
		}
	}
	if _, err := r.alone(ctx); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(r.cfg.Connectors)) {
		if slices.Contains(forbidden, r.cfg.Connectors[name].Location) {
			if err := r.disconnectFrom(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// alone lets one transaction of the studio at a time decide about connections,
// so that an objection and a connection cannot pass each other.
func (r *Registry) alone(ctx context.Context) (*ent.Tenant, error) {
	return r.db.Client(ctx).Tenant.Query().ForUpdate().Only(ctx)
}

// unopposed refuses a provider that the studio objects to, or that is where
// none of its data may go.
func (r *Registry) unopposed(ctx context.Context, name string) error {
	studio, err := r.alone(ctx)
	if err != nil {
		return err
	}
	if at := r.cfg.Connectors[name].Location; slices.Contains(studio.ForbiddenLocations, at) {
		return fault.User(fault.WrongState, []string{"input", "provider"}, "The studio forbids vendors in %s, where %s is. Change forbiddenLocations first.", at, name)
	}
	standing, err := r.db.Client(ctx).SubprocessorObjection.Query().
		Where(subprocessorobjection.Provider(name), subprocessorobjection.WithdrawnAtIsNil()).Exist(ctx)
	if err == nil && standing {
		return fault.User(fault.WrongState, []string{"input", "provider"}, "The studio objects to %s. Withdraw the objection first.", name)
	}
	return err
}
