package pipedrive

import (
	"context"

	"github.com/barrehq/barre/internal/provider"
)

// Erase implements provider.Provider.
func (p *Pipedrive) Erase(ctx context.Context, connection provider.Connection, e provider.Erasure, links provider.Links) ([]provider.Confirmation, error) {
	c := &call{p, connection, links, true}
	deleted := provider.Confirmation{State: provider.Accepted, Note: "Pipedrive keeps what was deleted for 30 days, where nobody but its owner can restore it."}
	var all []provider.Confirmation
	for _, k := range []kind{deals, persons, organizations} { // what names others goes before them
		of, err := e.Linked(ctx, links, deleted, k.prefix(), func(ctx context.Context, remote string) error { return c.delete(ctx, k, remote) })
		if all = append(all, of...); err != nil {
			return all, err
		}
	}
	return all, nil
}
