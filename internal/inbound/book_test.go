package inbound_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/invoice"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/ent/payment"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/inbound"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

var today = time.Date(2026, 9, 15, 15, 0, 0, 0, time.UTC)

// bench is a studio with an invoice of 100 dollars, linked at a provider.
type bench struct {
	*testkit.Kit
	*testing.T
	book    *inbound.Book
	super   *sql.DB
	members *members
	account inbound.Account
	invoice uuid.UUID
}

// members remembers whose sessions were ended, and ends memberships.
type members struct {
	*testkit.Kit
	mu    sync.Mutex
	ended map[uuid.UUID]time.Time
}

func (m *members) Deactivate(ctx context.Context, id uuid.UUID) error {
	return m.Client(ctx).Membership.UpdateOneID(id).SetStatus("REVOKED").Exec(ctx)
}

func (m *members) EndSessions(_ context.Context, id uuid.UUID, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended[id] = until
	return nil
}

func newBench(t *testing.T) *bench {
	t.Helper()
	kit := testkit.New(t)
	b := &bench{Kit: kit, T: t, super: kit.Super(t), members: &members{Kit: kit, ended: map[uuid.UUID]time.Time{}}}
	b.book = inbound.NewBook(kit.Store, billing.New(kit.Store, func() time.Time { return today }), b.members)
	b.invoice = b.bill(kit.A, 1, 10_000)
	b.account = b.connect(kit.A, "stripe")
	b.link(b.account, "Invoice", b.invoice, "in_1")
	return b
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) bill(s testkit.Studio, number int, total int64) (id uuid.UUID) {
	b.Helper()
	b.must(b.InTx(viewer.ForTenant(b.Context(), s.Tenant, "test"), func(ctx context.Context) error {
		made, err := b.Client(ctx).Invoice.Create().SetHouseholdID(s.Household).SetNumber(number).SetCurrency("USD").SetTotal(total).SetDueOn(today).Save(ctx)
		if err == nil {
			id = made.ID
		}
		return err
	}))
	return id
}

func (b *bench) connect(s testkit.Studio, name string) inbound.Account {
	b.Helper()
	a := destination.Connection{Tenant: s.Tenant, Provider: name}
	b.must(b.InTx(viewer.ForTenant(b.Context(), s.Tenant, "test"), func(ctx context.Context) error {
		made, err := b.Client(ctx).Integration.Create().SetProvider(name).SetCredential([]byte{1}).Save(ctx)
		if err == nil {
			a.ID = made.ID
		}
		return err
	}))
	return inbound.Account{Connection: a, Status: "ACTIVE"}
}

func (b *bench) link(a inbound.Account, entity string, id uuid.UUID, remote string) {
	b.Helper()
	b.must(b.InTx(viewer.ForTenant(b.Context(), a.Tenant, "test"), func(ctx context.Context) error {
		return b.Client(ctx).ProviderLink.Create().SetIntegrationID(a.ID).SetEntityType(entity).SetEntityID(id).SetRemoteID(remote).Exec(ctx)
	}))
}

// write writes facts down and returns what came of them.
func (b *bench) write(facts ...provider.Fact) inbound.Report {
	b.Helper()
	r, err := b.book.Write(b.Context(), b.account, facts)
	b.must(err)
	return r
}

func (b *bench) read() *ent.Invoice {
	b.Helper()
	found, err := b.Client(b.A.As(b.Context(), viewer.Owner)).Invoice.Get(b.A.As(b.Context(), viewer.Owner), b.invoice)
	b.must(err)
	return found
}

func (b *bench) count(table string) (n int) {
	b.Helper()
	b.must(b.super.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n))
	return n
}

func about() provider.Subject {
	return provider.Subject{Ref: provider.Ref{Type: "invoice"}, RemoteID: "in_1"}
}

func paid(reference string, amount int64) provider.PaymentSucceeded {
	return provider.PaymentSucceeded{Subject: about(), Reference: reference, Amount: amount, Currency: "USD", Method: provider.ByCard, At: today}
}

func refunded(reference string, amount int64) provider.Refunded {
	return provider.Refunded{Subject: about(), Payment: "pi_1", Reference: reference, Amount: amount, Currency: "USD", Status: provider.RefundSucceeded, At: today}
}

func failed(at time.Time) provider.PaymentFailed {
	return provider.PaymentFailed{Subject: about(), Code: "card_declined", At: at}
}

