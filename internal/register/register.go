// Package register is the public register of sub-processors: who receives
// which data. Its rows are made of the cards that providers are held to, so
// that it cannot say less than is sent.
package register

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// Row is one sub-processor.
type Row struct {
	Provider   *string // short name; nil of who only hosts
	Name       string
	Nature     string
	DataShared string
	Location   string
	Contact    string
	ActiveFrom *time.Time  // when a new one may first receive anything; nil for one that is not new
	Operations []Operation // in the order of their names; none of who only hosts
}

// Operation is one call that may be made to a sub-processor.
type Operation struct {
	Name string
	// Sent is all that the call may hold.
	Sent []Field
	// Withheld is what the sub-processor would take with it and never gets.
	Withheld []string
}

// Field is one value that may be sent.
type Field struct {
	Path  string // as the sub-processor names it
	Class string // kind of data, in the words of the register
}

// Hosting are the names that New knows for who hosts a deployment.
func Hosting() []string { return []string{"aws", "heroku"} }

// host is the row of who hosts: it is no vendor that we call, so that there is
// no card of it. Data are there, and sealed or encrypted.
func host(name string) (*Row, bool) {
	switch name {
	case "aws":
		return &Row{
			Name: "AWS", Nature: "Cloud infrastructure", DataShared: "No access to data in normal course of business",
			Location: "US", Contact: "Not applicable — no access to customer data",
		}, true
	case "heroku":
		return &Row{
			Name: "Heroku", Nature: "Platform as a service", DataShared: "Data is encrypted; no access to data in normal course of business",
			Location: "US", Contact: "Not applicable — no access to customer data",
		}, true
	}
	return nil, false
}

// New returns the register of a deployment: the providers that it can connect
// to, and who hosts it.
func New(providers []provider.Provider, hosting []string) ([]*Row, error) {
	var rows []*Row
	for _, p := range providers {
		card := p.Card()
		if err := card.Check(); err != nil {
			return nil, err
		}
		row := rowOf(card)
		name := p.Name()
		row.Provider = &name
		rows = append(rows, row)
	}
	for _, name := range hosting {
		row, known := host(name)
		if !known {
			return nil, fmt.Errorf("register: %q is no host; it must be one of %s", name, strings.Join(Hosting(), ", "))
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b *Row) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return rows, nil
}

func rowOf(c provider.Card) *Row {
	row := &Row{Name: c.Name, Nature: c.Nature, DataShared: c.DataShared, Location: c.Location, Contact: c.Contact}
	if opens := c.Opens(); !opens.IsZero() {
		row.ActiveFrom = &opens
	}
	for _, call := range c.Calls {
		o := Operation{Name: call.Name, Withheld: slices.Clone(call.Withheld)}
		for _, field := range slices.Concat(call.Query, call.Body) {
			o.Sent = append(o.Sent, Field{field.Path, string(field.Class)})
		}
		row.Operations = append(row.Operations, o)
	}
	slices.SortFunc(row.Operations, func(a, b Operation) int { return strings.Compare(a.Name, b.Name) })
	return row
}
