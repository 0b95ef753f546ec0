package fusionauth_test

import (
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/fusionauth"
)

// reset is the wish for a new password where FusionAuth mails the link.
func (b *bench) reset() provider.Change {
	c := b.change("membership.password_reset_requested")
	c.ResetMailer = fusionauth.ID
	return c
}

func TestReset(t *testing.T) {
	b := newBench(t, plain)
	if outcome := b.mustDo(b.plan(b.reset())); outcome.State != provider.Skipped {
		t.Errorf("for nobody of FusionAuth's: %+v", outcome)
	}
	b.mustDo(b.plan(b.change("membership.invited")))
	if outcome := b.mustDo(b.plan(b.reset())); outcome.State != provider.Done {
		t.Errorf("%+v", outcome)
	}
	unsent := b.reset()
	unsent.Member.Suppressed = true
	if outcome := b.mustDo(b.plan(unsent)); outcome.State != provider.Skipped {
		t.Errorf("to an address that nothing may be sent to: %+v", outcome)
	}
	old := b.plan(b.reset())
	b.now = b.now.Add(61 * time.Minute)
	if outcome := b.mustDo(old); outcome.State != provider.Skipped {
		t.Errorf("an hour later: %+v", outcome)
	}
	b.mustDo(b.plan(b.change("membership.revoked")))
	if outcome := b.mustDo(b.plan(b.reset())); outcome.State != provider.Skipped {
		t.Errorf("for one who may not sign in: %+v", outcome)
	}
	if mails := b.state().Mails; len(mails) != 2 || mails[1]["to"] != "ann@example.com" || mails[1]["template"] != "forgot-password" {
		t.Errorf("mails %v", mails)
	}
}

// Nobody can say whether a mail was sent: it is asked for once more.
func TestResetInterrupted(t *testing.T) {
	b := newBench(t, plain)
	b.mustDo(b.plan(b.change("membership.invited")))
	b.fake.Fail(fake.Failure{Path: "/api/user/forgot-password", After: true})
	o := b.plan(b.reset())
	if _, err := b.do(o); provider.ClassOf(err) != provider.Unknown {
		t.Fatalf("Do: %v", err)
	}
	for round, want := range []provider.State{provider.Missing, provider.Unresolved} {
		o.Round = round
		if found, err := b.provider.Reconcile(t.Context(), b.connection, o, b.links); err != nil || found.State != want {
			t.Errorf("round %d: %+v, %v; want %s", round, found, err, want)
		}
	}
}

// One provider mails the link, and no other a second one.
func TestOneMailer(t *testing.T) {
	b := newBench(t, plain)
	messages := customerio.New(customerio.Config{})
	for mailer, want := range map[string][2]int{"": {0, 1}, fusionauth.ID: {1, 0}, customerio.ID: {0, 1}} {
		c := b.reset()
		c.ResetMailer = mailer
		c.Person = &provider.Person{ID: id(201), Kind: "membership", Email: "ann@example.com"}
		c.Invitation = &provider.Invitation{URL: "https://studio.example/reset"}
		there, err := b.provider.Plan(c)
		if err != nil {
			t.Fatal(err)
		}
		here, err := messages.Plan(c)
		if err != nil || len(there) != want[0] || len(here) != want[1] {
			t.Errorf("%q: FusionAuth %d, Customer.io %d, %v", mailer, len(there), len(here), err)
		}
	}
}

func TestFits(t *testing.T) {
	for name, c := range map[string]struct {
		options map[string]string
		fits    bool
	}{
		"nothing":             {nil, true},
		"its own mail":        {map[string]string{fusionauth.OptionResetMail: "fusionauth"}, true},
		"another's mail":      {map[string]string{fusionauth.OptionResetMail: "pigeon"}, false},
		"an algorithm":        {map[string]string{fusionauth.OptionAlgorithm: "ES256"}, true},
		"no algorithm at all": {map[string]string{fusionauth.OptionAlgorithm: "none"}, false},
	} {
		if problem := fusionauth.Fits(provider.Connection{Options: c.options}); (problem == "") != c.fits {
			t.Errorf("%s: %q", name, problem)
		}
	}
}
