package worker_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stripe/stripe-go/v85/webhook"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/enrollment"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/inbound"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/paycove"
	"github.com/barrehq/barre/internal/provider/recurly"
	"github.com/barrehq/barre/internal/provider/stripe"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/worker"
)

// told is a bench whose studio A is connected to every billing provider and to
// one for messages, and listens to all of them.
type told struct {
	*bench
	stripe  *fake.Stripe
	recurly *fake.Recurly
	paycove *fake.PayCove
	made    map[string]*destination.Connected
	server  *httptest.Server
	invoice *ent.Invoice
}

func hear(t *testing.T, names ...string) *told {
	t.Helper()
	b := &told{
		stripe: fake.NewStripe(fake.StripeConfig{}), recurly: fake.NewRecurly(fake.RecurlyConfig{}), paycove: fake.NewPayCove(fake.PayCoveConfig{}),
		made: map[string]*destination.Connected{},
	}
	all := []provider.Provider{stripe.New(stripe.Config{}), recurly.New(recurly.Config{}), paycove.New(paycove.Config{}), customerio.New(customerio.Config{})}
	b.bench = prepare(t)
	b.worker = b.start(t, func(c *worker.Config) {
		c.Delivery.Providers = all
		c.Delivery.Repair = time.Millisecond
		c.Delivery.Next = func(int, time.Duration) time.Duration { return 0 }
		c.Retry = func(int) time.Duration { return time.Millisecond }
		c.Office = billing.New(b.Store, time.Now)
	})
	connectors, credentials := map[string]destination.Connector{}, map[string]secret.String{
		stripe.ID: "sk_test_key", recurly.ID: "recurlykey", paycove.ID: "token", customerio.ID: "site:track",
	}
	for name, handler := range map[string]http.Handler{
		stripe.ID: b.stripe, recurly.ID: b.recurly, paycove.ID: b.paycove, customerio.ID: fake.NewCustomerIO(fake.CustomerIOConfig{}),
	} {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		connectors[name] = destination.Connector{BaseURL: server.URL, Check: map[string]func(secret.String, bool) (secret.String, error){
			stripe.ID: destination.StripeKey, recurly.ID: destination.PlainKey, paycove.ID: destination.PlainKey, customerio.ID: destination.CustomerIOKey,
		}[name], Bills: name != customerio.ID}
	}
	b.registry = destination.New(b.Store, b.box, destination.Config{CheckURL: b.sender.CheckURL, Connectors: connectors})
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
	mux.Handle("POST /hooks/{provider}/{token}", inbound.NewReceiver(pool, jobs, b.box, inbound.Config{Providers: all}))
	b.server = httptest.NewServer(mux)
	t.Cleanup(b.server.Close)
	for _, name := range names {
		made, err := b.registry.ConnectIntegration(b.A.As(t.Context(), viewer.Owner), destination.Account{
			Provider: name, Mode: integration.ModeTEST, Credential: credentials[name], Secret: secret.String("whsec_" + name),
		})
		if err != nil {
			t.Fatal(err)
		}
		b.made[name] = made
	}
	b.invoice = b.bill(t, b.A)
	b.settle(t)
	return b
}

func (b *told) ref() string { return provider.Ref{Type: "invoice", ID: b.invoice.ID}.String() }

// post sends a message as the provider would, and returns the answer's status.
func (b *told) post(t *testing.T, url string, header http.Header, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.server.URL+url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

func (b *told) fromStripe(t *testing.T, h fake.Happened) int {
	t.Helper()
	body, _ := json.Marshal(h.Body)
	signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: "whsec_stripe", Timestamp: time.Now(), Scheme: "v1"})
	return b.post(t, b.made[stripe.ID].URL, http.Header{"Stripe-Signature": {signed.Header}}, string(body))
}

