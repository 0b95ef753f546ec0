package worker_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/inbound"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/fusionauth"
	"github.com/barrehq/barre/internal/provider/helpscout"
	"github.com/barrehq/barre/internal/provider/paycove"
	"github.com/barrehq/barre/internal/provider/pipedrive"
	"github.com/barrehq/barre/internal/provider/recurly"
	"github.com/barrehq/barre/internal/provider/stripe"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/worker"
)

// standIn is a fake that tells what is done there.
type standIn interface {
	http.Handler
	Listen(fake.Hook)
}

// visited is a bench whose studio A is connected to one vendor, where people do
// something.
type visited struct {
	*told
	vendor string // where its fake is reached
}

// visit connects studio A to the fake of p, which listens for what is done
// there. Every message arrives twice.
func visit(t *testing.T, p provider.Provider, at standIn, account destination.Account) *visited {
	t.Helper()
	b := &visited{told: &told{bench: prepare(t), made: map[string]*destination.Connected{}}}
	vendor := httptest.NewServer(at)
	t.Cleanup(vendor.Close)
	pool, err := job.Open(t.Context(), b.SystemURL, 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	jobs, err := job.NewClient(pool, nil, job.Config{Test: true})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	receiver := inbound.NewReceiver(pool, jobs, b.box, inbound.Config{Providers: []provider.Provider{p}})
	mux.HandleFunc("POST /hooks/{provider}/{token}", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		for _, to := range []http.ResponseWriter{httptest.NewRecorder(), w} {
			r.Body = io.NopCloser(bytes.NewReader(body))
			receiver.ServeHTTP(to, r)
		}
	})
	b.server = httptest.NewServer(mux)
	t.Cleanup(b.server.Close)
	b.worker = b.start(t, func(c *worker.Config) {
		c.Delivery.Providers = []provider.Provider{p}
		c.Delivery.Next = func(int, time.Duration) time.Duration { return 0 }
		c.Retry = func(int) time.Duration { return time.Millisecond }
		c.Office = billing.New(b.Store, time.Now)
		c.Members = auth.NewIdentity(b.Store, nil, auth.NewDoor(b.Store, auth.Config{}), auth.IdentityConfig{Box: b.box})
	})
	var options []string
	for name := range account.Options {
		options = append(options, name)
	}
	b.registry = destination.New(b.Store, b.box, destination.Config{CheckURL: b.sender.CheckURL, HooksURL: b.server.URL, Connectors: map[string]destination.Connector{
		p.Name(): {BaseURL: vendor.URL, Check: func(s secret.String, _ bool) (secret.String, error) { return s, nil }, Bills: true, Options: options},
	}})
	account.Provider, account.Mode, account.Secret = p.Name(), integration.ModeTEST, "barre:0123456789abcdef0123456789"
	made, err := b.registry.ConnectIntegration(b.A.As(t.Context(), viewer.Owner), account)
	if err != nil {
		t.Fatal(err)
	}
	at.Listen(fake.Hook{Tenant: provider.Ref{Type: "tenant", ID: b.A.Tenant}.String(), Credential: account.Credential.Reveal(), URL: made.URL, Secret: account.Secret.Reveal()})
	b.made[p.Name()], b.vendor = made, vendor.URL
	b.settle(t)
	return b
}

// write makes records as the owner of studio A, and lets the vendor hear of them.
func (b *visited) write(t *testing.T, do func(context.Context, *ent.Client) error) {
	t.Helper()
	if err := b.InTx(b.A.As(t.Context(), viewer.Owner), func(ctx context.Context) error { return do(ctx, b.Client(ctx)) }); err != nil {
		t.Fatal(err)
	}
	b.worker.Wake()
	if got := b.settle(t); got["FAILED"] != 0 {
		t.Fatalf("deliveries %v", got)
	}
}

