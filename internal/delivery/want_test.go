package delivery

import (
	"reflect"
	"slices"
	"testing"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/fusionauth"
	"github.com/barrehq/barre/internal/provider/helpscout"
	"github.com/barrehq/barre/internal/provider/pipedrive"
	"github.com/barrehq/barre/internal/provider/stripe"
)

// A part of a change that loadable forgets would keep a provider from ever
// being told.
func TestLoadableHasEverything(t *testing.T) {
	v := reflect.ValueOf(loadable("household.created", "stripe"))
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if f := v.Field(i); f.IsZero() {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestWants(t *testing.T) {
	wants := Wants([]provider.Provider{
		stripe.New(stripe.Config{}), customerio.New(customerio.Config{}), helpscout.New(helpscout.Config{}),
		pipedrive.New(pipedrive.Config{}), fusionauth.New(fusionauth.Config{}),
	})
	for name, list := range map[string][]string{
		"stripe": {"household.created", "household.updated", "invoice.issued", "invoice.paid", "invoice.voided", "refund.created"},
		"customerio": {"enrollment.created", "enrollment.dropped", "guardian.created", "guardian.updated", "invoice.issued", "invoice.paid",
			"membership.invited", "membership.password_reset_requested", "membership.verification_requested", "suppression.deleted", "webhookendpoint.disabled"},
		"helpscout":  {"ticket.updated", "ticketreply.created"},
		"fusionauth": {"membership.accepted", "membership.created", "membership.deleted", "membership.invited", "membership.password_reset_requested", "membership.revoked", "membership.updated"},
		"pipedrive": {"deal.created", "deal.deleted", "deal.restored", "deal.updated", "guardian.created", "guardian.deleted", "guardian.restored",
			"guardian.updated", "household.created", "household.deleted", "household.restored", "household.updated"},
	} {
		if !slices.Equal(wants[name], list) {
			t.Errorf("%s wants %v; want %v", name, wants[name], list)
		}
	}
}