func disputed(status provider.DisputeStatus) provider.Disputed {
	return provider.Disputed{Subject: about(), Payment: "pi_1", Reference: "dp_1", Amount: 4_000, Currency: "USD", Status: status, At: today}
}

// facts of one story, as a vendor may tell them.
func story() []provider.Fact {
	return []provider.Fact{
		failed(today), paid("pi_1", 4_000), paid("pi_2", 6_000), refunded("re_1", 1_500), disputed(provider.DisputeOpen), disputed(provider.DisputeWon),
		provider.SubscriptionChanged{Subject: provider.Subject{Ref: provider.Ref{Type: "household"}, RemoteID: "cus_1"}, Reference: "sub_1", Status: provider.SubscriptionActive, At: today},
		provider.SubscriptionChanged{Subject: provider.Subject{Ref: provider.Ref{Type: "household"}, RemoteID: "cus_1"}, Reference: "sub_1", Status: provider.SubscriptionCanceled, At: today},
		provider.Suppressed{Channel: provider.ByEmail, Address: "Ada@Example.com ", Reason: provider.Bounced, At: today},
	}
}

// told holds that the story was written down, once.
func (b *bench) told() {
	b.Helper()
	i := b.read()
	if i.Status != invoice.StatusPAID || i.AmountPaid != 10_000 || i.AmountRefunded != 1_500 || i.FailureCode != "" || i.AttemptFailedAt != nil {
		b.Errorf("invoice %+v", i)
	}
	for table, want := range map[string]int{"payments": 2, "refunds": 1, "disputes": 1, "tuition_subscriptions": 1, "suppressions": 1} {
		if got := b.count(table); got != want {
			b.Errorf("%d %s; want %d", got, table, want)
		}
	}
	var dispute, subscription, address, actor string
	b.must(b.super.QueryRow(`SELECT d.status, s.status, u.address FROM disputes d, tuition_subscriptions s, suppressions u`).Scan(&dispute, &subscription, &address))
	if dispute != "WON" || subscription != "CANCELED" || address != "ada@example.com" {
		b.Errorf("dispute %s, subscription %s, address %s", dispute, subscription, address)
	}
	b.must(b.super.QueryRow(`SELECT DISTINCT actor FROM events WHERE type = 'payment.created'`).Scan(&actor))
	if actor != "system:write down what stripe says" {
		b.Errorf("actor %q", actor)
	}
}

// Whether told once, twice, in another order or by several at the same time: it
// is written down once.
func TestOnce(t *testing.T) {
	for name, tell := range map[string]func(*bench){
		"in order": func(b *bench) { b.write(story()...) },
		"twice":    func(b *bench) { b.write(story()...); b.write(story()...) },
		"late failure and late news": func(b *bench) {
			b.write(story()...)
			b.write(failed(today.Add(time.Hour)), disputed(provider.DisputeOpen))
			b.write(story()[6])
		},
		"one by one, each repeated": func(b *bench) {
			for _, fact := range story() {
				b.write(fact)
				b.write(fact)
			}
		},
		"at the same time": func(b *bench) {
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					for range 5 { // what met another transaction is tried again, as by a job
						if _, err := b.book.Write(b.Context(), b.account, story()); err == nil {
							return
						}
					}
					b.Error("it was never written down")
				})
			}
			group.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.link(b.account, "Household", b.A.Household, "cus_1")
			tell(b)
			b.told()
		})
	}
}

// What contradicts the studio's books changes nothing and is noted.
func TestRefused(t *testing.T) {
	b := newBench(t)
	euros := paid("pi_e", 4_000)
	euros.Currency = "EUR"
	for name, fact := range map[string]provider.Fact{"too much": paid("pi_x", 10_001), "another currency": euros, "nothing": paid("pi_0", 0)} {
		if r := b.write(fact); r.Status() != "FAILED" || r.Note() == "" {
			t.Errorf("%s: %s %q", name, r.Status(), r.Note())
		}
	}
	if i := b.read(); i.AmountPaid != 0 || i.Version != 1 {
		t.Errorf("invoice %+v", i)
	}
	b.write(paid("pi_1", 4_000))
	if r := b.write(refunded("re_1", 4_001)); r.Status() != "FAILED" {
		t.Errorf("more back than came in: %s", r.Status())
	}
	if r := b.write(refunded("re_2", 3_000), refunded("re_3", 1_001)); r.Status() != "FAILED" || b.read().AmountRefunded != 3_000 {
		t.Errorf("one more than all of it: %s, %d", r.Status(), b.read().AmountRefunded)
	}
	if r := b.write(refunded("re_4", 1_000), refunded("re_5", 4_000)); r.Status() != "HANDLED" || b.read().AmountRefunded != 4_000 || b.count("refunds") != 2 {
		t.Errorf("the rest, and then the sum of all: %s, %d", r.Status(), b.read().AmountRefunded)
	}
	if r := b.write(paid("pi_2", 6_000), paid("pi_3", 1)); r.Status() != "FAILED" || b.read().AmountPaid != 10_000 {
		t.Errorf("paid twice: %s, %d", r.Status(), b.read().AmountPaid)
	}
}