func (b *told) fromRecurly(t *testing.T, id, kind, number string) int {
	t.Helper()
	body := fmt.Sprintf(`{"id":%q,"object_type":"charge_invoice","event_type":%q,"event_time":"2026-09-01T08:00:00Z","invoice_number":%q}`, id, kind, number)
	at := fmt.Sprint(time.Now().UnixMilli())
	mac := hmac.New(sha256.New, []byte("whsec_recurly"))
	mac.Write([]byte(at + "." + body))
	return b.post(t, b.made[recurly.ID].URL, http.Header{"Recurly-Signature": {at + "," + hex.EncodeToString(mac.Sum(nil))}, "Recurly-Notification-Id": {id}}, body)
}

// come waits until every message has come to something and returns how many
// have come to what.
func (b *told) come(t *testing.T) map[string]int {
	t.Helper()
	db := b.Super(t)
	for open := 1; open > 0; {
		if err := db.QueryRow(`SELECT count(*) FILTER (WHERE status = 'RECEIVED') FROM inbound_messages, pg_sleep(0.01)`).Scan(&open); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := db.Query(`SELECT status, count(*) FROM inbound_messages WHERE type <> 'poll' GROUP BY status`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := map[string]int{}
	for rows.Next() {
		var (
			status string
			n      int
		)
		if err := rows.Scan(&status, &n); err != nil {
			t.Fatal(err)
		}
		got[status] = n
	}
	return got
}

func (b *told) number(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := b.Super(t).QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// poll lets the worker ask a provider and waits until it has.
func (b *told) poll(t *testing.T, name string) {
	t.Helper()
	pool, err := job.Open(t.Context(), b.SystemURL, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	jobs, err := job.NewClient(pool, nil, job.Config{Test: true})
	if err != nil {
		t.Fatal(err)
	}
	inserted, err := jobs.Insert(t.Context(), job.Poll{Integration: b.made[name].ID, Tenant: b.A.Tenant}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for state := ""; state != "completed"; {
		if err := b.Super(t).QueryRow(`SELECT state FROM river.river_job, pg_sleep(0.01) WHERE id = $1`, inserted.Job.ID).Scan(&state); err != nil {
			t.Fatal(err)
		}
		if state == "discarded" {
			t.Fatal("the poll failed")
		}
	}
}

// A payment is written down once, whichever way it is told, and what we tell
// the providers about it comes back as no news.
func TestPaymentIsToldOnce(t *testing.T) {
	for name, tell := range map[string]func(*testing.T, *told){
		"by a message": func(t *testing.T, b *told) { b.fromStripe(t, b.stripe.Pay(b.ref(), 9500)) },
		"by two messages, each twice": func(t *testing.T, b *told) {
			part, whole := b.stripe.Pay(b.ref(), 4500), b.stripe.Pay(b.ref(), 5000)
			for range 2 {
				b.fromStripe(t, whole)
				b.fromStripe(t, part)
			}
		},
		"by asking": func(t *testing.T, b *told) { b.stripe.Pay(b.ref(), 9500); b.poll(t, stripe.ID) },
		"by a message and then asking": func(t *testing.T, b *told) {
			b.fromStripe(t, b.stripe.Pay(b.ref(), 9500))
			b.come(t)
			b.poll(t, stripe.ID)
		},
		"by asking and then a message": func(t *testing.T, b *told) {
			h := b.stripe.Pay(b.ref(), 9500)
			b.poll(t, stripe.ID)
			b.fromStripe(t, h)
		},
		"by both at once": func(t *testing.T, b *told) {
			h := b.stripe.Pay(b.ref(), 9500)
			var group sync.WaitGroup
			group.Go(func() { b.fromStripe(t, h) })
			b.poll(t, stripe.ID)
			group.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := hear(t, stripe.ID)
			tell(t, b)
			if got := b.come(t); got["FAILED"] != 0 || got["IGNORED"] != 0 {
				t.Errorf("messages %v", got)
			}
			if n := b.number(t, `SELECT sum(amount) FROM payments WHERE provider = 'stripe'`); n != 9500 {
				t.Errorf("payments over %d", n)
			}
			if n := b.number(t, `SELECT count(*) FROM invoices WHERE status = 'PAID' AND amount_paid = 9500`); n != 1 {
				t.Error("the invoice is not paid")
			}
			if got := b.settle(t); got["FAILED"] != 0 {
				t.Errorf("deliveries %v", got)
			}
		})
	}
}

func TestEveryBillingProvider(t *testing.T) {
	for biller, tell := range map[string]func(*testing.T, *told) int{
		stripe.ID:  func(t *testing.T, b *told) int { return b.fromStripe(t, b.stripe.Pay(b.ref(), 9500)) },
		recurly.ID: func(t *testing.T, b *told) int { return b.fromRecurly(t, "n1", "paid", b.recurly.Pay(b.ref(), 9500)) },
		paycove.ID: func(t *testing.T, b *told) int {
			return b.post(t, b.made[paycove.ID].URL, nil, `{"deal_id":`+b.paycove.Pay(b.ref(), 9500)+`}`)
		},
	} {
		t.Run(biller, func(t *testing.T) {
			t.Parallel()
			names := []string{biller} // the first that is connected bills
			for _, name := range []string{stripe.ID, recurly.ID, paycove.ID} {
				if name != biller {
					names = append(names, name)
				}
			}
			b := hear(t, names...)
			if n := b.number(t, `SELECT count(*) FROM provider_links WHERE entity_type = 'Invoice'`); n != 1 {
				t.Fatalf("%d providers have the invoice", n)
			}
			if status := tell(t, b); status != http.StatusOK {
				t.Errorf("told: %d", status)
			}
			if got := b.come(t); got["HANDLED"] != 1 || len(got) != 1 {
				t.Errorf("messages %v", got)
			}
			if n := b.number(t, `SELECT count(*) FROM invoices WHERE status = 'PAID' AND biller = $1`, biller); n != 1 {
				t.Error("the invoice is not paid")
			}
			// What each is then told of the payment comes back as no news.
			b.settle(t)
			for _, name := range names {
				b.poll(t, name)
			}
			if n := b.number(t, `SELECT count(*) FROM payments WHERE provider = $1`, biller); n != 1 {
				t.Errorf("%d payments", n)
			}
			b.giveBack(t, biller)
		})
	}
}

// giveBack gives the one payment back, in a part and whole, through the provider
// that took it.
func (b *told) giveBack(t *testing.T, biller string) {
	t.Helper()
	owner := b.A.As(t.Context(), viewer.Owner)
	office := billing.New(b.Store, time.Now)
	var paid string
	if err := b.Super(t).QueryRow(`SELECT id FROM payments`).Scan(&paid); err != nil {
		t.Fatal(err)
	}
	part := int64(1500)
	for _, amount := range []*int64{&part, nil} {
		if err := b.InTx(owner, func(ctx context.Context) error {
			_, err := office.RefundPayment(ctx, uuid.MustParse(paid), amount, "for Emma")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		b.worker.Wake()
		if got := b.settle(t); got["FAILED"] != 0 {
			t.Errorf("deliveries %v", got)
		}
	}
	for range 2 { // what is told again is no news
		if n := b.number(t, `SELECT sum(amount) FROM refunds WHERE status = 'SUCCEEDED' AND provider = $1 AND reference IS NOT NULL`, biller); n != 9500 {
			t.Errorf("refunds over %d", n)
		}
		if n := b.number(t, `SELECT amount_refunded FROM invoices`); n != 9500 {
			t.Errorf("%d is counted as given back", n)
		}
		b.poll(t, biller)
	}
}

// That the vendor will not give money back, or could not after all, takes the
// refund out of the books.
func TestRefundFails(t *testing.T) {
	b := hear(t, stripe.ID)
	b.fromStripe(t, b.stripe.Pay(b.ref(), 9500))
	b.come(t)
	owner := b.A.As(t.Context(), viewer.Owner)
	refund := func() string {
		var id string
		if err := b.InTx(owner, func(ctx context.Context) error {
			paid, err := b.Client(ctx).Payment.Query().Only(ctx)
			if err != nil {
				return err
			}
			made, err := billing.New(b.Store, time.Now).RefundPayment(ctx, paid.ID, nil, "")
			if err == nil {
				id = provider.Ref{Type: "refund", ID: made.ID}.String()
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		b.worker.Wake()
		b.settle(t)
		return id
	}
	b.stripe.Fail(fake.Failure{Method: "POST", Path: "/v1/refunds", Status: http.StatusBadRequest})
	refund()
	if n := b.number(t, `SELECT count(*) FROM refunds, invoices WHERE refunds.status = 'FAILED' AND amount_refunded = 0`); n != 1 {
		t.Error("a refund that was refused counts")
	}
	second := refund()
	if n := b.number(t, `SELECT amount_refunded FROM invoices`); n != 9500 {
		t.Errorf("%d is counted as given back", n)
	}
	b.fromStripe(t, b.stripe.Settle(second, "failed"))
	b.come(t)
	if n := b.number(t, `SELECT count(*) FROM refunds, invoices WHERE refunds.status = 'FAILED' AND refunds.failure_code = 'expired_or_canceled_card' AND amount_refunded = 0`); n != 1 {
		t.Error("a refund that came back counts")
	}
}

// Nothing is sent to an address that a provider has reported, until the studio
// lifts that.
func TestSuppressedAddress(t *testing.T) {
	b := hear(t, stripe.ID, customerio.ID)
	at := fmt.Sprint(time.Now().Unix())
	body := `{"metric":"bounced","event_id":"e2","object_type":"email","timestamp":1756713600,"data":{"recipient":"Ada@example.com"}}`
	mac := hmac.New(sha256.New, []byte("whsec_customerio"))
	mac.Write([]byte("v0:" + at + ":" + body))
	b.post(t, b.made[customerio.ID].URL, http.Header{"X-Cio-Timestamp": {at}, "X-Cio-Signature": {hex.EncodeToString(mac.Sum(nil))}}, body)
	b.come(t)
	owner := b.A.As(t.Context(), viewer.Owner)
	drop := func() string {
		for _, status := range []enrollment.Status{enrollment.StatusACTIVE, enrollment.StatusDROPPED} {
			if err := b.InTx(owner, func(ctx context.Context) error {
				id, err := b.Client(ctx).Enrollment.Query().OnlyID(ctx)
				if err != nil {
					return err
				}
				return b.Client(ctx).Enrollment.UpdateOneID(id).SetStatus(status).Exec(ctx)
			}); err != nil {
				t.Fatal(err)
			}
		}
		b.worker.Wake()
		b.settle(t)
		var excerpt string
		if err := b.Super(t).QueryRow(`SELECT a.excerpt FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id JOIN events e ON e.id = d.event_id
			WHERE e.type = 'enrollment.dropped' ORDER BY a.id DESC LIMIT 1`).Scan(&excerpt); err != nil {
			t.Fatal(err)
		}
		return excerpt
	}
	if excerpt := drop(); excerpt != "There was nothing to do." {
		t.Errorf("while the address is suppressed: %s", excerpt)
	}
	if err := b.InTx(owner, func(ctx context.Context) error {
		found, err := b.Client(ctx).Suppression.Query().Only(ctx)
		if err != nil {
			return err
		}
		return b.Client(ctx).Suppression.DeleteOne(found).Exec(ctx)
	}); err != nil {
		t.Fatal(err)
	}
	if excerpt := drop(); !strings.Contains(excerpt, "DONE") {
		t.Errorf("after it was lifted: %s", excerpt)
	}
}

// A hint of PayCove's, whatever it claims, changes nothing that PayCove's API
// does not say.
func TestHintAlone(t *testing.T) {
	b := hear(t, paycove.ID)
	for i, body := range []string{
		`{"deal_id":1,"status":"Paid","amount":9500}`, `{"id":1,"event":"deal.paid","data":{"status":"Paid","payments":[{"id":1,"amount":95,"status":"Paid"}]}}`,
		`{"crm_deal_id":"` + b.ref() + `","paid":true}`, `{"deal_id":99}`, `{}`, `[]`, `"paid"`,
	} {
		if status := b.post(t, b.made[paycove.ID].URL, nil, body); status != http.StatusOK {
			t.Errorf("%d: %d", i, status)
		}
	}
	if got := b.come(t); got["HANDLED"]+got["FAILED"] != 0 {
		t.Errorf("messages %v", got)
	}
	if n := b.number(t, `SELECT count(*) FROM invoices WHERE status = 'OPEN' AND amount_paid = 0`); n != 1 {
		t.Error("the invoice has changed")
	}
}

// An amount that does not fit changes nothing and is left to a person.
func TestMismatch(t *testing.T) {
	b := hear(t, stripe.ID)
	if err := b.InTx(b.A.As(t.Context(), viewer.Owner), func(ctx context.Context) error {
		_, err := billing.New(b.Store, time.Now).RecordPayment(ctx, billing.Receipt{InvoiceID: b.invoice.ID, Amount: 500, Method: "CASH"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b.fromStripe(t, b.stripe.Pay(b.ref(), 9500))
	if got := b.come(t); got["FAILED"] != 1 || len(got) != 1 {
		t.Errorf("messages %v", got)
	}
	var note string
	if err := b.Super(t).QueryRow(`SELECT note FROM inbound_messages`).Scan(&note); err != nil || !strings.Contains(note, "9000 is still due") {
		t.Errorf("note %q, %v", note, err)
	}
	if n := b.number(t, `SELECT amount_paid FROM invoices`); n != 500 {
		t.Errorf("paid %d", n)
	}
}

// Whoever does not know the address and the secret is answered alike, and
// nothing of what is sent is kept.
func TestStrangers(t *testing.T) {
	b := hear(t, stripe.ID, customerio.ID)
	address := b.made[stripe.ID].URL
	h := b.stripe.Pay(b.ref(), 9500)
	body, _ := json.Marshal(h.Body)
	sign := func(secret string) http.Header {
		s := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: secret, Timestamp: time.Now(), Scheme: "v1"})
		return http.Header{"Stripe-Signature": {s.Header}}
	}
	var answers []string
	for name, c := range map[string]struct {
		url    string
		header http.Header
	}{
		"unknown token":             {"/hooks/stripe/" + strings.Repeat("A", 43), sign("whsec_stripe")},
		"another provider's token":  {b.made[customerio.ID].URL[:len("/hooks/")] + "stripe" + b.made[customerio.ID].URL[len("/hooks/customerio"):], sign("whsec_stripe")},
		"token at another provider": {strings.Replace(address, "stripe", "recurly", 1), sign("whsec_stripe")},
		"wrong secret":              {address, sign("whsec_other")},
		"no signature":              {address, nil},
		"unheard-of provider":       {strings.Replace(address, "stripe", "pigeon", 1), sign("whsec_stripe")},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.server.URL+c.url, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = c.header
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		text.ReadFrom(answer.Body)
		answer.Body.Close()
		answers = append(answers, fmt.Sprint(answer.StatusCode, text.String()))
		if answer.StatusCode != http.StatusUnauthorized || answers[0] != answers[len(answers)-1] {
			t.Errorf("%s: %d %s", name, answer.StatusCode, text.String())
		}
	}
	if n := b.number(t, `SELECT count(*) FROM inbound_messages`); n != 0 {
		t.Errorf("%d messages are kept", n)
	}
	if status := b.post(t, address, sign("whsec_stripe"), strings.Repeat("x", 2<<20)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("two megabytes: %d", status)
	}
	answer, err := http.Get(b.server.URL + address)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", answer.StatusCode)
	}
}

// What is authentic is answered 200 whatever it says, or all that follows would
// wait behind it.
func TestAuthenticIsAccepted(t *testing.T) {
	b := hear(t, customerio.ID)
	send := func(body string) int {
		at := fmt.Sprint(time.Now().Unix())
		mac := hmac.New(sha256.New, []byte("whsec_customerio"))
		mac.Write([]byte("v0:" + at + ":" + body))
		return b.post(t, b.made[customerio.ID].URL, http.Header{"X-Cio-Timestamp": {at}, "X-Cio-Signature": {hex.EncodeToString(mac.Sum(nil))}}, body)
	}
	for _, body := range []string{`[]`, `{}`, `not JSON`, `{"metric":"delivered","event_id":"e1","object_type":"email"}`,
		`{"metric":"bounced","event_id":"e2","object_type":"email","timestamp":1756713600,"data":{"recipient":"Ada@example.com"}}`} {
		if status := send(body); status != http.StatusOK {
			t.Errorf("%s: %d", body, status)
		}
	}
	if got := b.come(t); got["IGNORED"] != 1 || got["HANDLED"] != 1 || len(got) != 2 {
		t.Errorf("messages %v", got)
	}
	if n := b.number(t, `SELECT count(*) FROM suppressions WHERE address = 'ada@example.com' AND reason = 'BOUNCED'`); n != 1 {
		t.Error("the address is not suppressed")
	}
}

// While the vendor is away a message waits; while its connection is paused too.
func TestMessagesWait(t *testing.T) {
	b := hear(t, stripe.ID)
	owner, id := b.A.As(t.Context(), viewer.Owner), b.made[stripe.ID].ID
	if _, err := b.registry.PauseIntegration(owner, id); err != nil {
		t.Fatal(err)
	}
	h := b.stripe.Pay(b.ref(), 9500)
	b.stripe.Fail(fake.Failure{Path: "/v1/invoices/", Status: http.StatusServiceUnavailable, Times: 3})
	if status := b.fromStripe(t, h); status != http.StatusOK {
		t.Errorf("while paused: %d", status)
	}
	if n := b.number(t, `SELECT count(*) FROM payments`); n != 0 {
		t.Error("a paused connection is acted on")
	}
	if _, err := b.registry.ResumeIntegration(owner, id); err != nil {
		t.Fatal(err)
	}
	if got := b.come(t); got["HANDLED"] != 1 {
		t.Errorf("messages %v", got)
	}
	if n := b.number(t, `SELECT attempts FROM inbound_messages`); n != 4 {
		t.Errorf("%d attempts; want 4", n)
	}
}

// A neighbor who is connected to the same provider hears nothing of it.
func TestNeighborHearsNothing(t *testing.T) {
	b := hear(t, stripe.ID)
	other, err := b.registry.ConnectIntegration(b.B.As(t.Context(), viewer.Owner), destination.Account{
		Provider: stripe.ID, Mode: integration.ModeTEST, Credential: "sk_test_key", Secret: "whsec_stripe",
	})
	if err != nil {
		t.Fatal(err)
	}
	b.made[stripe.ID] = other // the right signature, at the neighbor's address
	b.fromStripe(t, b.stripe.Pay(b.ref(), 9500))
	if got := b.come(t); got["IGNORED"] != 1 {
		t.Errorf("messages %v", got)
	}
	if n := b.number(t, `SELECT count(*) FROM payments`); n != 0 {
		t.Error("a message at a neighbor's address pays an invoice")
	}
	if n := b.number(t, `SELECT count(*) FROM inbound_messages WHERE tenant_id = $1`, b.A.Tenant); n != 0 {
		t.Error("it is kept in the wrong studio")
	}
}

// What a provider sent is sealed in the table.
func TestBodiesAreSealed(t *testing.T) {
	b := hear(t, stripe.ID)
	b.fromStripe(t, b.stripe.Pay(b.ref(), 9500))
	b.come(t)
	if n := b.number(t, `SELECT count(*) FROM inbound_messages WHERE encode(body, 'escape') LIKE '%' || 'invoice' || '%'`); n != 0 {
		t.Error("a body is kept in the clear")
	}
	token := b.made[stripe.ID].URL[strings.LastIndex(b.made[stripe.ID].URL, "/")+1:]
	if n := b.number(t, `SELECT count(*) FROM integrations WHERE inbound_token = $1 OR encode(inbound_secret, 'escape') LIKE '%whsec%'`, token); n != 0 {
		t.Error("a token or secret is kept in the clear")
	}
}
