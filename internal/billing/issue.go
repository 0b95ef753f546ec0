package billing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/ent/invoice"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// mostEnrollments is how many enrollments one invoice may charge.
const mostEnrollments = 50

// IssueInvoice charges a household one interval of tuition for each of its
// enrollments, with the studio's next number. It is for those who may make
// invoices. An invoice over nothing is paid as soon as it is issued.
func (o *Office) IssueInvoice(ctx context.Context, householdID uuid.UUID, enrollmentIDs []uuid.UUID, dueOn time.Time) (*ent.Invoice, error) {
	if err := invoice.Policy.EvalMutation(ctx, o.client(ctx).Invoice.Create().Mutation()); err != nil {
		return nil, err
	}
	ids, dueOn := slices.Clone(enrollmentIDs), day(dueOn)
	if err := o.check(ids, dueOn); err != nil {
		return nil, err
	}
	var issued *ent.Invoice
	err := o.store.InTx(ctx, func(ctx context.Context) error {
		charges, err := o.charges(ctx, householdID, ids)
		if err != nil {
			return err
		}
		b, err := compose(charges, ids, dueOn)
		if err != nil {
			return err
		}
		issued, err = o.issue(ctx, householdID, b)
		return err
	})
	if err != nil {
		return nil, err
	}
	return issued, nil
}

// check refuses what no studio could bill. A day that has just ended here may
// still last elsewhere, so yesterday is accepted.
func (o *Office) check(ids []uuid.UUID, dueOn time.Time) error {
	sorted := slices.SortedFunc(slices.Values(ids), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	switch {
	case len(ids) == 0:
		return fault.User(fault.Required, path("enrollmentIds"), "Name at least one enrollment to charge.")
	case len(ids) > mostEnrollments:
		return invalid("enrollmentIds", "An invoice charges at most %d enrollments.", mostEnrollments)
	case len(slices.Compact(sorted)) < len(ids):
		return invalid("enrollmentIds", "Name each enrollment once.")
	case dueOn.Before(day(o.now().UTC()).AddDate(0, 0, -1)):
		return invalid("dueOn", "An invoice cannot be due in the past.")
	}
	return nil
}

// charges reads what the enrollments cost. The rows are held, so that none is
// dropped before the invoice is there.
func (o *Office) charges(ctx context.Context, household uuid.UUID, ids []uuid.UUID) ([]charge, error) {
	const query = `SELECT e.id, e.student_id, e.status = 'ACTIVE', c.name, p.name, p.interval = 'SEASON', t.name, p.amount, p.currency
		FROM enrollments e JOIN classes c ON c.tenant_id = e.tenant_id AND c.id = e.class_id
		JOIN tuition_plans p ON p.tenant_id = c.tenant_id AND p.id = c.tuition_plan_id
		JOIN seasons t ON t.tenant_id = c.tenant_id AND t.id = c.season_id
		JOIN households h ON h.tenant_id = e.tenant_id AND h.id = e.household_id AND h.deleted_at IS NULL
		WHERE e.tenant_id = $1 AND e.household_id = $2 AND e.id = ANY ($3::uuid[]) ORDER BY e.id FOR SHARE OF e`
	rows, err := o.store.Run(ctx).QueryContext(ctx, query, viewer.From(ctx).TenantID, household, array(ids))
	if err != nil {
		return nil, fmt.Errorf("billing: read what to charge: %w", err)
	}
	defer rows.Close()
	var found []charge
	for rows.Next() {
		var c charge
		if err := rows.Scan(&c.enrollment, &c.student, &c.active, &c.class, &c.plan, &c.bySeason, &c.season, &c.amount, &c.currency); err != nil {
			return nil, fmt.Errorf("billing: read what to charge: %w", err)
		}
		found = append(found, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("billing: read what to charge: %w", err)
	}
	if len(found) < len(ids) {
		return nil, o.absent(ctx, household)
	}
	return found, nil
}

// absent says what the studio does not have: the household or an enrollment of it.
func (o *Office) absent(ctx context.Context, household uuid.UUID) error {
	const query = `SELECT FROM households WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL`
	rows, err := o.store.Run(ctx).QueryContext(ctx, query, viewer.From(ctx).TenantID, household)
	if err != nil {
		return fmt.Errorf("billing: look for the household: %w", err)
	}
	defer rows.Close()
	switch {
	case rows.Next():
		return missing("enrollmentIds", "enrollment")
	case rows.Err() != nil:
		return fmt.Errorf("billing: look for the household: %w", rows.Err())
	default:
		return missing("householdId", "household")
	}
}

// issue writes the invoice and its lines. The number comes last before the
// rows: whoever takes the next one waits for this transaction, and a number
// whose transaction fails was never taken.
func (o *Office) issue(ctx context.Context, household uuid.UUID, b *bill) (*ent.Invoice, error) {
	biller, err := o.biller(ctx)
	if err != nil {
		return nil, err
	}
	number, err := o.nextNumber(ctx)
	if err != nil {
		return nil, err
	}
	status := invoice.StatusOPEN
	if b.total == 0 {
		status = invoice.StatusPAID
	}
	issued, err := o.client(ctx).Invoice.Create().SetHouseholdID(household).SetNillableStudentID(b.student).SetNumber(number).SetStatus(status).
		SetCurrency(b.currency).SetTotal(b.total).SetBiller(biller).SetIssuedAt(o.moment()).SetDueOn(b.dueOn).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("billing: issue: %w", err)
	}
	ctx = viewer.Elevated(ctx, "write the lines of an invoice")
	lines := make([]*ent.InvoiceLineCreate, len(b.lines))
	for i, l := range b.lines {
		lines[i] = o.client(ctx).InvoiceLine.Create().SetInvoiceID(issued.ID).SetHouseholdID(household).SetEnrollmentID(l.enrollment).
			SetDescription(l.description).SetQuantity(1).SetUnitAmount(l.amount).SetAmount(l.amount)
	}
	if err := o.client(ctx).InvoiceLine.CreateBulk(lines...).Exec(ctx); err != nil {
		return nil, fmt.Errorf("billing: write the lines: %w", err)
	}
	return issued, nil
}

// biller names the provider that collects the studio's invoices now; empty for
// none. The invoice keeps it: whatever is connected later, one alone sends it.
func (o *Office) biller(ctx context.Context) (string, error) {
	found, err := o.client(ctx).Integration.Query().Where(integration.Bills(true), integration.StatusIn(integration.StatusACTIVE, integration.StatusFAILED)).
		Select(integration.FieldProvider).String(viewer.Elevated(ctx, "find who collects an invoice"))
	if ent.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("billing: find the biller: %w", err)
	}
	return found, nil
}

// nextNumber takes the studio's next invoice number.
func (o *Office) nextNumber(ctx context.Context) (int, error) {
	const query = `INSERT INTO tenant_counters (id, created_at, updated_at, tenant_id, kind, last) VALUES ($1, $2, $2, $3, 'INVOICE', 1)
		ON CONFLICT (tenant_id, kind) DO UPDATE SET last = tenant_counters.last + 1, updated_at = $2 RETURNING last`
	rows, err := o.store.Run(ctx).QueryContext(ctx, query, rule.NewID(), o.moment(), viewer.From(ctx).TenantID)
	if err != nil {
		return 0, fmt.Errorf("billing: take a number: %w", err)
	}
	defer rows.Close()
	var number int
	if !rows.Next() {
		return 0, fmt.Errorf("billing: take a number: %w", rows.Err())
	}
	if err := rows.Scan(&number); err != nil {
		return 0, fmt.Errorf("billing: take a number: %w", err)
	}
	return number, rows.Close()
}