// What is not the studio's, or is not what it is said to be, changes nothing.
func TestIgnored(t *testing.T) {
	b := newBench(t)
	other := b.bill(b.B, 1, 10_000)
	nobody := uuid.New()
	with := func(ref uuid.UUID, remote string) provider.Fact {
		f := paid("pi_9", 10_000)
		f.Subject = provider.Subject{Ref: provider.Ref{Type: "invoice", ID: ref}, RemoteID: remote}
		return f
	}
	ours := b.bill(b.A, 2, 10_000)
	b.link(b.account, "Invoice", ours, "in_2")
	for name, fact := range map[string]provider.Fact{
		"an invoice of the provider's own":     with(uuid.Nil, "in_unknown"),
		"a neighbor's invoice":                 with(other, "in_3"),
		"no invoice":                           with(nobody, "in_3"),
		"a reference that somebody copied":     with(ours, "in_3"),
		"nothing at all":                       with(uuid.Nil, ""),
		"a refund of no payment":               refunded("re_1", 1),
		"a dispute about no payment":           disputed(provider.DisputeOpen),
		"an account where people sign in":      provider.UserChanged{Email: "x@example.com"},
		"a failed attempt at no invoice":       provider.PaymentFailed{Subject: provider.Subject{Ref: provider.Ref{Type: "invoice", ID: nobody}}, At: today},
		"a subscription of no household":       provider.SubscriptionChanged{Subject: provider.Subject{Ref: provider.Ref{Type: "household", ID: nobody}}, Reference: "s", Status: provider.SubscriptionActive},
		"a reply in no ticket":                 provider.SupportReplied{Subject: provider.Subject{Ref: provider.Ref{Type: "ticket", ID: nobody}}, Reference: "r", Author: provider.Staff, Text: "x"},
		"a deal of nobody":                     provider.DealMoved{Subject: provider.Subject{Ref: provider.Ref{Type: "deal", ID: nobody}}, Status: provider.DealWon},
		"a record of a type that there is not": provider.TicketMoved{Subject: provider.Subject{Ref: provider.Ref{Type: "pigeon", ID: ours}}, Status: provider.TicketOpen},
	} {
		if r := b.write(fact); r.Status() != "IGNORED" {
			t.Errorf("%s: %s %q", name, r.Status(), r.Note())
		}
	}
	for _, table := range []string{"payments", "refunds", "disputes", "tuition_subscriptions", "ticket_replies"} {
		if n := b.count(table); n != 0 {
			t.Errorf("%d %s", n, table)
		}
	}
	if r := b.write(); r.Status() != "IGNORED" {
		t.Errorf("no facts: %s", r.Status())
	}
	if r := b.write(with(ours, "in_2")); r.Status() != "HANDLED" {
		t.Errorf("the right one: %s %q", r.Status(), r.Note())
	}
}

// Sales and support: what moves there moves here, and our own words do not come
// back as somebody else's.
func TestPeople(t *testing.T) {
	b := newBench(t)
	var deal, ticket uuid.UUID
	b.must(b.InTx(b.A.As(t.Context(), viewer.Owner), func(ctx context.Context) error {
		d, err := b.Client(ctx).Deal.Create().SetTitle("Birthday").Save(ctx)
		if err != nil {
			return err
		}
		k, err := b.Client(ctx).Ticket.Create().SetSubject("Shoes").Save(ctx)
		if err == nil {
			deal, ticket = d.ID, k.ID
		}
		return err
	}))
	at := func(kind string, id uuid.UUID) provider.Subject {
		return provider.Subject{Ref: provider.Ref{Type: kind, ID: id}, RemoteID: "1"}
	}
	moved := provider.DealMoved{Subject: at("deal", deal), Stage: "Trial booked", Status: provider.DealLost, LostReason: "moved away"}
	closed := provider.TicketMoved{Subject: at("ticket", ticket), Status: provider.TicketClosed}
	reply := provider.SupportReplied{Subject: at("ticket", ticket), Reference: "th_1", Author: provider.Staff, Text: " We have some. ", At: today}
	b.link(b.account, "TicketReply", uuid.New(), "th_ours")
	ours := reply
	ours.Reference = "th_ours"
	for range 2 {
		b.write(moved, closed, reply, ours)
	}
	var stage, status, reason, state string
	var versions, replies int
	b.must(b.super.QueryRow(`SELECT d.stage, d.status, d.lost_reason, d.version, t.status FROM deals d, tickets t`).Scan(&stage, &status, &reason, &versions, &state))
	b.must(b.super.QueryRow(`SELECT count(*) FROM ticket_replies`).Scan(&replies))
	as := b.A.As(t.Context(), viewer.Owner)
	kept, err := b.Client(as).TicketReply.Query().First(as) // it is sealed in its row
	b.must(err)
	if got := fmt.Sprint(stage, status, reason, versions, state, kept.Text, replies); got != "Trial bookedLOSTmoved away2CLOSEDWe have some.1" {
		t.Errorf("got %s", got)
	}
}

