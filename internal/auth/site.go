package auth

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// AllowedOrigin reports whether pages of origin may call the API, for CORS:
// custom domains of active studios and Barre's own hosts, by https on its own
// port alone. In development, pages of this machine may too.
func (d *Door) AllowedOrigin(ctx context.Context, origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
		return false // "null", or more than an origin is
	}
	if u.Scheme == "http" {
		return d.conf.Development && slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname())
	}
	if u.Scheme != "https" || u.Port() != "" {
		return false
	}
	if slices.Contains(d.conf.Hosts, normalHost(u.Host)) {
		return true
	}
	owner, err := d.sites.owner(ctx, normalHost(u.Host))
	return err == nil && owner != uuid.Nil
}

// OriginMatches reports whether v may be used from a page of origin: on a
// studio's custom domain only that studio's credentials are. A domain narrows
// and never widens: it makes nobody a viewer.
func (d *Door) OriginMatches(ctx context.Context, v *viewer.Viewer, origin string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return true // nobody's domain
	}
	return d.hostMatches(ctx, v, u.Host)
}

// hostMatches is OriginMatches for a host, with or without a port.
func (d *Door) hostMatches(ctx context.Context, v *viewer.Viewer, host string) bool {
	host = normalHost(host)
	if v == nil || host == "" || slices.Contains(d.conf.Hosts, host) {
		return true
	}
	owner, err := d.sites.owner(ctx, host)
	return err == nil && (owner == uuid.Nil || owner == v.TenantID)
}

// normalHost returns host in lower case, without port and final dot.
func normalHost(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// sites are the custom domains of all active studios, as of one moment.
type sites struct {
	owners map[string]uuid.UUID
	read   time.Time
}

// directory keeps the sites in memory.
type directory struct {
	now  func() time.Time
	read func(context.Context) (map[string]uuid.UUID, error)
	log  *slog.Logger

	current atomic.Pointer[sites]
	reading sync.Mutex
}

// owner returns the studio of a host, the zero value for nobody's; an error only
// where the sites were never read.
func (d *directory) owner(ctx context.Context, host string) (uuid.UUID, error) {
	have := d.current.Load()
	if have != nil && (d.now().Sub(have.read) < siteAge || !d.reading.TryLock()) {
		return have.owners[host], nil // fresh, or being read by somebody else
	}
	if have == nil {
		d.reading.Lock()
	}
	defer d.reading.Unlock()
	return d.refresh(ctx, host)
}

// refresh reads the sites unless another caller just did. What cannot be read
// stays as it was.
func (d *directory) refresh(ctx context.Context, host string) (uuid.UUID, error) {
	have, now := d.current.Load(), d.now()
	if have != nil && now.Sub(have.read) < siteAge {
		return have.owners[host], nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	owners, err := d.read(ctx)
	if err != nil {
		d.log.WarnContext(ctx, "the custom domains could not be read", "error", err)
		if have == nil {
			return uuid.Nil, err
		}
		owners = have.owners
	}
	d.current.Store(&sites{owners, now})
	return owners[host], nil
}

// readSites reads the custom domains of all active studios in one statement.
func (d *Door) readSites(ctx context.Context) (map[string]uuid.UUID, error) {
	owners := map[string]uuid.UUID{}
	ctx = platform(ctx, "read the custom domains")
	const text = `SELECT d.host, d.tenant_id FROM custom_domains d JOIN tenants t ON t.id = d.tenant_id AND t.status <> 'SUSPENDED'`
	err := each(ctx, d.store.Run(ctx), query{text: text}, func(rows store.Rows) error {
		var host string
		var owner uuid.UUID
		err := rows.Scan(&host, &owner)
		owners[host] = owner
		return err
	})
	return owners, err
}
