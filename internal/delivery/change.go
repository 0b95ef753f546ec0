package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	entenrollment "github.com/barrehq/barre/ent/enrollment"
	entevent "github.com/barrehq/barre/ent/event"
	entguardian "github.com/barrehq/barre/ent/guardian"
	entintegration "github.com/barrehq/barre/ent/integration"
	entline "github.com/barrehq/barre/ent/invoiceline"
	entmembership "github.com/barrehq/barre/ent/membership"
	entrefund "github.com/barrehq/barre/ent/refund"
	"github.com/barrehq/barre/ent/rule"
	entsuppression "github.com/barrehq/barre/ent/suppression"
	"github.com/barrehq/barre/internal/event"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/viewer"
)

// errGone says that there is nothing left to tell a provider about.
var errGone = errors.New("delivery: the record no longer exists")

// change loads what providers may know of an event, as the platform inside the
// one studio. Whatever lies in the recycle bin counts as existing: a bill stays
// a bill.
func (w *Worker) change(ctx context.Context, e event.Event) (provider.Change, error) {
	ctx = rule.WithDeleted(viewer.ForTenant(ctx, e.TenantID, "tell a provider what changed"))
	l := loader{w.db.Client(ctx), w.cfg.Letters, provider.Change{Event: provider.CutDown(e)}}
	err := l.load(ctx, e)
	if ent.IsNotFound(err) {
		err = errGone
	}
	return l.change, err
}

type loader struct {
	client  *ent.Client
	letters Letters
	change  provider.Change
}

func (l *loader) load(ctx context.Context, e event.Event) error {
	studio, err := l.client.Tenant.Get(ctx, e.TenantID)
	if err != nil {
		return err
	}
	l.change.Studio = provider.Studio{Name: studio.Name}
	switch e.EntityType {
	case "Household":
		if l.change.Biller, err = l.biller(ctx); err != nil {
			return err
		}
		return l.household(ctx, e.EntityID)
	case "Guardian":
		return l.guardian(ctx, e.EntityID)
	case "Enrollment":
		return l.enrollment(ctx, e.EntityID)
	case "Invoice":
		return l.invoice(ctx, e.EntityID)
	case "Refund":
		return l.refund(ctx, e.EntityID)
	case "WebhookEndpoint":
		return l.endpoint(ctx, e.EntityID)
	case "Membership":
		return l.member(ctx, e)
	case "Deal":
		return l.deal(ctx, e.EntityID)
	case "Ticket":
		return l.ticket(ctx, e.EntityID)
	case "TicketReply":
		return l.reply(ctx, e.EntityID)
	case "Suppression":
		return l.lifted(ctx, e.EntityID)
	}
	return nil
}