// A refund that the studio asked for is known by our own id; one that somebody
// copied it to is another.
func TestOurRefund(t *testing.T) {
	b := newBench(t)
	b.write(paid("pi_1", 4_000), paid("pi_2", 6_000))
	platform := viewer.ForTenant(t.Context(), b.A.Tenant, "test")
	var asked *ent.Refund
	b.must(b.InTx(platform, func(ctx context.Context) error {
		first, err := b.Client(ctx).Payment.Query().Where(payment.ProviderReference("pi_1")).Only(ctx)
		if err == nil {
			asked, err = billing.New(b.Store, time.Now).RefundPayment(ctx, first.ID, nil, "")
		}
		return err
	}))
	ours := refunded("re_1", 4_000)
	ours.Refund = provider.Ref{Type: "refund", ID: asked.ID}
	copied := refunded("re_x", 100)
	copied.Payment, copied.Refund = "pi_2", ours.Refund
	if r := b.write(copied); r.Status() != "HANDLED" || b.count("refunds") != 2 {
		t.Errorf("somebody's copy: %s", r.Status())
	}
	for _, c := range []struct {
		status  provider.RefundStatus
		counted int64
	}{{provider.RefundPending, 4_100}, {provider.RefundSucceeded, 4_100}, {provider.RefundSucceeded, 4_100}, {provider.RefundFailed, 100}, {provider.RefundSucceeded, 100}} {
		ours.Status, ours.Code = c.status, "lost_or_stolen_card"
		b.write(ours)
		if i := b.read(); i.AmountRefunded != c.counted || b.count("refunds") != 2 {
			t.Errorf("%s: %d counted, %d refunds; want %d and 2", c.status, i.AmountRefunded, b.count("refunds"), c.counted)
		}
	}
	var status, code string
	b.must(b.super.QueryRow(`SELECT status, failure_code FROM refunds WHERE reference = 're_1'`).Scan(&status, &code))
	if status != "FAILED" || code != "lost_or_stolen_card" {
		t.Errorf("%s %s", status, code)
	}
	if r := b.write(provider.Refunded{Subject: about(), Payment: "pi_2", Reference: "re_9", Amount: 1, Currency: "USD", Status: provider.RefundFailed}); r.Status() != "IGNORED" {
		t.Errorf("one that nobody asked for and that failed: %s", r.Status())
	}
}

