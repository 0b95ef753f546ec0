package worker_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/delivery"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/recurly"
	"github.com/barrehq/barre/internal/provider/stripe"
	"github.com/barrehq/barre/internal/viewer"
)

// A studio's providers forget a family, each says so, and the neighbor's are
// not asked.
func TestErase(t *testing.T) {
	b := hear(t, stripe.ID, recurly.ID, customerio.ID)
	owner := b.A.As(t.Context(), viewer.Owner)
	pool, err := job.Open(t.Context(), b.SystemURL, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	providers := []provider.Provider{stripe.New(stripe.Config{}), recurly.New(recurly.Config{}), customerio.New(customerio.Config{})}
	eraser := delivery.NewEraser(pool, b.box, providers, slog.Default())
	who, err := eraser.Family(t.Context(), b.A.Tenant, b.A.Household)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, ref := range who.Refs {
		kinds[ref.Type]++
	}
	if kinds["household"] != 1 || kinds["guardian"] != 1 || kinds["invoice"] != 1 {
		t.Errorf("the family is %v", who.Refs)
	}
	if theirs, err := eraser.Erase(t.Context(), b.B.Tenant, who); err != nil || len(theirs) != 0 {
		t.Errorf("the neighbor's providers were asked: %v, %v", theirs, err)
	}
	if _, err := b.Super(t).Exec(`INSERT INTO provider_links (id, created_at, updated_at, tenant_id, integration_id, entity_type, entity_id, remote_id)
		VALUES (gen_random_uuid(), now(), now(), $1, $2, 'Household', $3, 'from before')`, b.A.Tenant, b.made[recurly.ID].ID, b.A.Household); err != nil {
		t.Fatal(err)
	}
	if _, err := b.registry.DisconnectIntegration(owner, b.made[recurly.ID].ID); err != nil {
		t.Fatal(err)
	}
	receipts, err := eraser.Erase(t.Context(), b.A.Tenant, who)
	if err != nil || len(receipts) != 3 {
		t.Fatal(receipts, err)
	}
	for _, r := range receipts {
		switch r.Provider {
		case recurly.ID:
			if len(r.Confirmed) != 0 || !strings.Contains(r.Problem, "connection has ended") {
				t.Errorf("a connection that has ended: %+v", r)
			}
		default:
			if len(r.Confirmed) != 1 || r.Confirmed[0].State != provider.Erased || r.Problem != "" {
				t.Errorf("%s: %+v", r.Provider, r)
			}
		}
	}
	if n := b.number(t, `SELECT count(*) FROM provider_links WHERE integration_id = $1 AND entity_type = 'Household'`, b.made[stripe.ID].ID); n != 0 {
		t.Error("the link to what is gone is kept")
	}
	if n := b.number(t, `SELECT count(*) FROM provider_links WHERE integration_id = $1 AND entity_type = 'Household'`, b.made[recurly.ID].ID); n != 1 {
		t.Error("the link to what is still there is lost")
	}
}
