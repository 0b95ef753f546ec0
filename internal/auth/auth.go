// Package auth says who is calling. Door verifies the credential of each
// request and makes the viewer of it; Identity holds the verbs by which people
// and programs get credentials and lose them.
package auth

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

const (
	// fresh is how long a verified credential is believed without asking
	// again: a revocation anywhere takes effect within a second, with a margin
	// for the request that has just been let in.
	fresh = 800 * time.Millisecond
	// patience bounds one question to the database.
	patience = 2 * time.Second
	// siteAge is how long the directory of custom domains is believed.
	siteAge = 5 * time.Second
)

// Config is what a Door needs to know; the zero value is for production.
type Config struct {
	// Hosts are Barre's own, such as api.barre.example. Every credential may
	// be used on them, whatever custom domains a studio claims.
	Hosts []string
	// Development lets pages of localhost call without TLS.
	Development bool
	// Keys are the API keys that are taken; LIVE when empty. Those of another
	// environment do not serve, even if they are in the database.
	Keys credential.Mode
	// Refuse answers a request that must not go on; nil answers in GraphQL's
	// shape, 401 for UNAUTHENTICATED and 503 for everything else.
	Refuse func(w http.ResponseWriter, r *http.Request, err error)
	// Address says where a request comes from; nil takes the peer's. Behind a
	// proxy it has to be the last hop that can be trusted.
	Address func(r *http.Request) string
	Cached  int              // credentials believed at once; 10,000 when zero
	Now     func() time.Time // time.Now when nil
	Log     *slog.Logger     // slog's default when nil
}

// Door verifies credentials. It is safe for concurrent use.
type Door struct {
	store *store.Store
	conf  Config
	cache *cache
	sites *directory
	noted *throttle // keeps refusals from filling the audit log
}

// NewDoor returns a Door in front of s. It asks the database nothing yet.
func NewDoor(s *store.Store, conf Config) *Door {
	conf.Cached = cmp.Or(conf.Cached, 10_000)
	conf.Keys = cmp.Or(conf.Keys, credential.Live)
	if conf.Now == nil {
		conf.Now = time.Now
	}
	if conf.Refuse == nil {
		conf.Refuse = refuse
	}
	if conf.Address == nil {
		conf.Address = peer
	}
	if conf.Log == nil {
		conf.Log = slog.Default()
	}
	conf.Hosts = slices.Clone(conf.Hosts)
	for i, host := range conf.Hosts {
		conf.Hosts[i] = normalHost(host)
	}
	d := &Door{store: s, conf: conf, cache: newCache(conf.Cached, conf.Now), noted: newThrottle(conf.Now)}
	d.sites = &directory{now: conf.Now, read: d.readSites, log: conf.Log}
	return d
}

// Verify returns the viewer of the Authorization header, and nil without an
// error where there is none: an anonymous request. A credential that does not
// serve is credential.Refused, whatever is wrong with it; UNAVAILABLE says that
// the database could not be asked. It does not look at Origin and Host, as
// Middleware does.
func (d *Door) Verify(ctx context.Context, header http.Header) (*viewer.Viewer, error) {
	values, present := header["Authorization"]
	if !present {
		return nil, nil
	}
	found, err := d.verify(ctx, values...)
	if err != nil {
		return nil, err
	}
	return found.viewer, nil
}

// verify checks the values of Authorization, of which there must be one.
func (d *Door) verify(ctx context.Context, values ...string) (*grant, error) {
	if len(values) != 1 {
		return nil, credential.Refused()
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return nil, credential.Refused()
	}
	kind, hash, err := credential.Parse(token)
	if err != nil {
		return nil, err
	}
	if mode := credential.ModeOf(token); mode != "" && mode != d.conf.Keys {
		return nil, fault.New(fault.Unauthenticated, "This is a %s key, and this server takes %s keys alone.",
			strings.ToLower(string(mode)), strings.ToLower(string(d.conf.Keys)))
	}
	return d.look(ctx, kind, hash)
}

// look returns what is known of the credential with the given hash.
func (d *Door) look(ctx context.Context, kind credential.Kind, hash credential.Hash) (*grant, error) {
	switch kind {
	case credential.Session, credential.SecretKey, credential.PublishableKey, credential.StaffKey, credential.StaffAccess, credential.AppAccess:
	default:
		return nil, credential.Refused() // it opens something, but not this door
	}
	found, err := d.cache.get(ctx, hash, func(ctx context.Context) (*grant, error) {
		return d.find(ctx, kind, hash)
	})
	if err != nil {
		return nil, err
	}
	if found.expired(d.conf.Now()) {
		return nil, credential.Refused()
	}
	return found, nil
}
