package enrollment

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	record "github.com/barrehq/barre/ent/enrollment"
	"github.com/barrehq/barre/internal/fault"
)

// Drop gives the seat of an enrollment back and offers it to the line in the
// same moment. It is for those who may change the enrollment.
func (d *Desk) Drop(ctx context.Context, id uuid.UUID, ifVersion *int) (*ent.Enrollment, error) {
	update := d.client(ctx).Enrollment.UpdateOneID(id)
	if err := record.Policy.EvalMutation(ctx, update.Mutation()); err != nil {
		return nil, err
	}
	var dropped *ent.Enrollment
	err := d.store.InTx(ctx, func(ctx context.Context) error {
		held, err := d.droppable(ctx, id, ifVersion)
		if err != nil {
			return err
		}
		class, err := d.giveSeat(ctx, held.ClassID)
		if err != nil {
			return err
		}
		if class == nil {
			if _, err := d.droppable(ctx, id, ifVersion); err != nil {
				return err
			}
			return fault.User(fault.WrongState, path("id"), "The class was deleted; restore it before its seats change.")
		}
		if dropped, err = d.drop(ctx, id, ifVersion); err != nil {
			return err
		}
		_, err = d.offer(ctx, class.ID, class.OpenSeats)
		return err
	})
	if err != nil {
		return nil, err
	}
	return dropped, nil
}

// droppable returns the enrollment if it is the viewer's to drop.
func (d *Desk) droppable(ctx context.Context, id uuid.UUID, ifVersion *int) (*ent.Enrollment, error) {
	held, err := d.client(ctx).Enrollment.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, missing("id", "enrollment")
	}
	if err != nil {
		return nil, fmt.Errorf("enrollment: drop: %w", err)
	}
	if err := conflict(ifVersion, held.Version); err != nil {
		return nil, err
	}
	if held.Status != record.StatusACTIVE {
		return nil, fault.User(fault.WrongState, path("id"), "The enrollment is not active; there is no seat to give back.")
	}
	return held, nil
}

// drop ends an enrollment whose class is locked. Where another was faster it
// says so.
func (d *Desk) drop(ctx context.Context, id uuid.UUID, ifVersion *int) (*ent.Enrollment, error) {
	update := d.client(ctx).Enrollment.UpdateOneID(id).Where(record.StatusEQ(record.StatusACTIVE)).
		SetStatus(record.StatusDROPPED).SetDroppedAt(d.moment())
	if ifVersion != nil {
		update.Where(record.VersionEQ(*ifVersion))
	}
	dropped, err := update.Save(ctx)
	if !ent.IsNotFound(err) {
		return dropped, err
	}
	if _, err := d.droppable(ctx, id, ifVersion); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("enrollment: drop: enrollment %s neither stayed nor changed", id)
}
