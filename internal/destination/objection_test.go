package destination_test

import (
	"context"
	"testing"
	"time"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// An objection ends a connection with its credential and keeps it from being
// made again, until it is withdrawn; the neighbor's has no part in it.
func TestObjection(t *testing.T) {
	t.Parallel()
	b := setUp(t)
	owner, neighbor := b.A.As(t.Context(), viewer.Owner), b.B.As(t.Context(), viewer.Owner)
	account := destination.Account{Provider: "stripe", Mode: integration.ModeTEST, Credential: "sk_test_1"}
	made, err := b.ConnectIntegration(owner, account)
	if err != nil {
		t.Fatal(err)
	}
	objection, err := b.Object(owner, "stripe", " We bill by hand. ")
	if err != nil || objection.Reason != "We bill by hand." || objection.WithdrawnAt != nil {
		t.Fatalf("%v, %v", objection, err)
	}
	left, err := b.Client(owner).Integration.Get(owner, made.ID)
	if err != nil || left.Status != integration.StatusDISCONNECTED || len(left.Credential) != 0 {
		t.Errorf("the connection goes on: %v, %v", left, err)
	}
	if _, err := b.ConnectIntegration(owner, account); code(err) != fault.WrongState {
		t.Errorf("connected against the objection: %v", err)
	}
	if _, err := b.ConnectIntegration(neighbor, account); err != nil {
		t.Errorf("the neighbor cannot connect: %v", err)
	}
	if _, err := b.WithdrawObjection(neighbor, "stripe"); code(err) != fault.NotFound {
		t.Errorf("the neighbor withdrew it: %v", err)
	}
	for range 2 { // the second finds none
		_, err = b.WithdrawObjection(owner, "stripe")
	}
	if code(err) != fault.NotFound {
		t.Errorf("withdrawn twice: %v", err)
	}
	if _, err := b.ConnectIntegration(owner, account); err != nil {
		t.Errorf("after the objection: %v", err)
	}
	if _, err := b.Object(owner, "aws", ""); code(err) != fault.Invalid {
		t.Errorf("an objection to who hosts: %v", err)
	}
	for name, ctx := range roles(t, b, "integration") {
		_, err := b.Object(ctx, "customerio", "")
		if allowed := name == "owner" || name == "admin"; (err == nil) != allowed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nobody connects to a new sub-processor before the time for objections is over.
func TestNoticePeriod(t *testing.T) {
	t.Parallel()
	b := setUp(t)
	now := time.Now()
	b.Registry = destination.New(b.Store, b.box, destination.Config{Now: func() time.Time { return now }, Connectors: map[string]destination.Connector{
		"stripe": {Check: destination.StripeKey, Opens: now.Add(time.Hour)},
	}})
	owner := b.A.As(t.Context(), viewer.Owner)
	account := destination.Account{Provider: "stripe", Mode: integration.ModeTEST, Credential: "sk_test_1"}
	if _, err := b.ConnectIntegration(owner, account); code(err) != fault.WrongState {
		t.Errorf("within the time: %v", err)
	}
	if _, err := b.Object(owner, "stripe", ""); err != nil {
		t.Errorf("an objection within the time: %v", err)
	}
	now = now.Add(time.Hour)
	if _, err := b.ConnectIntegration(owner, account); code(err) != fault.WrongState {
		t.Errorf("after the time, against the objection: %v", err)
	}
	if _, err := b.WithdrawObjection(owner, "stripe"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ConnectIntegration(owner, account); err != nil {
		t.Errorf("after the time: %v", err)
	}
}

// Where the studio's data may not go, no vendor is connected, and one that was
// is let go.
func TestForbiddenLocations(t *testing.T) {
	t.Parallel()
	b := setUp(t)
	ctx := b.A.As(t.Context(), viewer.Owner)
	forbid := func(locations ...string) error {
		return b.InTx(ctx, func(ctx context.Context) error {
			update := b.Client(ctx).Tenant.UpdateOneID(b.A.Tenant).SetForbiddenLocations(locations)
			if err := b.CheckTenant(ctx, update.Mutation()); err != nil {
				return err
			}
			return update.Exec(ctx)
		})
	}
	american := destination.Account{Provider: "stripe", Mode: integration.ModeTEST, Credential: "sk_test_1"}
	canadian := destination.Account{Provider: "recurly", Mode: integration.ModeTEST, Credential: "key"}
	status := map[string]*ent.Integration{}
	for _, account := range []destination.Account{american, canadian} {
		made, err := b.ConnectIntegration(ctx, account)
		if err != nil {
			t.Fatal(err)
		}
		status[account.Provider] = made.Integration
	}
	if err := forbid("Atlantis"); code(err) != fault.Invalid {
		t.Errorf("a place where nobody is: %v", err)
	}
	if err := forbid("US"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]integration.Status{"stripe": integration.StatusDISCONNECTED, "recurly": integration.StatusACTIVE} {
		now, err := b.Client(ctx).Integration.Get(ctx, status[name].ID)
		if err != nil || now.Status != want {
			t.Errorf("%s is %v, %v; want %s", name, now, err, want)
		}
	}
	if _, err := b.ConnectIntegration(ctx, american); code(err) != fault.WrongState {
		t.Errorf("connected to where data may not go: %v", err)
	}
	if _, err := b.ConnectIntegration(b.B.As(t.Context(), viewer.Owner), american); err != nil {
		t.Errorf("the neighbor, who forbids nothing: %v", err)
	}
	if err := forbid(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ConnectIntegration(ctx, american); err != nil {
		t.Errorf("once nothing is forbidden: %v", err)
	}
}
