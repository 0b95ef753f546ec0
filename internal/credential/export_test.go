package credential

import "context"

// Occupy takes one of the turns until the caller leaves.
func (h *Hasher) Occupy(ctx context.Context) (leave func(), err error) { return h.enter(ctx) }

// Absent returns the hash that VerifyAbsent works on.
func (h *Hasher) Absent() string { return h.absent }

// Common returns the list of common passwords.
func Common() string { return common }

// Breached is the list of passwords that have leaked.
func Breached() string { return breached }
