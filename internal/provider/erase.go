package provider

import (
	"context"
	"slices"
)

// Erasure is whose data a vendor is to delete.
type Erasure struct {
	// Refs are the records of ours that stand for the person or family: a
	// household with its invoices, guardians, memberships, deals and tickets.
	Refs []Ref
	// Emails are addresses that are theirs and nobody else's: a vendor that knows
	// people by nothing else deletes whoever has one.
	Emails []string
}

// Confirmation is what a vendor says of one record of an erasure.
type Confirmation struct {
	Ref      Ref    // of ours; zero where the vendor knows the person by an address alone
	RemoteID string // the vendor's id; empty where it was never told
	State    ErasureState
	Note     string // what the vendor keeps in spite of it, and why; empty for nothing
}

// ErasureState is how far a vendor has come with an erasure.
type ErasureState string

const (
	// Erased: the vendor says that it has deleted it.
	Erased ErasureState = "ERASED"
	// Accepted: the vendor says that it will, and not when.
	Accepted ErasureState = "ACCEPTED"
	// Absent: the vendor has no such thing, or not any more.
	Absent ErasureState = "ABSENT"
)

// Linked erases every record of one type that the vendor was told of. What
// erase returns nil for has come to the given state; that the vendor no longer
// has it is no error.
func (e Erasure) Linked(ctx context.Context, links Links, done Confirmation, kind string, erase func(ctx context.Context, remote string) error) ([]Confirmation, error) {
	var all []Confirmation
	for _, ref := range e.Refs {
		if ref.Type != kind {
			continue
		}
		remote, err := links.Lookup(ctx, ref)
		if err != nil {
			return all, &Error{Class: Transient, Cause: err}
		}
		if remote == "" {
			continue
		}
		one := done
		one.Ref, one.RemoteID = ref, remote
		if err := erase(ctx, remote); Gone(err) {
			one.State, one.Note = Absent, ""
		} else if err != nil {
			return all, err
		}
		all = append(all, one)
	}
	return all, nil
}

// Of returns the records of the given types.
func (e Erasure) Of(kinds ...string) []Ref {
	return slices.DeleteFunc(slices.Clone(e.Refs), func(r Ref) bool { return !slices.Contains(kinds, r.Type) })
}
