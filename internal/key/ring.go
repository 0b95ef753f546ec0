// Package key keeps sensitive texts unreadable at rest. Every studio has a data
// key for each class of values; a key service wraps it, and only a server that
// the service trusts can read what it encrypted.
//
// A text is sealed as it is written and opened as it is read (hook.go), on the
// way to every table that would hold it, so that neither a dump nor a backup
// nor whoever reads the database shows it. What is sealed opens only in its own
// row and column.
package key

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
)

// Class is a class of values that have a key in common.
type Class string

// The classes, as table and API name them.
const (
	Sensitive Class = "SENSITIVE" // encrypts
	Lookup    Class = "LOOKUP"    // makes the digests that values are found by
)

// Periods are how old a data key grows before it is rotated, by what it would
// tell whoever got hold of it: the texts themselves, or only which are equal.
func Periods() map[Class]time.Duration {
	return map[Class]time.Duration{Sensitive: 90 * 24 * time.Hour, Lookup: 365 * 24 * time.Hour}
}

// Service wraps data keys. What it wrapped for one tenant and place does not
// unwrap for another.
type Service interface {
	Wrap(ctx context.Context, plaintext []byte, tenant uuid.UUID, place string) ([]byte, error)
	Unwrap(ctx context.Context, wrapped []byte, tenant uuid.UUID, place string) ([]byte, error)
}

// Local is the service of whoever has none: it wraps with the platform's keyset.
type Local struct{ Box *sealed.Box }

// Wrap implements Service.
func (l Local) Wrap(_ context.Context, plaintext []byte, tenant uuid.UUID, place string) ([]byte, error) {
	return l.Box.Seal(plaintext, tenant, place)
}

// Unwrap implements Service.
func (l Local) Unwrap(_ context.Context, wrapped []byte, tenant uuid.UUID, place string) ([]byte, error) {
	return l.Box.Open(wrapped, tenant, place)
}

// Config of a Ring. Everything has a useful zero value.
type Config struct {
	// Open opens the key of a studio's own key service; nil where studios cannot
	// have any.
	Open func(ctx context.Context, address string) (Service, error)
	// Life is how long an unwrapped key is used before the key service is asked
	// again: a revoked key opens nothing any more after it. 0 means a minute.
	Life time.Duration
	// Kept bounds the studios whose keys are in memory; 0 means 1000.
	Kept int
	// Every is how old a data key of a class grows before it is rotated; a class
	// that is left out has that of Periods.
	Every  map[Class]time.Duration
	Now    func() time.Time
	Logger *slog.Logger
}

// Ring holds the data keys of studios, unwrapped, for a short time. It is safe
// for concurrent use.
type Ring struct {
	table    table
	platform Service
	cfg      Config
	held     *lru.Cache[uuid.UUID, *keys]
	services *lru.Cache[string, Service] // of studios, by address
	loading  singleflight.Group
	columns  map[string][]column // that are sealed, by entity
}

// New returns a ring of the data keys in db, which platform wraps wherever a
// studio has no key of its own.
func New(db Database, platform Service, c Config) *Ring {
	c.Life, c.Kept = cmp.Or(c.Life, time.Minute), cmp.Or(c.Kept, 1000)
	every := Periods()
	maps.Copy(every, c.Every)
	c.Every = every
	c.Logger = cmp.Or(c.Logger, slog.Default())
	if c.Now == nil {
		c.Now = time.Now
	}
	held, _ := lru.New[uuid.UUID, *keys](c.Kept)
	services, _ := lru.New[string, Service](c.Kept)
	return &Ring{table: table{db}, platform: platform, cfg: c, held: held, services: services, columns: columns()}
}

// keys are a studio's, unwrapped.
type keys struct {
	until    time.Time // when the key service has to be asked again
	active   *sealed.Box
	byNumber map[uint32]*sealed.Box // the active one and those that only open
	lookup   *sealed.Digester       // makes the digests of what is written
	lookups  []*sealed.Digester     // whose digests may still stand somewhere
	err      error                  // why there are none
}

// refusedLife is how long a refusal is believed.
const refusedLife = 5 * time.Second

// Forget drops what is in memory of a studio's keys.
func (r *Ring) Forget(tenant uuid.UUID) { r.held.Remove(tenant) }

// Ready makes a studio's keys where there are none yet.
func (r *Ring) Ready(ctx context.Context, tenant uuid.UUID) error {
	_, err := r.keysOf(ctx, tenant)
	return err
}

// keysOf returns a studio's keys, which are made where there are none yet.
func (r *Ring) keysOf(ctx context.Context, tenant uuid.UUID) (*keys, error) {
	if found, ok := r.held.Get(tenant); ok && r.cfg.Now().Before(found.until) {
		return found, found.err
	}
	if tenant == uuid.Nil {
		return nil, errors.New("key: nobody's value")
	}
	// Whoever waits shares the answer, so that it must not end with one of them.
	loaded, err, _ := r.loading.Do(tenant.String(), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadLimit)
		defer cancel()
		k, err := r.load(ctx, tenant)
		if err != nil {
			r.cfg.Logger.ErrorContext(ctx, "the data keys of a studio cannot be used", "tenant", tenant, "error", err)
			k = &keys{until: r.cfg.Now().Add(refusedLife), err: unavailable(err)}
		}
		r.held.Add(tenant, k)
		return k, nil
	})
	if err != nil {
		return nil, err
	}
	k := loaded.(*keys)
	return k, k.err
}

