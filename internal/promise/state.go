package promise

import "time"

// State is what may be said of a promise.
type State string

// The states.
const (
	// Proven promises have a green proof for every part that can be proven.
	Proven State = "PROVEN"
	// Unproven promises have a proof that is red, too old or missing.
	Unproven State = "UNPROVEN"
	// Stated promises are about people or contracts: stated, not proven.
	Stated State = "STATED"
)

// Fresh is how long a proof counts.
const Fresh = 31 * 24 * time.Hour

// Finding is what is known of one promise now.
type Finding struct {
	Promise
	State State
	// Reason says why it is unproven; empty for any other.
	Reason string
	// Evidence is what each proof gave, in the order of Proofs.
	Evidence []Evidence
	// LastProvenAt is when all proofs were last green; zero for never.
	LastProvenAt time.Time
	// Statement is who vouches for the part that depends on people; nil if
	// there is no such part or nobody does.
	Statement *Statement
}

// Evidence is what one proof gave.
type Evidence struct {
	Name string
	Outcome
}

// Judge says what may be said of a promise, by what was proven and stated.
// Proofs of another revision than that of the running program do not count;
// an empty revision is that of a program under development.
func Judge(p Promise, r *Record, statements map[string]Statement, revision string, now time.Time) Finding {
	f := Finding{Promise: p}
	if s, ok := statements[p.ID]; ok && p.Level&Attested != 0 && now.Before(s.Until) {
		f.Statement = &s
	}
	if !p.Provable() {
		f.State = Stated
		return f
	}
	f.State, f.Reason = Proven, ""
	if len(p.Proofs) == 0 {
		f.State, f.Reason = Unproven, "Nothing proves it yet."
		return f
	}
	if revision != "" && r.Revision != revision {
		f.State, f.Reason = Unproven, "The proofs were run on another release."
	}
	for n, name := range p.Proofs {
		o := r.Proofs[name]
		f.Evidence = append(f.Evidence, Evidence{name, o})
		if n == 0 || o.PassedAt.Before(f.LastProvenAt) {
			f.LastProvenAt = o.PassedAt
		}
		if f.State == Unproven {
			continue
		}
		switch {
		case o.At.IsZero():
			f.State, f.Reason = Unproven, "A proof has not been run."
		case o.Result != Passed:
			f.State, f.Reason = Unproven, "A proof is red."
		case now.Sub(o.At) > Fresh:
			f.State, f.Reason = Unproven, "A proof is too old."
		}
	}
	return f
}