// What a provider takes from an account it takes here; it gives nothing, and an
// owner stays one.
func TestUserChanged(t *testing.T) {
	b := newBench(t)
	made := map[string]uuid.UUID{}
	b.must(b.InTx(viewer.ForTenant(t.Context(), b.A.Tenant, "test"), func(ctx context.Context) error {
		for name, role := range map[string]string{"olga": "OWNER", "tina": "TEACHER", "fred": "FRONT_DESK"} {
			m, err := b.Client(ctx).Membership.Create().SetEmail(name + "@example.com").SetRole(membership.Role(role)).SetStatus("ACTIVE").Save(ctx)
			if err != nil {
				return err
			}
			made[name] = m.ID
		}
		return nil
	}))
	for name, id := range made {
		b.link(b.account, "Membership", id, "user-"+name)
	}
	of := func(name, email string, verified, active bool) provider.UserChanged {
		return provider.UserChanged{Subject: provider.Subject{Ref: provider.Ref{Type: "membership"}, RemoteID: "user-" + name}, Email: email, Verified: verified, Active: active, At: today}
	}
	read := func(name string) string {
		var status, email string
		b.must(b.super.QueryRow(`SELECT status, email FROM memberships WHERE id = $1`, made[name]).Scan(&status, &email))
		return status + " " + email
	}
	changed := of("fred", "fred@example.com", true, true)
	changed.SignedOut = today
	for _, c := range []struct {
		fact   provider.UserChanged
		status string
		name   string
		want   string
		ended  bool
	}{
		{of("tina", "Tina.New@example.com", false, true), "HANDLED", "tina", "ACTIVE tina@example.com", false},
		{of("tina", "Tina.New@example.com", true, true), "HANDLED", "tina", "ACTIVE tina.new@example.com", false},
		{of("tina", "fred@example.com", true, true), "FAILED", "tina", "ACTIVE tina.new@example.com", false},
		{of("tina", "", false, false), "HANDLED", "tina", "REVOKED tina.new@example.com", true},
		{of("tina", "tina@example.com", true, true), "HANDLED", "tina", "REVOKED tina.new@example.com", false},
		{changed, "HANDLED", "fred", "ACTIVE fred@example.com", true},
		{of("olga", "", false, false), "FAILED", "olga", "ACTIVE olga@example.com", true},
		{of("nobody", "x@example.com", true, false), "IGNORED", "fred", "ACTIVE fred@example.com", false},
	} {
		clear(b.members.ended)
		if r := b.write(c.fact); r.Status() != c.status || read(c.name) != c.want || (len(b.members.ended) == 1) != c.ended {
			t.Errorf("%+v: %s %q; %s; ended %v", c.fact, r.Status(), r.Note(), read(c.name), b.members.ended)
		}
	}
}

// A page is written down once, and nothing is that leads elsewhere than to the
// web.
func TestPaymentPage(t *testing.T) {
	b := newBench(t)
	for i, c := range []struct{ url, status, want string }{
		{"javascript:alert(1)", "IGNORED", ""}, {"http://pay.example.com/1", "IGNORED", ""}, {"https://", "IGNORED", ""}, {"https://a:b@pay.example.com/", "IGNORED", ""},
		{"https://pay.example.com/" + strings.Repeat("x", 2048), "IGNORED", ""}, {"https://pay.example.com/1", "HANDLED", "https://pay.example.com/1"},
		{"https://pay.example.com/1", "HANDLED", "https://pay.example.com/1"}, {"https://pay.example.com/2", "HANDLED", "https://pay.example.com/2"},
	} {
		r := b.write(provider.PaymentPage{Subject: about(), URL: c.url})
		got := ""
		if now := b.read(); now.PaymentURL != nil {
			got = *now.PaymentURL
		}
		if r.Status() != c.status || got != c.want {
			t.Errorf("%d: %s, %q; want %s, %q", i, r.Status(), got, c.status, c.want)
		}
	}
	if version := b.read().Version; version != 3 {
		t.Errorf("the invoice has version %d; want 3", version)
	}
}

// What was paid as a whole is the invoice's total; of a second invoice the same
// payment is none, and neither is it where a part came in otherwise.
func TestPaidAsAWhole(t *testing.T) {
	whole := func(of provider.Subject) provider.PaymentSucceeded {
		return provider.PaymentSucceeded{Subject: of, Reference: "deal-1", Whole: true, Method: provider.ByCard, At: today}
	}
	b := newBench(t)
	for range 2 {
		if r := b.write(whole(about())); r.Status() != "HANDLED" {
			t.Errorf("%s %s", r.Status(), r.Note())
		}
	}
	if now := b.read(); now.AmountPaid != 10_000 || now.Status != invoice.StatusPAID || b.count("payments") != 1 {
		t.Errorf("paid %d, %d payments", now.AmountPaid, b.count("payments"))
	}
	second := provider.Subject{Ref: provider.Ref{Type: "invoice", ID: b.bill(b.A, 2, 20_000)}}
	if r := b.write(whole(second)); r.Status() != "FAILED" || b.count("payments") != 1 {
		t.Errorf("the same payment of another invoice: %s %s", r.Status(), r.Note())
	}
	part := newBench(t)
	part.write(provider.PaymentSucceeded{Subject: about(), Reference: "cash", Amount: 500, Currency: "USD", Method: provider.ByTransfer, At: today})
	if r := part.write(whole(about())); r.Status() != "FAILED" || part.read().AmountPaid != 500 {
		t.Errorf("after a part: %s %s", r.Status(), r.Note())
	}
}