// loadLimit bounds one question to database and key service.
const loadLimit = 4 * time.Second

func unavailable(err error) error {
	return &fault.Fault{Code: fault.KeyUnavailable, Message: "The studio's encryption key is not available, so that encrypted values can be neither read nor written. " +
		"Whoever runs the studio's key service may have revoked it.", Cause: err}
}

// load reads and unwraps a studio's keys.
func (r *Ring) load(ctx context.Context, tenant uuid.UUID) (*keys, error) {
	k := &keys{until: r.cfg.Now().Add(r.cfg.Life), byNumber: map[uint32]*sealed.Box{}}
	stored, err := r.table.of(ctx, tenant)
	if err != nil {
		return nil, err
	}
	for _, class := range []Class{Sensitive, Lookup} {
		if !hasActive(stored, class) {
			// Nobody asked for it, whoever came upon its absence.
			if err := r.add(byItself(ctx, tenant), tenant, class, stored); err != nil {
				return nil, err
			}
			if stored, err = r.table.of(ctx, tenant); err != nil {
				return nil, err
			}
		}
	}
	for _, s := range stored {
		text, err := r.unwrap(ctx, tenant, s)
		if err != nil {
			return nil, err
		}
		if s.class == Lookup {
			digester, err := sealed.ParseDigester(text)
			if err != nil {
				return nil, err
			}
			if k.lookups = append(k.lookups, digester); s.status == active {
				k.lookup = digester
			}
			continue
		}
		box, err := sealed.Parse(text)
		if err != nil {
			return nil, err
		}
		k.byNumber[box.Number()] = box
		if s.status == active {
			k.active = box
		}
	}
	return k, nil
}

// byItself is the context of what the platform does for a studio unasked.
func byItself(ctx context.Context, tenant uuid.UUID) context.Context {
	return viewer.ForTenant(ctx, tenant, "rotate a data key")
}

func hasActive(stored []stored, class Class) bool {
	for _, s := range stored {
		if s.class == class && s.status == active {
			return true
		}
	}
	return false
}

// place is what a wrapped key is bound to beside its studio.
func place(class Class, number int) string { return fmt.Sprintf("data_keys/%s/%d", class, number) }

// service is what wraps a key with the address.
func (r *Ring) service(ctx context.Context, address string) (Service, error) {
	if address == "" {
		return r.platform, nil
	}
	if r.cfg.Open == nil {
		return nil, errors.New("key: studios cannot have keys of their own here")
	}
	if open, ok := r.services.Get(address); ok {
		return open, nil
	}
	service, err := r.cfg.Open(ctx, address)
	if err == nil {
		r.services.Add(address, service)
	}
	return service, err
}

func (r *Ring) unwrap(ctx context.Context, tenant uuid.UUID, s stored) (secret.String, error) {
	service, err := r.service(ctx, s.address)
	if err != nil {
		return "", err
	}
	text, err := service.Unwrap(ctx, s.wrapped, tenant, place(s.class, s.number))
	return secret.String(text), err
}

// add makes a key of a class and stores it, wrapped like those before it. Of
// two that do it at once, one is kept.
func (r *Ring) add(ctx context.Context, tenant uuid.UUID, class Class, before []stored) error {
	next := stored{class: class, number: 1, status: active}
	for _, s := range before {
		next.address = s.address // the newest of any class
		if s.class == class {
			next.number = s.number + 1
		}
	}
	return r.wrapAndInsert(ctx, tenant, next)
}

func (r *Ring) wrapAndInsert(ctx context.Context, tenant uuid.UUID, next stored) error {
	text, err := generate(next.class)
	if err != nil {
		return err
	}
	if next.wrapped, err = r.wrap(ctx, tenant, next, text); err != nil {
		return err
	}
	next.rotates = r.cfg.Now().Add(r.cfg.Every[next.class])
	return r.table.insert(ctx, tenant, next, r.cfg.Now())
}

func (r *Ring) wrap(ctx context.Context, tenant uuid.UUID, s stored, text secret.String) ([]byte, error) {
	service, err := r.service(ctx, s.address)
	if err != nil {
		return nil, err
	}
	return service.Wrap(ctx, []byte(text.Reveal()), tenant, place(s.class, s.number))
}

func generate(class Class) (secret.String, error) {
	if class == Lookup {
		digester, err := sealed.GenerateDigester()
		if err != nil {
			return "", err
		}
		return digester.Text()
	}
	box, err := sealed.Generate()
	if err != nil {
		return "", err
	}
	return box.Text()
}
