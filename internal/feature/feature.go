// Package feature says which studio may use what is not there for all yet.
package feature

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/featuregrant"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// fresh is how long a studio's grants are believed: what one process takes
// away ends in the others by then.
const fresh = time.Second

// Database is what the verbs need of the store.
type Database interface {
	Client(context.Context) *ent.Client
	InTx(context.Context, func(context.Context) error) error
	AfterCommit(context.Context, func())
}

// Config of a Registry. The zero value is right for production.
type Config struct {
	Catalogue []Feature // Catalogue() when nil
	Studios   int       // whose grants are remembered; 10,000 when zero
	Now       func() time.Time
}

// Registry answers who may use what, and lets studios in. It is safe for
// concurrent use.
type Registry struct {
	db   Database
	cfg  Config
	mu   sync.Mutex
	kept *simplelru.LRU[uuid.UUID, grants]
}

// grants are the features that a studio was let into, by name.
type grants struct {
	read time.Time
	of   map[string]bool
}

// New returns a Registry on db.
func New(db Database, c Config) *Registry {
	if c.Catalogue == nil {
		c.Catalogue = Catalogue()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	kept, err := simplelru.NewLRU[uuid.UUID, grants](cmp.Or(c.Studios, 10_000), nil)
	if err != nil {
		panic("feature: " + err.Error()) // a negative size is a mistake of the program
	}
	return &Registry{db: db, cfg: c, kept: kept}
}

// Stage returns how far a feature has come; known is false where there is none.
func (r *Registry) Stage(name string) (stage Stage, known bool) {
	for _, f := range r.cfg.Catalogue {
		if f.Name == name {
			return f.Stage, true
		}
	}
	return "", false
}

// Enabled reports whether the studio of ctx may use a feature. Nobody may use
// one that is not in the catalogue, and whoever has no studio only what is
// launched.
func (r *Registry) Enabled(ctx context.Context, name string) (bool, error) {
	stage, known := r.Stage(name)
	v := viewer.From(ctx)
	switch {
	case !known:
		return false, nil
	case stage == Launched:
		return true, nil
	case v == nil || v.TenantID == uuid.Nil:
		return false, nil
	}
	of, err := r.grants(ctx, v.TenantID)
	return of[name], err
}

// Offer is a feature as a studio sees it.
type Offer struct {
	Feature
	Enabled bool
}

// Offers are the features that the studio of ctx may know of: all but the
// private betas that it was not let into.
func (r *Registry) Offers(ctx context.Context) ([]*Offer, error) {
	list := []*Offer{}
	for _, f := range r.cfg.Catalogue {
		enabled, err := r.Enabled(ctx, f.Name)
		if err != nil {
			return nil, err
		}
		if enabled || f.Stage != PrivateBeta {
			list = append(list, &Offer{f, enabled})
		}
	}
	return list, nil
}

func (r *Registry) grants(ctx context.Context, tenant uuid.UUID) (map[string]bool, error) {
	now := r.cfg.Now()
	r.mu.Lock()
	kept, known := r.kept.Get(tenant)
	r.mu.Unlock()
	if known && now.Sub(kept.read) < fresh {
		return kept.of, nil
	}
	inside := viewer.ForTenant(ctx, tenant, "see which features a studio has")
	names, err := r.db.Client(inside).FeatureGrant.Query().Select(featuregrant.FieldFeature).Strings(inside)
	if err != nil {
		return nil, fmt.Errorf("feature: %w", err)
	}
	of := map[string]bool{}
	for _, name := range names {
		of[name] = true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept.Add(tenant, grants{now, of})
	return of, nil
}

func (r *Registry) forget(tenant uuid.UUID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept.Remove(tenant)
}

// OptIn lets the studio of ctx into a public beta. OWNER and ADMIN may call it.
// A studio that is in already stays so.
func (r *Registry) OptIn(ctx context.Context, name string) (*Offer, error) {
	v, err := r.opting(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := r.add(ctx, v.TenantID, name, featuregrant.SourceOPT_IN, v.Actor()); err != nil {
		return nil, err
	}
	return r.offer(name, true), nil
}

// OptOut takes the studio of ctx out of a public beta that it joined by itself.
// OWNER and ADMIN may call it. What the operator granted stays.
func (r *Registry) OptOut(ctx context.Context, name string) (*Offer, error) {
	v, err := r.opting(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := r.remove(ctx, v.TenantID, name, featuregrant.SourceOPT_IN); err != nil {
		return nil, err
	}
	inside := viewer.ForTenant(ctx, v.TenantID, "see which features a studio has")
	granted, err := r.db.Client(inside).FeatureGrant.Query().Where(featuregrant.Feature(name)).Exist(inside)
	return r.offer(name, granted), err
}

func (r *Registry) offer(name string, enabled bool) *Offer {
	for _, f := range r.cfg.Catalogue {
		if f.Name == name {
			return &Offer{f, enabled}
		}
	}
	return nil
}

// opting returns the viewer if it may decide for its studio. A private beta is
// answered as what does not exist.
func (r *Registry) opting(ctx context.Context, name string) (*viewer.Viewer, error) {
	v := viewer.From(ctx)
	if v == nil {
		return nil, fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer.")
	}
	if v.Role != viewer.Owner && v.Role != viewer.Admin {
		return nil, fault.New(fault.Forbidden, "%s is not allowed to decide which features the studio tries.", v.Role)
	}
	switch stage, known := r.Stage(name); {
	case !known || stage == PrivateBeta:
		return nil, fault.User(fault.NotFound, []string{"input", "feature"}, "There is no public beta of this name; features lists them.")
	case stage == Launched:
		return nil, fault.User(fault.WrongState, []string{"input", "feature"}, "This feature is there for everybody.")
	}
	return v, nil
}

// Grant lets a studio into a feature, whatever its stage: for the operator.
func (r *Registry) Grant(ctx context.Context, tenant uuid.UUID, name string) error {
	if _, known := r.Stage(name); !known {
		return fmt.Errorf("feature: there is no feature %q", name)
	}
	return r.add(ctx, tenant, name, featuregrant.SourceOPERATOR, "operator")
}

// Withdraw takes back what Grant gave.
func (r *Registry) Withdraw(ctx context.Context, tenant uuid.UUID, name string) error {
	return r.remove(ctx, tenant, name, featuregrant.SourceOPERATOR)
}

func (r *Registry) add(ctx context.Context, tenant uuid.UUID, name string, source featuregrant.Source, by string) error {
	inside := viewer.ForTenant(ctx, tenant, "let a studio into a feature")
	return r.db.InTx(inside, func(ctx context.Context) error {
		client := r.db.Client(ctx).FeatureGrant
		there, err := client.Query().Where(featuregrant.Feature(name), featuregrant.SourceEQ(source)).Exist(ctx)
		if err != nil || there {
			return err
		}
		r.db.AfterCommit(ctx, func() { r.forget(tenant) })
		return client.Create().SetFeature(name).SetSource(source).SetGrantedBy(by).Exec(ctx)
	})
}

func (r *Registry) remove(ctx context.Context, tenant uuid.UUID, name string, source featuregrant.Source) error {
	inside := viewer.ForTenant(ctx, tenant, "take a studio out of a feature")
	return r.db.InTx(inside, func(ctx context.Context) error {
		r.db.AfterCommit(ctx, func() { r.forget(tenant) })
		_, err := r.db.Client(ctx).FeatureGrant.Delete().Where(featuregrant.Feature(name), featuregrant.SourceEQ(source)).Exec(ctx)
		return err
	})
}
