package relay

import "github.com/google/uuid"

// Number is the statement that a look is.
const Number = number

// Next is where the next look begins.
func (r *Relay) Next() uuid.UUID { return r.looks.next }