// endpoint loads a webhook endpoint and whom it concerns: the studio's owner,
// the first where there are several.
func (l *loader) endpoint(ctx context.Context, id uuid.UUID) error {
	w, err := l.client.WebhookEndpoint.Get(ctx, id)
	if err != nil {
		return err
	}
	l.change.Endpoint = &provider.Endpoint{ID: w.ID, Reason: w.DisabledReason}
	m, err := l.client.Membership.Query().Where(entmembership.RoleEQ(entmembership.RoleOWNER), entmembership.StatusEQ(entmembership.StatusACTIVE)).
		Order(entmembership.ByID()).First(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	suppressed, err := l.suppressed(ctx, m.Email)
	who := memberOf(m, suppressed)
	l.change.Person = &who
	return err
}

// biller names the provider that collects the studio's new invoices.
func (l *loader) biller(ctx context.Context) (string, error) {
	found, err := l.client.Integration.Query().Where(entintegration.Bills(true)).Only(ctx)
	if ent.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return found.Provider, nil
}

// resetMailer names the provider that mails links to new passwords: one that is
// connected and was told to.
func (l *loader) resetMailer(ctx context.Context) (string, error) {
	all, err := l.client.Integration.Query().Where(entintegration.StatusIn(entintegration.StatusACTIVE, entintegration.StatusFAILED)).All(ctx)
	for _, i := range all {
		if i.Options[provider.OptionResetMail] == i.Provider {
			return i.Provider, err
		}
	}
	return "", err
}

// suppressed reports whether nothing may be sent to an address.
func (l *loader) suppressed(ctx context.Context, address string) (bool, error) {
	if address == "" {
		return false, nil
	}
	return l.client.Suppression.Query().Where(entsuppression.ChannelEQ(entsuppression.ChannelEMAIL), entsuppression.Address(strings.ToLower(strings.TrimSpace(address)))).Exist(ctx)
}

// lifted loads whose address a suppression was of. What is gone has no address
// any more; the event that made it has, unless that was erased since.
func (l *loader) lifted(ctx context.Context, id uuid.UUID) error {
	made, err := l.client.Event.Query().Where(entevent.EntityID(id), entevent.Type("suppression.created")).First(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	var of struct{ Channel, Address string }
	if json.Unmarshal(made.Data, &of) != nil || of.Address == "" || of.Channel != string(entsuppression.ChannelEMAIL) {
		return nil
	}
	suppressed, err := l.suppressed(ctx, of.Address) // anew
	if err != nil {
		return err
	}
	guardians, err := l.client.Guardian.Query().Where(entguardian.EmailEqualFold(of.Address), entguardian.DeletedAtIsNil()).Order(entguardian.ByID()).All(ctx)
	if err != nil {
		return err
	}
	for _, g := range guardians {
		l.change.Lifted = append(l.change.Lifted, guardianOf(g, suppressed))
	}
	members, err := l.client.Membership.Query().Where(entmembership.EmailEqualFold(of.Address), entmembership.StatusNEQ(entmembership.StatusREVOKED)).
		Order(entmembership.ByID()).All(ctx)
	for _, m := range members {
		l.change.Lifted = append(l.change.Lifted, memberOf(m, suppressed))
	}
	return err
}

func guardianOf(g *ent.Guardian, suppressed bool) provider.Person {
	return provider.Person{
		ID: g.ID, Kind: "guardian", FirstName: g.FirstName, LastName: g.LastName,
		Email: value(g.Email), Phone: value(g.Phone), Suppressed: suppressed, CreatedAt: g.CreatedAt,
	}
}

func memberOf(m *ent.Membership, suppressed bool) provider.Person {
	return provider.Person{ID: m.ID, Kind: "membership", FirstName: m.Name, Email: m.Email, Suppressed: suppressed, CreatedAt: m.CreatedAt}
}

func (l *loader) household(ctx context.Context, id uuid.UUID) error {
	h, err := l.client.Household.Get(ctx, id)
	if err != nil {
		return err
	}
	l.change.Household = &provider.Household{
		ID: h.ID, Name: h.Name, Email: value(h.Email),
		Address: provider.Address{
			Line1: value(h.AddressLine1), Line2: value(h.AddressLine2), City: value(h.City),
			Region: value(h.Region), PostalCode: value(h.PostalCode), Country: h.Country,
		},
	}
	l.change.Household.Suppressed, err = l.suppressed(ctx, value(h.Email))
	return err
}

func (l *loader) guardian(ctx context.Context, id uuid.UUID) error {
	g, err := l.client.Guardian.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := l.person(ctx, g); err != nil {
		return err
	}
	return l.household(ctx, g.HouseholdID)
}

func (l *loader) person(ctx context.Context, g *ent.Guardian) error {
	suppressed, err := l.suppressed(ctx, value(g.Email))
	who := guardianOf(g, suppressed)
	l.change.Person = &who
	return err
}

// payer loads the household and the guardian whom its bills and classes
// concern: the first one with an address, if there is one.
func (l *loader) payer(ctx context.Context, household uuid.UUID) error {
	if err := l.household(ctx, household); err != nil {
		return err
	}
	g, err := l.client.Guardian.Query().Where(entguardian.HouseholdID(household), entguardian.EmailNotNil(), entguardian.DeletedAtIsNil()).
		Order(entguardian.ByID()).First(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return l.person(ctx, g)
}

func (l *loader) enrollment(ctx context.Context, id uuid.UUID) error {
	e, err := l.client.Enrollment.Query().Where(entenrollment.ID(id)).
		WithClass(func(q *ent.ClassQuery) { q.WithSeason() }).Only(ctx)
	if err != nil {
		return err
	}
	season := e.Edges.Class.Edges.Season
	begins := season.StartsOn
	if day := e.EnrolledAt.UTC().Truncate(24 * time.Hour); day.After(begins) {
		begins = day // the season had begun before
	}
	l.change.Enrollment = &provider.Enrollment{ID: e.ID, Class: e.Edges.Class.Name, Season: season.Name, StartsOn: begins}
	return l.payer(ctx, e.HouseholdID)
}

func (l *loader) invoice(ctx context.Context, id uuid.UUID) error {
	i, err := l.client.Invoice.Get(ctx, id)
	if err != nil {
		return err
	}
	lines, err := l.client.InvoiceLine.Query().Where(entline.InvoiceID(id)).Order(entline.ByID()).
		WithEnrollment(func(q *ent.EnrollmentQuery) {
			q.WithClass(func(q *ent.ClassQuery) { q.WithSeason() })
		}).All(ctx)
	if err != nil {
		return err
	}
	l.change.Invoice = &provider.Invoice{
		ID: i.ID, Number: strconv.Itoa(i.Number), Biller: i.Biller, Currency: i.Currency, Total: i.Total, DueOn: i.DueOn, URL: value(i.PaymentURL), Lines: make([]provider.Line, len(lines)),
	}
	for at, line := range lines {
		l.change.Invoice.Lines[at] = lineOf(line)
	}
	return l.payer(ctx, i.HouseholdID)
}

// refund loads nothing of one that is decided, or that the studio has given back
// itself: nobody has to be asked.
func (l *loader) refund(ctx context.Context, id uuid.UUID) error {
	r, err := l.client.Refund.Query().Where(entrefund.ID(id)).WithPayment().Only(ctx)
	if err != nil || r.Status != entrefund.StatusPENDING {
		return err
	}
	l.change.Refund = &provider.Refund{ID: r.ID, Provider: r.Provider, Payment: value(r.Edges.Payment.ProviderReference), Amount: r.Amount, Currency: r.Currency}
	return l.household(ctx, r.HouseholdID)
}

// lineOf leaves the line's own text out: a studio may have written a student's
// name there. What it is for, the class says.
func lineOf(line *ent.InvoiceLine) provider.Line {
	out := provider.Line{ID: line.ID, Kind: provider.Fee, Amount: line.Amount}
	if of := line.Edges.Enrollment; of != nil {
		out.Kind, out.Item, out.Season = provider.Tuition, of.Edges.Class.Name, of.Edges.Class.Edges.Season.Name
	}
	return out
}

// member loads a member and, where the event is about a link, the link.
func (l *loader) member(ctx context.Context, e event.Event) error {
	m, err := l.client.Membership.Get(ctx, e.EntityID)
	if err != nil {
		return err
	}
	suppressed, err := l.suppressed(ctx, m.Email)
	if err != nil {
		return err
	}
	who := memberOf(m, suppressed)
	l.change.Person, l.change.Member = &who, &provider.Member{ID: m.ID, Name: m.Name, Email: m.Email, Suppressed: suppressed, Role: string(m.Role)}
	if l.change.ResetMailer, err = l.resetMailer(ctx); err != nil {
		return err
	}
	if l.letters == nil {
		return nil
	}
	address, ends, err := l.letters.Letter(ctx, e.TenantID, m.ID, e.Type)
	if err == nil && address != "" {
		l.change.Invitation = &provider.Invitation{URL: address, ExpiresAt: ends}
	}
	return err
}

// deal leaves title and lost reason out, in which a studio may have written a
// student's name.
func (l *loader) deal(ctx context.Context, id uuid.UUID) error {
	d, err := l.client.Deal.Get(ctx, id)
	if err != nil {
		return err
	}
	l.change.Deal = &provider.Deal{ID: d.ID, Stage: d.Stage, Status: provider.DealStatus(d.Status), Value: d.Value, Currency: d.Currency}
	if d.HouseholdID == nil {
		return nil
	}
	return l.payer(ctx, *d.HouseholdID)
}

// ticket loads the guardian who asked or, where nobody is named, the one whom
// the household's bills concern.
func (l *loader) ticket(ctx context.Context, id uuid.UUID) error {
	t, err := l.client.Ticket.Get(ctx, id)
	if err != nil {
		return err
	}
	l.change.Ticket = &provider.Ticket{ID: t.ID, Subject: t.Subject, Status: provider.TicketStatus(t.Status)}
	switch {
	case t.GuardianID != nil:
		return l.guardian(ctx, *t.GuardianID)
	case t.HouseholdID != nil:
		return l.payer(ctx, *t.HouseholdID)
	}
	return nil
}

func (l *loader) reply(ctx context.Context, id uuid.UUID) error {
	r, err := l.client.TicketReply.Get(ctx, id)
	if err != nil {
		return err
	}
	l.change.Reply = &provider.Reply{ID: r.ID, Author: provider.Author(r.Author), Text: r.Text, Reference: value(r.Reference), At: r.CreatedAt}
	return l.ticket(ctx, r.TicketID)
}

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
