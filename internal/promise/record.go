package promise

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Result is how a proof ended.
type Result string

// The results.
const (
	Passed  Result = "PASSED"
	Failed  Result = "FAILED"
	Skipped Result = "SKIPPED" // it could not run where it was run
	Missing Result = "MISSING" // there is no such test
)

// Outcome is what is known of one proof.
type Outcome struct {
	Result   Result    `json:"result"`
	At       time.Time `json:"at"`
	PassedAt time.Time `json:"passedAt,omitzero"` // when it was last green
	Figures  []string  `json:"figures,omitempty"` // what it measured, in words
}

// Record is what the proofs of one release gave.
type Record struct {
	Revision string             `json:"revision"` // of the source; empty if unknown
	At       time.Time          `json:"at"`
	Proofs   map[string]Outcome `json:"proofs"`
}

// ReadRecord reads a record; without a file it is an empty one, by which
// nothing is proven.
func ReadRecord(path string) (*Record, error) {
	r := &Record{Proofs: map[string]Outcome{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// Write keeps the record in a file that is never seen half written.
func (r *Record) Write(path string) error {
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Begin makes it the record of a release. Of another one it is kept alone when
// its proofs were last green.
func (r *Record) Begin(revision string, at time.Time) {
	if r.Revision != revision {
		for name, o := range r.Proofs {
			r.Proofs[name] = Outcome{PassedAt: o.PassedAt}
		}
	}
	r.Revision, r.At = revision, at
}

// Note adds what a proof gave now.
func (r *Record) Note(name string, o Outcome) {
	o.PassedAt = r.Proofs[name].PassedAt
	if o.Result == Passed {
		o.PassedAt = o.At
	}
	r.Proofs[name] = o
}
