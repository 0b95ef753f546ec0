package provider

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/typeid"
)

// DataClass is a kind of data that a sub-processor may be allowed to receive.
// There is none for birth dates, medical notes, attendance, custody or
// anything else about a student: such data cannot be declared, so it cannot
// leave.
type DataClass string

// The classes, in the words of the public register where it has them.
const (
	Name           DataClass = "name"
	Email          DataClass = "email"
	BillingAddress DataClass = "billing address"
	OrgAddress     DataClass = "org address" // of whoever is the vendor's customer: a family
	Country        DataClass = "country"
	Phone          DataClass = "phone"
	BillingInfo    DataClass = "billing information" // what is billed, when it is due and that it was paid
	PaymentDetails DataClass = "payment details"     // the same, in another row's words; never a card number
	SystemMessage  DataClass = "system message"      // notifications, invitations, password resets
	SupportMessage DataClass = "support message"     // what an adult wrote to the studio or the studio to them, in their own words
	OpaqueRef      DataClass = "opaque reference"    // our ids and the vendor's own
	Operational    DataClass = "operational value"   // switches and limits of the vendor's API; nobody's data
)

// Card is one row of the register of sub-processors, and at the same time the
// rule that Guard enforces. The first five columns are public text.
type Card struct {
	Name       string
	Nature     string
	DataShared string
	Location   string
	Contact    string

	// Announced is when studios were told of a new sub-processor; zero for one
	// that was there from the beginning. Until the notice period has passed,
	// nothing is sent to it.
	Announced time.Time

	Classes []DataClass // besides OpaqueRef and Operational
	Hosts   []string    // the only hosts, over HTTPS
	Headers []string    // the only request headers, besides those of HTTP itself
	Calls   []Call      // the only calls

	// SafeRetry is how long an operation may simply be repeated after its first
	// attempt; later, or after an Unknown error, Reconcile comes first.
	SafeRetry time.Duration
}

// NoticePeriod is how long studios know of a new sub-processor before it
// receives anything.
const NoticePeriod = 30 * 24 * time.Hour

// Opens is when the sub-processor may first receive anything; zero for one that
// is not new.
func (c Card) Opens() time.Time {
	if c.Announced.IsZero() {
		return time.Time{}
	}
	return c.Announced.Add(NoticePeriod)
}

// Call is one request that may be made. Path is a template whose {…} parts
// stand for one opaque id each: letters, digits, "_" and "-".
type Call struct {
	Name   string
	Method string
	Path   string
	Query  []Field
	Body   []Field
	// Withheld names what the vendor would take in the body and never gets, each
	// with all that it holds. Body and Withheld together are the vendor's own
	// description of the call.
	Withheld []string
}

// Field is one value of a body or query. Path joins the names on the way to it
// with dots, and "[]" stands for the elements of a list. A last name in braces
// stands for any one opaque name, as a vendor makes up for the fields that its
// customers add; the value must then be the id of a record of ours.
type Field struct {
	Path  string
	Class DataClass
}

// Fields declares several fields of one class.
func Fields(class DataClass, paths ...string) []Field {
	fields := make([]Field, len(paths))
	for i, path := range paths {
		fields[i] = Field{Path: path, Class: class}
	}
	return fields
}

// Under puts a prefix before names, such as "account.".
func Under(prefix string, names ...string) []string {
	under := make([]string, len(names))
	for i, name := range names {
		under[i] = prefix + name
	}
	return under
}

// Join makes one list of fields out of several.
func Join(lists ...[]Field) []Field { return slices.Concat(lists...) }

// Check reports a card that contradicts itself: a call with a field whose
// class the vendor may not receive, or an incomplete row.
func (c Card) Check() error {
	for _, text := range []string{c.Name, c.Nature, c.DataShared, c.Location, c.Contact} {
		if strings.TrimSpace(text) == "" {
			return fmt.Errorf("provider: card %q has an empty column", c.Name)
		}
	}
	for _, call := range c.Calls {
		for _, field := range slices.Concat(call.Query, call.Body) {
			if !c.allows(field.Class) {
				return fmt.Errorf("provider: card %q: %s sends %s, a %q it may not receive", c.Name, call.Name, field.Path, field.Class)
			}
		}
	}
	return nil
}

func (c Card) allows(class DataClass) bool {
	return class == OpaqueRef || class == Operational || slices.Contains(c.Classes, class)
}

// call returns the declared call of a request, or nil.
func (c Card) call(method, path string) *Call {
	for i := range c.Calls {
		if c.Calls[i].Method == method && matches(c.Calls[i].Path, path) {
			return &c.Calls[i]
		}
	}
	return nil
}

func matches(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if strings.HasPrefix(want[i], "{") {
			if !opaque(got[i]) {
				return false
			}
		} else if want[i] != got[i] {
			return false
		}
	}
	return true
}

// covers reports whether a value may be sent as the field.
func (f Field) covers(l leaf) bool {
	before, _, open := strings.Cut(f.Path, "{")
	if !open {
		return f.Path == l.path
	}
	name, under := strings.CutPrefix(l.path, before)
	return under && opaque(name) && isRef(l.value)
}

// isRef reports whether the text of a JSON value is the id of a record of ours.
func isRef(text string) bool {
	_, _, err := typeid.Parse(strings.Trim(text, `"`))
	return err == nil
}

// opaque keeps e-mail addresses and names out of paths.
func opaque(segment string) bool {
	if segment == "" || len(segment) > 128 {
		return false
	}
	return !strings.ContainsFunc(segment, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
}

// Endpoint returns the connection's BaseURL without a trailing slash, or the
// vendor's own when it has none. Guard decides whether it may be reached.
func (c Connection) Endpoint(vendor string) string {
	if c.BaseURL == "" {
		return vendor
	}
	return strings.TrimSuffix(c.BaseURL, "/")
}
