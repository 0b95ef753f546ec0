package billing

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/barrehq/barre/internal/fault"
)

// charge is an enrollment and what one interval of it costs.
type charge struct {
	enrollment, student uuid.UUID
	active              bool
	class, plan         string
	season              string
	bySeason            bool // else by month
	amount              int64
	currency            string
}

// bill is an invoice before it has a number.
type bill struct {
	student  *uuid.UUID // whom all of it is for; nil for several
	currency string
	total    int64
	dueOn    time.Time
	lines    []line
}

type line struct {
	enrollment  uuid.UUID
	description string
	amount      int64
}

// compose makes charges into a bill, in the order of ids; or says why they
// cannot be on one.
func compose(charges []charge, ids []uuid.UUID, dueOn time.Time) (*bill, error) {
	slices.SortFunc(charges, func(a, b charge) int {
		return slices.Index(ids, a.enrollment) - slices.Index(ids, b.enrollment)
	})
	first := charges[0]
	b := &bill{student: &first.student, currency: first.currency, dueOn: dueOn}
	for _, c := range charges {
		switch {
		case !c.active:
			return nil, fault.User(fault.WrongState, path("enrollmentIds"), "Only active enrollments can be charged.")
		case c.currency != b.currency:
			return nil, invalid("enrollmentIds", "One invoice has one currency; these enrollments are on plans in %s and %s.", b.currency, c.currency)
		}
		if c.student != first.student {
			b.student = nil
		}
		b.lines = append(b.lines, line{c.enrollment, describe(c, dueOn), c.amount})
		b.total += c.amount
	}
	return b, nil
}

// mostName bounds a name in a description, which has 400 bytes in all.
const mostName = 120

// describe says what a line is for: the class, the plan and the interval, and
// nobody's name, because invoices travel by mail and through providers.
func describe(c charge, dueOn time.Time) string {
	interval := dueOn.Format("January 2006")
	if c.bySeason {
		interval = cut(c.season)
	}
	return fmt.Sprintf("%s, %s, tuition for %s", cut(c.class), cut(c.plan), interval)
}

// cut shortens a name to mostName bytes of whole characters.
func cut(name string) string {
	if len(name) <= mostName {
		return name
	}
	end := mostName - len("…")
	for !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end] + "…"
}

// day is the calendar day of a time, at midnight in UTC.
func day(t time.Time) time.Time {
	year, month, d := t.Date()
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

// array is ids as Postgres reads them.
func array(ids []uuid.UUID) any {
	texts := make(pq.StringArray, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return texts
}
