package audit

import "github.com/google/uuid"

// Chain is the end of a studio's log. Its zero value is that of an empty one.
type Chain struct {
	Sequence int64
	Hash     string
}

// Seal gives an entry the next place.
func (c *Chain) Seal(tenant uuid.UUID, e Entry) Sealed {
	if c.Sequence == 0 {
		c.Hash = Start
	}
	s := Sealed{Entry: e, Sequence: c.Sequence + 1, PreviousHash: c.Hash}
	s.Hash = digest(tenant, s.PreviousHash, e.append(nil))
	c.Sequence, c.Hash = s.Sequence, s.Hash
	return s
}
