package billing

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/invoice"
	"github.com/barrehq/barre/internal/fault"
)

// VoidInvoice takes an open invoice back on which nothing has been paid; its
// number stays taken. It is for those who may change invoices.
func (o *Office) VoidInvoice(ctx context.Context, id uuid.UUID, ifVersion *int) (*ent.Invoice, error) {
	update := o.client(ctx).Invoice.UpdateOneID(id)
	if err := invoice.Policy.EvalMutation(ctx, update.Mutation()); err != nil {
		return nil, err
	}
	var voided *ent.Invoice
	err := o.store.InTx(ctx, func(ctx context.Context) error {
		// How it stands is for those whose role reaches it.
		if there, err := o.client(ctx).Invoice.Query().Where(invoice.ID(id)).Exist(ctx); err != nil || !there {
			return cmp.Or(err, missing("id", "invoice"))
		}
		a, err := o.lock(ctx, id)
		if err != nil {
			return err
		}
		if err := a.voidable(ifVersion); err != nil {
			return err
		}
		voided, err = o.client(ctx).Invoice.UpdateOneID(id).SetStatus(invoice.StatusVOID).Save(ctx)
		if ent.IsNotFound(err) { // it is where the caller's role does not reach
			return missing("id", "invoice")
		}
		if err != nil {
			return fmt.Errorf("billing: void: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return voided, nil
}

// voidable says why an invoice cannot be voided; a nil account is none at all.
func (a *account) voidable(ifVersion *int) error {
	switch {
	case a == nil:
		return missing("id", "invoice")
	case ifVersion != nil && *ifVersion != a.version:
		return fault.User(fault.VersionConflict, path("ifVersion"), "The record has changed meanwhile; it now has version %d.", a.version)
	case a.status != string(invoice.StatusOPEN):
		return fault.User(fault.WrongState, path("id"), "Only an open invoice can be voided.")
	case a.paid > 0:
		return fault.User(fault.WrongState, path("id"), "The invoice has been paid in part; it can no longer be voided.")
	}
	return nil
}
