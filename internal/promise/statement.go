package promise

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Statement is what somebody vouches for who runs Barre: a promise about
// people, contracts or buildings, which no program can prove.
type Statement struct {
	Promise  string    `json:"promise"`
	Owner    string    `json:"owner"` // who answers for it, such as Head of Security
	Date     time.Time `json:"date"`
	Until    time.Time `json:"until"`              // from then on it no longer counts
	Document string    `json:"document,omitempty"` // what it rests on, such as SOC 2 report 2026
	Digest   string    `json:"digest,omitempty"`   // SHA-256 of that document, in hexadecimal
}

// ReadStatements reads the statements of a deployment by promise; an empty
// path is none.
func ReadStatements(path string) (map[string]Statement, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []Statement
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s is no list of statements: %w", path, err)
	}
	attested := map[string]bool{}
	for _, p := range All() {
		attested[p.ID] = p.Level&Attested != 0
	}
	found := map[string]Statement{}
	for _, s := range list {
		can, known := attested[s.Promise]
		switch {
		case !known:
			return nil, fmt.Errorf("%s: there is no promise %q", path, s.Promise)
		case !can:
			return nil, fmt.Errorf("%s: promise %s is proven, not stated", path, s.Promise)
		case s.Owner == "" || s.Date.IsZero() || !s.Date.Before(s.Until):
			return nil, fmt.Errorf("%s: the statement of %s needs an owner, a date and a later end", path, s.Promise)
		case found[s.Promise].Promise != "":
			return nil, fmt.Errorf("%s: %s is stated twice", path, s.Promise)
		}
		found[s.Promise] = s
	}
	return found, nil
}
