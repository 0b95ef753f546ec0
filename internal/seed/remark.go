package seed

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/class"
	"github.com/barrehq/barre/ent/payment"
	"github.com/barrehq/barre/ent/ticket"
	"github.com/barrehq/barre/ent/ticketreply"
	"github.com/barrehq/barre/internal/billing"
)

var weekdays = map[class.Weekday]string{
	class.WeekdayMONDAY: "Monday", class.WeekdayTUESDAY: "Tuesday", class.WeekdayWEDNESDAY: "Wednesday",
	class.WeekdayTHURSDAY: "Thursday", class.WeekdayFRIDAY: "Friday", class.WeekdaySATURDAY: "Saturday", class.WeekdaySUNDAY: "Sunday",
}

var remarks = []string{
	"Prefers to be called in the evening.",
	"Asked whether siblings get a discount from the second class on.",
	"Will be away for two weeks in spring.",
	"Offered to help backstage at the recital.",
}

func (f *filling) remarks(ctx context.Context, c *ent.Client) error {
	var tags []uuid.UUID
	for _, name := range []string{"Scholarship", "Recital", "New this year", "Photo release signed"} {
		made, err := c.Tag.Create().SetName(name).Save(ctx)
		if err != nil {
			return err
		}
		tags = append(tags, made.ID)
	}
	for i, who := range f.pupils {
		if i%3 == 1 {
			continue
		}
		if err := c.StudentTag.Create().SetStudentID(who.id).SetTagID(tags[i%len(tags)]).Exec(ctx); err != nil {
			return err
		}
	}
	for n := 0; n < len(f.families); n += 5 {
		if err := c.Note.Create().SetHouseholdID(f.families[n]).SetBody(remarks[n/5%len(remarks)]).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// inquiries are a sale in sight and a question that was answered.
func (f *filling) inquiries(ctx context.Context, c *ent.Client) error {
	family := f.families[1]
	if err := c.Deal.Create().SetHouseholdID(family).SetTitle("Birthday party in May").SetStage("Date agreed").SetValue(24000).Exec(ctx); err != nil {
		return err
	}
	asked, err := c.Ticket.Create().SetHouseholdID(family).SetSubject("Costume for the recital").SetStatus(ticket.StatusPENDING).Save(ctx)
	if err != nil {
		return err
	}
	for _, said := range []struct {
		by   ticketreply.Author
		text string
	}{
		{ticketreply.AuthorFAMILY, "Do we buy the costume ourselves, or does the studio order it?"},
		{ticketreply.AuthorSTAFF, "The studio orders it. Please tell us the size by the end of the month."},
	} {
		if err := c.TicketReply.Create().SetTicketID(asked.ID).SetAuthor(said.by).SetText(said.text).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// invoices bills three families of four for a month: some have paid, some in
// part, some not yet.
func (f *filling) invoices(ctx context.Context, _ *ent.Client) error {
	due := f.now().UTC().AddDate(0, 0, 14)
	for n, id := range f.families {
		var seats []uuid.UUID
		for _, who := range f.pupils {
			if who.family == n {
				seats = append(seats, who.seats...)
			}
		}
		if n%4 == 3 || len(seats) == 0 {
			continue
		}
		issued, err := f.Office.IssueInvoice(ctx, id, seats, due)
		if err != nil {
			return err
		}
		if err := f.pay(ctx, n, issued); err != nil {
			return err
		}
	}
	return nil
}

func (f *filling) pay(ctx context.Context, n int, issued *ent.Invoice) error {
	amount := issued.Total
	switch n % 8 {
	case 0, 4:
		return nil // not yet
	case 1:
		amount /= 2
	}
	methods := []payment.Method{payment.MethodCARD, payment.MethodTRANSFER, payment.MethodCHECK, payment.MethodCASH}
	reference := fmt.Sprintf("Receipt %d", 1000+n)
	_, err := f.Office.RecordPayment(ctx, billing.Receipt{InvoiceID: issued.ID, Amount: amount, Method: methods[n%len(methods)], Reference: &reference})
	return err
}
