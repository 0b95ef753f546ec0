package fusionauth

import (
	"context"
	"net/http"
	"net/url"

	"github.com/barrehq/barre/internal/provider"
)

// Erase implements provider.Provider: users are deleted for good, with their
// registrations.
func (f *FusionAuth) Erase(ctx context.Context, connection provider.Connection, e provider.Erasure, links provider.Links) ([]provider.Confirmation, error) {
	return e.Linked(ctx, links, provider.Confirmation{State: provider.Erased}, "membership", func(ctx context.Context, remote string) error {
		return f.call(ctx, connection, provider.Request{Method: http.MethodDelete, URL: "/api/user/" + url.PathEscape(remote) + "?hardDelete=true"})
	})
}
