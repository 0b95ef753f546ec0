package enrollment

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/fault"
)

// Code names one kind of thing that stands against joining a class. The values
// are those of EligibilityCode in the API.
type Code string

// The codes, in the order in which Judge gives them.
const (
	TooYoung        Code = "TOO_YOUNG"
	TooOld          Code = "TOO_OLD"
	LevelTooLow     Code = "LEVEL_TOO_LOW"
	ClassNotOpen    Code = "CLASS_NOT_OPEN"
	ClassFull       Code = "CLASS_FULL"
	AlreadyEnrolled Code = "ALREADY_ENROLLED"
	SeasonOver      Code = "SEASON_OVER"
)

// Reason is one thing that stands against joining a class. Message tells the
// rule, never the student's own age or level: it may end up in a log.
type Reason struct {
	Code    Code
	Message string
}

// Facts are all that Judge looks at. Days are midnight in UTC.
type Facts struct {
	BornOn                 time.Time
	Level                  int
	MinAge, MaxAge         *int // whole years; nil for no limit
	MinLevel               int
	SeasonFrom, SeasonTill time.Time // first and last day
	Today                  time.Time // where the class meets
	Open                   bool      // whether the class takes enrollments
	OpenSeats              int
	Enrolled               bool // whether the student has a seat in this class
}

// Judge returns everything that stands against joining a class; nothing when
// the student may join. Questions, enrollments and the waitlist all ask it.
func Judge(f Facts) []Reason {
	var against []Reason
	when := func(holds bool, code Code, format string, args ...any) {
		if holds {
			against = append(against, Reason{code, fmt.Sprintf(format, args...)})
		}
	}
	age := years(f.BornOn, f.SeasonFrom)
	if f.MinAge != nil {
		when(age < *f.MinAge, TooYoung, "On the first day of the season students must be at least %d years old.", *f.MinAge)
	}
	if f.MaxAge != nil {
		when(age > *f.MaxAge, TooOld, "On the first day of the season students may be at most %d years old.", *f.MaxAge)
	}
	when(f.Level < f.MinLevel, LevelTooLow, "Students must have reached level %d.", f.MinLevel)
	when(!f.Open, ClassNotOpen, "The class is not open for enrollment.")
	when(f.OpenSeats <= 0, ClassFull, "Every seat is taken.")
	when(f.Enrolled, AlreadyEnrolled, "The student already has a seat in this class.")
	when(f.Today.After(f.SeasonTill), SeasonOver, "The season is over.")
	return against
}

// years is an age in whole years. Who was born on February 29 is a year older
// on March 1 where the year has no February 29.
func years(born, on time.Time) int {
	age := on.Year() - born.Year()
	if on.Month() < born.Month() || on.Month() == born.Month() && on.Day() < born.Day() {
		age--
	}
	return age
}

func has(reasons []Reason, code Code) bool {
	return slices.ContainsFunc(reasons, func(r Reason) bool { return r.Code == code })
}

// refuse makes reasons into the fault that a person sees; nil without reasons.
// A seat that the student already has outweighs the rest, so that who asks
// twice learns that the first time was enough.
func refuse(reasons []Reason) error {
	switch {
	case len(reasons) == 0:
		return nil
	case has(reasons, AlreadyEnrolled):
		return fault.User(fault.AlreadyEnrolled, []string{"input", "studentId"}, "The student already has a seat in this class.")
	case len(reasons) == 1 && reasons[0].Code == ClassFull:
		return fault.User(fault.ClassFull, []string{"input", "classId"}, "%s", reasons[0].Message)
	}
	sentences := make([]string, len(reasons))
	for i, r := range reasons {
		sentences[i] = r.Message
	}
	return fault.User(fault.NotEligible, []string{"input", "studentId"}, "%s", strings.Join(sentences, " "))
}
