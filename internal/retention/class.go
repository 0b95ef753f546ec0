package retention

import (
	"maps"
	"slices"
	"strings"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
)

// Class is how long the tables of one class of keeping keep their rows.
type Class struct {
	Keep rule.Keeping
	// Days is for how long by default, and Floor and Ceiling what a studio may
	// set instead; 0 where no clock runs or a studio may not set it.
	Days, Floor, Ceiling int
	About                string
}

// Set reports whether a studio may set how long.
func (c *Class) Set() bool { return c.Ceiling > 0 }

// Kind is the name under which studios know the class.
func (c *Class) Kind() string { return strings.ToUpper(string(c.Keep)) }

// Types are the types of record that belong to the class, as the API names
// them.
func (c *Class) Types() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		if e := catalog.Entities[name]; e.Keep == string(c.Keep) && !e.Hidden {
			names = append(names, name)
		}
	}
	return names
}

// years are those of the periods below, in days.
const years = 365

// Classes are all there are.
func Classes() []Class {
	return []Class{
		{rule.AsLongAsFamily, 3 * years, 30, 7 * years, "Children, those who care for them and what they enrolled in: from when a child last had a class, a place in a line or a record made."},
		{rule.AsLongAsContact, 3 * years, 30, 10 * years, "Who asked or wrote: from the last change."},
		{rule.AsLongAsBooks, 10 * years, 7 * years, 12 * years, "Invoices and what was paid for them: from when an invoice was issued and last paid."},
		{rule.AsLongAsAudit, 3 * years, auditFloor, 10 * years, "Who did what: whole days, of which the anchor stays."},
		{rule.AsLongAsHistory, 3 * years, 30, 10 * years, "Earlier states of records: from when a newer one took their place. The present one stays as long as its record."},
		{rule.ForAYear, 1 * years, 0, 0, "How the API was used."},
		{rule.ForAMonth, 30, 0, 0, "How something was carried out: deliveries, messages of providers, sessions, exports."},
		{rule.ForADay, 1, 0, 0, "What is remembered so that nothing is done twice or too often."},
		{rule.AsLongAsStudio, 0, 0, 0, "What the studio is and offers: until it is deleted, or the studio leaves."},
		{rule.WithParent, 0, 0, 0, "What belongs to another record, and goes with it."},
		{rule.AsLongAsPerson, 0, 0, 0, "People who can sign in: until they belong to no studio."},
		{rule.AsLongAsPlatform, 0, 0, 0, "What proves what the platform did."},
	}
}

// auditFloor is also what the database itself refuses to go below.
const auditFloor = 1 * years

// ClassOf returns the class of an entity; nil where it has none.
func ClassOf(e *catalog.Entity) *Class {
	for _, c := range Classes() {
		if string(c.Keep) == e.Keep {
			return &c
		}
	}
	return nil
}

// classNamed returns the class that studios know under a name and may set; nil
// where there is none.
func classNamed(kind string) *Class {
	for _, c := range Classes() {
		if c.Set() && c.Kind() == kind {
			return &c
		}
	}
	return nil
}
