package billing_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/payment"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Who may bill, may; all others are refused before anything is read, so that
// they learn nothing from the answer.
func TestRoles(t *testing.T) {
	b := newBench(t)
	id := b.enroll(t, b.A.Student, offering{amount: 9500})
	for role, may := range map[viewer.Role]bool{
		viewer.Owner: true, viewer.Admin: true, viewer.FrontDesk: true, viewer.Key: true, viewer.Platform: true,
		viewer.Teacher: false, viewer.Guardian: false, viewer.Public: false,
	} {
		ctx := b.A.As(t.Context(), role)
		paid, void := b.issue(t, id), b.issue(t, id)
		_, issued := b.IssueInvoice(ctx, b.A.Household, []uuid.UUID{id}, due)
		_, recorded := b.RecordPayment(ctx, billing.Receipt{InvoiceID: paid.ID, Amount: 9500, Method: payment.MethodCASH})
		_, voided := b.VoidInvoice(ctx, void.ID, nil)
		_, unknown := b.VoidInvoice(ctx, uuid.New(), nil)
		for verb, err := range map[string]error{"issue": issued, "pay": recorded, "void": voided} {
			if (err == nil) != may || !may && fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("%s: %s: %v", role, verb, err)
			}
		}
		if !may {
			wantSame(t, voided, unknown)
		}
	}
	_, err := b.IssueInvoice(t.Context(), b.A.Household, []uuid.UUID{id}, due)
	wantCode(t, err, fault.Unauthenticated)
}

// A key needs the scope of the verb and no other.
func TestScopes(t *testing.T) {
	b := newBench(t)
	id := b.enroll(t, b.A.Student, offering{amount: 9500})
	made := b.issue(t, id)
	as := func(scope string) *viewer.Viewer {
		return &viewer.Viewer{TenantID: b.A.Tenant, Role: viewer.Key, Scopes: []string{scope}, CredentialID: uuid.New()}
	}
	pay := billing.Receipt{InvoiceID: made.ID, Amount: 1, Method: payment.MethodCASH}
	invoices, payments := viewer.With(t.Context(), as("invoice:write")), viewer.With(t.Context(), as("payment:write"))
	if _, err := b.IssueInvoice(invoices, b.A.Household, []uuid.UUID{id}, due); err != nil {
		t.Errorf("issue: %v", err)
	}
	if _, err := b.RecordPayment(payments, pay); err != nil {
		t.Errorf("pay: %v", err)
	}
	_, err := b.RecordPayment(invoices, pay)
	wantCode(t, err, fault.Forbidden)
	_, err = b.IssueInvoice(payments, b.A.Household, []uuid.UUID{id}, due)
	wantCode(t, err, fault.Forbidden)
	_, err = b.VoidInvoice(viewer.With(t.Context(), as("invoice:read")), made.ID, nil)
	wantCode(t, err, fault.Forbidden)
	actor := viewer.From(payments).Actor()
	if n := b.count(t, `SELECT count(*) FROM events WHERE actor = $1 AND type IN ('payment.created', 'invoice.updated')`, actor); n != 2 {
		t.Errorf("%d events name the key; want the payment's and the invoice's", n)
	}
}

// The neighbor's records answer as if they did not exist.
func TestNeighbors(t *testing.T) {
	b := newBench(t)
	mine := b.enroll(t, b.A.Student, offering{amount: 9500})
	theirs := b.enrollIn(t, b.B, b.B.Student, offering{amount: 9500})
	next, err := b.IssueInvoice(b.B.As(t.Context(), viewer.Owner), b.B.Household, []uuid.UUID{theirs}, due)
	must(t, err)
	for _, verb := range []func(id uuid.UUID) error{
		func(id uuid.UUID) error {
			_, err := b.RecordPayment(b.staff, billing.Receipt{InvoiceID: id, Amount: 1, Method: payment.MethodCASH})
			return err
		},
		func(id uuid.UUID) error { _, err := b.VoidInvoice(b.staff, id, nil); return err },
		func(id uuid.UUID) error {
			if id == next.ID {
				id = theirs
			}
			_, err := b.IssueInvoice(b.staff, b.A.Household, []uuid.UUID{mine, id}, due)
			return err
		},
		func(id uuid.UUID) error {
			if id == next.ID {
				id = b.B.Household
			}
			_, err := b.IssueInvoice(b.staff, id, []uuid.UUID{mine}, due)
			return err
		},
	} {
		foreign, missing := verb(next.ID), verb(uuid.New())
		wantCode(t, missing, fault.NotFound)
		wantSame(t, foreign, missing)
	}
	if n := b.count(t, `SELECT amount_paid + version FROM invoices WHERE id = $1`, next.ID); n != 1 {
		t.Error("the neighbor's invoice was touched")
	}
}
