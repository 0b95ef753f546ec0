package bench

import (
	"context"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/sealed"
)

// place is where a page of a tenant's invoices begins.
type place struct {
	tenant             int
	status, after, due string
	id                 uuid.UUID
}

func (p place) ask() question {
	return question{p.tenant, map[string]any{"status": p.status, "after": p.after},
		map[string]string{"status": p.status, "due": p.due, "id": p.id.String()}}
}

// places are the second pages of open and of paid invoices of every tenant but
// the large one.
func (r *run) places(ctx context.Context) ([]place, error) {
	var list []place
	for t := 2; t <= r.data.Tenants; t++ {
		for _, status := range []string{"OPEN", "PAID"} {
			p, err := r.placeAt(ctx, t, status, 100)
			if err != nil {
				return nil, err
			}
			list = append(list, p)
		}
	}
	return list, nil
}

// placeAt is the place behind the given number of invoices. Its cursor is made
// with the server's own key, which saves turning all the pages before it.
func (r *run) placeAt(ctx context.Context, tenant int, status string, behind int) (place, error) {
	p := place{tenant: tenant, status: status}
	owner := made(tenantKind, tenant, 1)
	err := r.super(ctx, `SELECT due_on::text, id FROM invoices WHERE tenant_id = $1 AND status = $2 ORDER BY due_on, id OFFSET $3 LIMIT 1`,
		[]any{owner, status, behind - 1}, &p.due, &p.id)
	if err != nil {
		return p, err
	}
	key, err := sealed.LoadKey(filepath.Join(r.Dir, "server", "keys", "cursor"), cursor.MinKey)
	if err != nil {
		return p, err
	}
	codec, err := cursor.New(key)
	if err != nil {
		return p, err
	}
	p.after = string(codec.Encode(nil, owner, "Invoice.due_on", []cursor.Value{cursor.String(p.due), cursor.UUID(p.id)}))
	return p, nil
}
