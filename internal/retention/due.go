package retention

import (
	"fmt"

	"github.com/barrehq/barre/ent/rule"
)

// due says which rows t of an entity have been kept long enough, for the tenant
// $1 and what was before $2.
type due struct {
	entity    string
	keep      rule.Keeping
	condition string
	// release lets go of what leads to a row and is kept for longer; its $1 is
	// the tenant and its $2 the row. Empty for nothing.
	release string
}

// quiet is the condition that a student has had nothing to do with the studio
// since $2.
func quiet(student string) string {
	return fmt.Sprintf(`NOT EXISTS (SELECT FROM enrollments q WHERE q.tenant_id = $1 AND q.student_id = %[1]s AND (q.status = 'ACTIVE' OR COALESCE(q.dropped_at, q.updated_at) >= $2))
		AND NOT EXISTS (SELECT FROM waitlist_entries q WHERE q.tenant_id = $1 AND q.student_id = %[1]s AND (q.status = 'WAITING' OR q.updated_at >= $2))`, student)
}

// settled is the condition that an invoice has been paid or voided, and that
// before $2.
func settled(invoice string) string {
	return fmt.Sprintf(`EXISTS (SELECT FROM invoices q WHERE q.tenant_id = $1 AND q.id = %[1]s AND q.status <> 'OPEN' AND q.issued_at < $2)
		AND NOT EXISTS (SELECT FROM payments q WHERE q.tenant_id = $1 AND q.invoice_id = %[1]s AND q.received_at >= $2)`, invoice)
}

// dues are in the order in which they are removed: what leads to something
// before that.
func dues() []due {
	return []due{
		{entity: "WaitlistEntry", keep: rule.AsLongAsFamily, condition: quiet("t.student_id")},
		{entity: "Enrollment", keep: rule.AsLongAsFamily, condition: quiet("t.student_id"),
			release: `UPDATE invoice_lines SET enrollment_id = NULL, updated_at = now() WHERE tenant_id = $1 AND enrollment_id = $2`},
		{entity: "Student", keep: rule.AsLongAsFamily, condition: `t.deleted_at IS NULL AND t.created_at < $2 AND ` + quiet("t.id"),
			release: `UPDATE invoices SET student_id = NULL, updated_at = now() WHERE tenant_id = $1 AND student_id = $2`},
		{entity: "Household", keep: rule.AsLongAsFamily, condition: `t.deleted_at IS NULL AND t.created_at < $2
			AND NOT EXISTS (SELECT FROM students q WHERE q.tenant_id = $1 AND q.household_id = t.id AND q.deleted_at IS NULL)
			AND NOT EXISTS (SELECT FROM memberships q WHERE q.tenant_id = $1 AND q.household_id = t.id AND q.status <> 'REVOKED')` + free("enrollments", "waitlist_entries", "invoices", "payments", "tuition_subscriptions", "tickets", "deals")},
		{entity: "TicketReply", keep: rule.AsLongAsContact, condition: `EXISTS (SELECT FROM tickets q WHERE q.tenant_id = $1 AND q.id = t.ticket_id AND q.updated_at < $2)
			AND NOT EXISTS (SELECT FROM ticket_replies q WHERE q.tenant_id = $1 AND q.ticket_id = t.ticket_id AND q.created_at >= $2)`},
		{entity: "Ticket", keep: rule.AsLongAsContact, condition: `t.updated_at < $2 AND NOT EXISTS (SELECT FROM ticket_replies q WHERE q.tenant_id = $1 AND q.ticket_id = t.id AND q.created_at >= $2)`},
		{entity: "Deal", keep: rule.AsLongAsContact, condition: `t.deleted_at IS NULL AND t.updated_at < $2`},
		{entity: "Refund", keep: rule.AsLongAsBooks, condition: settled("t.invoice_id")},
		{entity: "Dispute", keep: rule.AsLongAsBooks, condition: `EXISTS (SELECT FROM payments p WHERE p.tenant_id = $1 AND p.id = t.payment_id AND ` + settled("p.invoice_id") + `)`},
		{entity: "Payment", keep: rule.AsLongAsBooks, condition: settled("t.invoice_id")},
		{entity: "InvoiceLine", keep: rule.AsLongAsBooks, condition: settled("t.invoice_id")},
		{entity: "Invoice", keep: rule.AsLongAsBooks, condition: settled("t.id")},
		{entity: "TuitionSubscription", keep: rule.AsLongAsBooks, condition: `t.updated_at < $2 AND t.status = 'CANCELED'`},
	}
}

// free is the condition that no row of the tables is of the household t.
func free(tables ...string) (text string) {
	for _, table := range tables {
		text += fmt.Sprintf(" AND NOT EXISTS (SELECT FROM %s q WHERE q.tenant_id = $1 AND q.household_id = t.id)", table)
	}
	return text
}
