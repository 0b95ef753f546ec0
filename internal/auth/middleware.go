package auth

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/viewer"
)

type (
	grantKey  struct{}
	siteKey   struct{}
	deviceKey struct{}
)

// Middleware gives each request its viewer, or answers by Config.Refuse and
// goes no further. A request without Authorization goes on without a viewer.
func (d *Door) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(WithAddress(r.Context(), d.conf.Address(r)), deviceKey{}, device(r))
		ctx = context.WithValue(ctx, siteKey{}, site{r.Host, r.Header["Origin"]})
		if values, present := r.Header["Authorization"]; present {
			admitted, err := d.enter(ctx, values...)
			if err != nil {
				d.conf.Refuse(w, r, err)
				return
			}
			ctx = admitted
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// site is where a request came to and what page it came from.
type site struct {
	host    string
	origins []string
}

// enter returns ctx with the viewer of a credential, if it may be used on the
// site and from the address of ctx.
func (d *Door) enter(ctx context.Context, values ...string) (context.Context, error) {
	found, err := d.verify(ctx, values...)
	if err != nil {
		return nil, err
	}
	if !d.onSite(ctx, found.viewer) || !found.from(addressOf(ctx)) {
		d.noteStray(ctx, found.viewer)
		return nil, credential.Refused()
	}
	return viewer.With(context.WithValue(ctx, grantKey{}, found), found.viewer), nil
}

func (d *Door) onSite(ctx context.Context, v *viewer.Viewer) bool {
	at, _ := ctx.Value(siteKey{}).(site)
	return d.hostMatches(ctx, v, at.host) &&
		!slices.ContainsFunc(at.origins, func(origin string) bool { return !d.OriginMatches(ctx, v, origin) })
}

// Authenticate is transport.Websocket's hook of the same name: Authorization
// in the payload of connection_init takes the place of the header's, which
// browsers cannot set.
func (d *Door) Authenticate(ctx context.Context, payload map[string]any) (context.Context, error) {
	var values []string
	for _, name := range []string{"Authorization", "authorization"} {
		given, present := payload[name]
		if !present {
			continue
		}
		text, ok := given.(string)
		if !ok {
			return nil, credential.Refused()
		}
		values = append(values, text)
	}
	if len(values) == 0 {
		return ctx, nil
	}
	return d.enter(ctx, values...)
}

// Alive reports whether the credential of ctx is still good, and for the same
// role: the check of a long-lived connection. Anonymous connections are alive.
// Only a verdict ends one: while the database cannot be asked, nothing that
// could be seen changes there either.
func (d *Door) Alive(ctx context.Context) bool {
	held, ok := ctx.Value(grantKey{}).(*grant)
	if !ok {
		return true
	}
	found, err := d.look(ctx, held.kind, held.hash)
	if err != nil {
		return fault.CodeOf(err) != fault.Unauthenticated
	}
	was, is := held.viewer, found.viewer
	return was.Shape() == is.Shape() && was.HouseholdID == is.HouseholdID && reflect.DeepEqual(was.Custom, is.Custom) && d.onSite(ctx, is) && found.from(addressOf(ctx))
}

// Trusted is transport.PersistedConfig's hook of the same name: a key that was
// given a list of documents runs those alone.
func Trusted(ctx context.Context, hash, _ string) error {
	held, ok := ctx.Value(grantKey{}).(*grant)
	if !ok || len(held.trusted) == 0 || slices.Contains(held.trusted, hash) {
		return nil
	}
	return fault.New(fault.UntrustedDocument, "This key runs its registered documents only.")
}

// WithAddress returns a context that knows where the request comes from, to
// slow down whoever tries passwords and to write it down. Middleware calls it.
func WithAddress(ctx context.Context, address string) context.Context {
	return outbox.WithAddress(ctx, address)
}

func addressOf(ctx context.Context) string { return outbox.Address(ctx) }

// device is what a browser calls itself, as far as it can be shown.
func device(r *http.Request) string {
	text := strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return -1
		}
		return c
	}, r.UserAgent())
	return text[:min(len(text), maxDevice)]
}

// maxDevice bounds what is kept of a browser's name for itself.
const maxDevice = 256

func deviceOf(ctx context.Context) string { d, _ := ctx.Value(deviceKey{}).(string); return d }

// withCaller returns to, knowing where the request of from comes from.
func withCaller(to, from context.Context) context.Context {
	to = WithAddress(to, addressOf(from))
	for _, key := range []any{deviceKey{}, siteKey{}} {
		if value := from.Value(key); value != nil {
			to = context.WithValue(to, key, value)
		}
	}
	return to
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// refuse is the default of Config.Refuse.
func refuse(w http.ResponseWriter, _ *http.Request, err error) {
	f, status := fault.From(err), http.StatusServiceUnavailable
	if f == nil {
		f = fault.New(fault.Unavailable, "The request cannot be served at this moment. Try again in a few seconds.")
	}
	header := w.Header()
	if f.Code == fault.Unauthenticated {
		status = http.StatusUnauthorized
		header.Set("WWW-Authenticate", "Bearer")
	}
	header.Set("Content-Type", "application/graphql-response+json; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{
		map[string]any{"message": f.Message, "extensions": map[string]any{"code": f.Code}},
	}})
}
