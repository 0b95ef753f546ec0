// Package promise is the register of what is promised about security, privacy
// and continuity: each sentence with what keeps it, what proves it, and whether
// that proof holds. Whoever reads it is told no more than was proven.
package promise

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Level says how a promise can be known to be kept. One promise may have
// several parts.
type Level uint8

// The levels.
const (
	// Enforced promises are kept by the program: a test fails when one is not.
	Enforced Level = 1 << iota
	// Measured promises are figures: a drill or a measurement gives them.
	Measured
	// Attested promises are about people and contracts. The program can only
	// hold who stated them, when and until when.
	Attested
)

// String gives the letters of the levels, such as E+A.
func (l Level) String() string {
	var letters []string
	for level, letter := range map[Level]string{Enforced: "E", Measured: "M", Attested: "A"} {
		if l&level != 0 {
			letters = append(letters, letter)
		}
	}
	slices.SortFunc(letters, func(a, b string) int { return strings.Index("EMA", a) - strings.Index("EMA", b) })
	return strings.Join(letters, "+")
}

// Function is one of the six of the NIST Cybersecurity Framework 2.0.
type Function string

// The functions.
const (
	Govern   Function = "GOVERN"
	Identify Function = "IDENTIFY"
	Protect  Function = "PROTECT"
	Detect   Function = "DETECT"
	Respond  Function = "RESPOND"
	Recover  Function = "RECOVER"
)

// Promise is one sentence that somebody relies on.
type Promise struct {
	ID       string
	Quote    string // the words that matter, as they were published
	Source   string // page and section
	Level    Level
	Function Function
	Feature  string   // what keeps it, in words
	Proofs   []string // tests, as internal/auth.TestSignUp; none if nothing proves it yet
}

// Provable reports whether any part of the promise is kept by the program.
func (p Promise) Provable() bool { return p.Level&(Enforced|Measured) != 0 }

var proofName = regexp.MustCompile(`^[a-z0-9/]+\.Test[A-Za-z0-9]+$`)

// Check reports what is wrong with a promise as it is written down.
func (p Promise) Check() error {
	switch {
	case p.ID == "" || p.Quote == "" || p.Source == "" || p.Feature == "" || p.Function == "":
		return fmt.Errorf("promise %q lacks a part", p.ID)
	case p.Level == 0 || p.Level > Enforced|Measured|Attested:
		return fmt.Errorf("promise %s has no level", p.ID)
	case !p.Provable() && len(p.Proofs) > 0:
		return fmt.Errorf("promise %s is only attested and names proofs", p.ID)
	}
	for _, name := range p.Proofs {
		if !proofName.MatchString(name) {
			return fmt.Errorf("promise %s: %q is no test", p.ID, name)
		}
	}
	return nil
}

// All are the promises, in the order of the pages that make them.
func All() []Promise { return append(school(), studio()...) }