// act does something at the vendor and returns the status of its page.
func (b *visited) act(t *testing.T, act, on string) int {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.PostForm(b.vendor+"/_act", url.Values{"act": {act}, "on": {on}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// remote is the id that the vendor has for the one record of a type.
func (b *visited) remote(t *testing.T, entity string) (id string) {
	t.Helper()
	if err := b.Super(t).QueryRow(`SELECT remote_id FROM provider_links WHERE entity_type = $1`, entity).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// What people do at a vendor comes back by its message, signed as it signs, and
// is in the studio's records once.
func TestVendorsCallBack(t *testing.T) {
	billed := func(t *testing.T, b *visited) string {
		b.invoice = b.bill(t, b.A)
		b.settle(t)
		return b.ref()
	}
	const paid = `SELECT count(*) FROM payments p JOIN invoices i ON i.id = p.invoice_id WHERE i.status = 'PAID' AND p.amount = i.total`
	for name, c := range map[string]struct {
		provider provider.Provider
		fake     standIn
		account  destination.Account
		record   func(*testing.T, *visited) string // makes what something is done with, and names it as the vendor does
		act      string
		count    string // what came of it
	}{
		"Stripe":  {stripe.New(stripe.Config{}), fake.NewStripe(fake.StripeConfig{}), destination.Account{Credential: "sk_test_key"}, billed, "pay", paid},
		"Recurly": {recurly.New(recurly.Config{}), fake.NewRecurly(fake.RecurlyConfig{}), destination.Account{Credential: "key"}, billed, "pay", paid},
		"PayCove": {paycove.New(paycove.Config{}), fake.NewPayCove(fake.PayCoveConfig{}), destination.Account{Credential: "token"}, billed, "pay", paid},
		"PayCove's checkout": {paycove.New(paycove.Config{}), fake.NewPayCove(fake.PayCoveConfig{}), destination.Account{Credential: "acct-7", Options: map[string]string{
			paycove.OptionMode: paycove.ModeCheckout, paycove.OptionReturn: "https://classes.example.com/paid",
		}}, billed, "pay", paid},
		"Customer.io": {customerio.New(customerio.Config{}), fake.NewCustomerIO(fake.CustomerIOConfig{}), destination.Account{Credential: "site:track:"}, func(t *testing.T, b *visited) string {
			b.write(t, func(ctx context.Context, c *ent.Client) error {
				return c.Guardian.UpdateOneID(b.A.Guardian).SetFirstName("Adaeze").Exec(ctx)
			})
			return provider.Ref{Type: "guardian", ID: b.A.Guardian}.String()
		}, "bounce", `SELECT count(*) FROM suppressions WHERE reason = 'BOUNCED' AND provider = 'customerio'`},
		"Help Scout": {helpscout.New(helpscout.Config{}), fake.NewHelpScout(fake.HelpScoutConfig{}), destination.Account{
			Credential: "app:key", Options: map[string]string{helpscout.OptionMailbox: "85"},
		}, func(t *testing.T, b *visited) string {
			b.write(t, func(ctx context.Context, c *ent.Client) error {
				asked, err := c.Ticket.Create().SetSubject("Shoes").SetHouseholdID(b.A.Household).SetGuardianID(b.A.Guardian).Save(ctx)
				if err != nil {
					return err
				}
				return c.TicketReply.Create().SetTicketID(asked.ID).SetAuthor("FAMILY").SetText("Which shoes?").Exec(ctx)
			})
			return b.remote(t, "Ticket")
		}, "reply", `SELECT count(*) FROM ticket_replies WHERE author = 'STAFF'`},
		"Pipedrive": {pipedrive.New(pipedrive.Config{}), fake.NewPipedrive(fake.PipedriveConfig{}), destination.Account{
			Credential: "token", Options: map[string]string{pipedrive.OptionStages: "Trial booked=3"},
		}, func(t *testing.T, b *visited) string {
			b.write(t, func(ctx context.Context, c *ent.Client) error {
				return c.Deal.Create().SetHouseholdID(b.A.Household).SetTitle("Party").SetStage("Trial booked").SetValue(24000).Exec(ctx)
			})
			return b.remote(t, "Deal")
		}, "win", `SELECT count(*) FROM deals WHERE status = 'WON'`},
		"FusionAuth": {fusionauth.New(fusionauth.Config{}), fake.NewFusionAuth(fake.FusionAuthConfig{}), destination.Account{
			Credential: "key", Options: map[string]string{fusionauth.OptionApplication: uuid.NewString()},
		}, func(t *testing.T, b *visited) string {
			b.write(t, func(ctx context.Context, c *ent.Client) error {
				return c.Membership.Create().SetEmail("tom@example.com").SetName("Tom").SetRole("TEACHER").SetStatus("ACTIVE").Exec(ctx)
			})
			return b.remote(t, "Membership")
		}, "deactivate", `SELECT count(*) FROM memberships WHERE status = 'REVOKED'`},
	} {
		t.Run(name, func(t *testing.T) {
			b := visit(t, c.provider, c.fake, c.account)
			on := c.record(t, b)
			if n := b.number(t, c.count); n != 0 {
				t.Fatalf("there is %d before", n)
			}
			if status := b.act(t, c.act, on); status != http.StatusSeeOther {
				t.Fatalf("%s %s: %d", c.act, on, status)
			}
			if got := b.come(t); got["HANDLED"] != 1 || len(got) != 1 {
				t.Errorf("messages %v", got)
			}
			if got := b.settle(t); got["FAILED"] != 0 { // what it is told of its own news
				t.Errorf("deliveries %v", got)
			}
			if n := b.number(t, c.count); n != 1 {
				t.Errorf("%d in the records; want 1", n)
			}
			if _, asked := c.provider.(provider.Poller); asked {
				b.poll(t, c.provider.Name())
			}
			if n, messages := b.number(t, c.count), b.number(t, `SELECT count(*) FROM inbound_messages WHERE type <> 'poll'`); n != 1 || messages != 1 {
				t.Errorf("after asking %d in the records, %d messages", n, messages)
			}
			if status := b.act(t, "dance", on); status != http.StatusConflict {
				t.Errorf("what cannot be done: %d", status)
			}
		})
	}
}
