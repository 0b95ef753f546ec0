package promise

import (
	"log/slog"
	"os"
	"sync"
	"time"
)

// Config is where a deployment's evidence lies.
type Config struct {
	Proofs     string           // file that proving writes; there need be none
	Statements string           // file of what is attested; empty for none
	Revision   string           // of the running program; empty if it is unknown
	Now        func() time.Time // time.Now by default
	Logger     *slog.Logger     // slog.Default by default
}

// Center answers what may be said of each promise now.
type Center struct {
	Config
	statements map[string]Statement

	mu     sync.Mutex
	record *Record
	stamp  time.Time // of the file that record was read from
}

// NewCenter returns the center of a deployment; its files are judged at once.
func NewCenter(c Config) (*Center, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	statements, err := ReadStatements(c.Statements)
	if err != nil {
		return nil, err
	}
	center := &Center{Config: c, statements: statements, record: &Record{}}
	if _, err := ReadRecord(c.Proofs); err != nil {
		return nil, err
	}
	return center, nil
}

// Report is every promise with what is known of it.
type Report struct {
	Revision string
	ProvenAt time.Time // when proofs were last run; zero for never
	Findings []Finding
}

// Count is how many findings are in a state.
func (r *Report) Count(s State) int {
	n := 0
	for _, f := range r.Findings {
		if f.State == s {
			n++
		}
	}
	return n
}

// Report judges every promise by the newest record.
func (c *Center) Report() *Report {
	record := c.newest()
	report := &Report{Revision: record.Revision, ProvenAt: record.At}
	for _, p := range All() {
		report.Findings = append(report.Findings, Judge(p, record, c.statements, c.Revision, c.Now()))
	}
	return report
}

// newest is the record of the file as it is now. One that cannot be read
// proves nothing.
func (c *Center) newest() *Record {
	c.mu.Lock()
	defer c.mu.Unlock()
	about, err := os.Stat(c.Proofs)
	if err != nil {
		return &Record{}
	}
	if about.ModTime().Equal(c.stamp) {
		return c.record
	}
	record, err := ReadRecord(c.Proofs)
	if err != nil {
		c.Logger.Warn("the record of proofs cannot be read; nothing counts as proven", "error", err)
		record = &Record{}
	}
	c.record, c.stamp = record, about.ModTime()
	return record
}
