package enrollment_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/barrehq/barre/internal/enrollment"
)

func number(n int) *int { return &n }

// welcome are facts against which nothing stands.
func welcome() enrollment.Facts {
	return enrollment.Facts{
		BornOn: day(2016, 9, 1), Level: 2, MinAge: number(10), MaxAge: number(10), MinLevel: 2,
		SeasonFrom: day(2026, 9, 1), SeasonTill: day(2027, 6, 30), Today: day(2027, 6, 30), Open: true, OpenSeats: 1,
	}
}

func codes(reasons []enrollment.Reason) (list []enrollment.Code) {
	for _, r := range reasons {
		list = append(list, r.Code)
	}
	return list
}

func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*enrollment.Facts)
		want   []enrollment.Code
	}{
		"on every edge":     {func(f *enrollment.Facts) {}, nil},
		"a day too young":   {func(f *enrollment.Facts) { f.BornOn = day(2016, 9, 2) }, []enrollment.Code{enrollment.TooYoung}},
		"a day before 11":   {func(f *enrollment.Facts) { f.BornOn = day(2015, 9, 2) }, nil},
		"11 on the first":   {func(f *enrollment.Facts) { f.BornOn = day(2015, 9, 1) }, []enrollment.Code{enrollment.TooOld}},
		"any age":           {func(f *enrollment.Facts) { f.MinAge, f.MaxAge, f.BornOn = nil, nil, day(1930, 1, 1) }, nil},
		"newborn, any age":  {func(f *enrollment.Facts) { f.MinAge, f.BornOn = number(0), day(2026, 9, 1) }, nil},
		"not yet born":      {func(f *enrollment.Facts) { f.MinAge, f.BornOn = number(0), day(2026, 9, 2) }, []enrollment.Code{enrollment.TooYoung}},
		"level":             {func(f *enrollment.Facts) { f.Level = 1 }, []enrollment.Code{enrollment.LevelTooLow}},
		"closed":            {func(f *enrollment.Facts) { f.Open = false }, []enrollment.Code{enrollment.ClassNotOpen}},
		"full":              {func(f *enrollment.Facts) { f.OpenSeats = 0 }, []enrollment.Code{enrollment.ClassFull}},
		"enrolled":          {func(f *enrollment.Facts) { f.Enrolled = true }, []enrollment.Code{enrollment.AlreadyEnrolled}},
		"the day after":     {func(f *enrollment.Facts) { f.Today = day(2027, 7, 1) }, []enrollment.Code{enrollment.SeasonOver}},
		"before the season": {func(f *enrollment.Facts) { f.Today = day(2026, 1, 1) }, nil},
		"leap day at 17": {func(f *enrollment.Facts) {
			f.BornOn, f.SeasonFrom, f.MaxAge = day(2008, 2, 29), day(2026, 2, 28), number(17)
		}, nil},
		"leap day, March 1": {func(f *enrollment.Facts) {
			f.BornOn, f.SeasonFrom, f.MaxAge = day(2008, 2, 29), day(2026, 3, 1), number(17)
		}, []enrollment.Code{enrollment.TooOld}},
		"everything against": {func(f *enrollment.Facts) {
			*f = enrollment.Facts{BornOn: day(2016, 1, 1), MinAge: number(11), MaxAge: number(5), MinLevel: 1,
				SeasonFrom: day(2026, 9, 1), SeasonTill: day(2027, 1, 1), Today: day(2028, 1, 1), Enrolled: true}
		}, []enrollment.Code{enrollment.TooYoung, enrollment.TooOld, enrollment.LevelTooLow, enrollment.ClassNotOpen,
			enrollment.ClassFull, enrollment.AlreadyEnrolled, enrollment.SeasonOver}},
	} {
		f := welcome()
		c.change(&f)
		got := enrollment.Judge(f)
		if !slices.Equal(codes(got), c.want) {
			t.Errorf("%s: %v; want %v", name, codes(got), c.want)
		}
		for _, r := range got {
			if !strings.HasSuffix(r.Message, ".") {
				t.Errorf("%s: %q is no sentence", name, r.Message)
			}
		}
	}
}

// An age is how many birthdays have been, counted one by one.
func TestJudgeCountsBirthdays(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := welcome()
		f.BornOn = day(1990, 1, 1).AddDate(0, 0, rapid.IntRange(0, 12000).Draw(r, "born"))
		f.SeasonFrom = f.BornOn.AddDate(0, 0, rapid.IntRange(0, 12000).Draw(r, "age in days"))
		age := 0
		for !time.Date(f.BornOn.Year()+age+1, f.BornOn.Month(), f.BornOn.Day(), 0, 0, 0, 0, time.UTC).After(f.SeasonFrom) {
			age++
		}
		limit := rapid.IntRange(age-2, age+2).Draw(r, "limit")
		f.MinAge, f.MaxAge = &limit, nil
		if got := len(enrollment.Judge(f)) > 0; got != (age < limit) {
			r.Fatalf("at %d, from %d: refused is %t", age, limit, got)
		}
		f.MinAge, f.MaxAge = nil, &limit
		if got := len(enrollment.Judge(f)) > 0; got != (age > limit) {
			r.Fatalf("at %d, to %d: refused is %t", age, limit, got)
		}
	})
}

// Each reason stands or falls alone: no fact hides another.
func TestJudgeGivesAllReasons(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f, want := welcome(), []enrollment.Code{}
		for _, c := range []struct {
			code   enrollment.Code
			change func()
		}{
			{enrollment.TooYoung, func() { f.MinAge = number(11) }},
			{enrollment.TooOld, func() { f.MaxAge = number(9) }},
			{enrollment.LevelTooLow, func() { f.MinLevel = 3 }},
			{enrollment.ClassNotOpen, func() { f.Open = false }},
			{enrollment.ClassFull, func() { f.OpenSeats = 0 }},
			{enrollment.AlreadyEnrolled, func() { f.Enrolled = true }},
			{enrollment.SeasonOver, func() { f.Today = day(2030, 1, 1) }},
		} {
			if rapid.Bool().Draw(r, string(c.code)) {
				c.change()
				want = append(want, c.code)
			}
		}
		if got := codes(enrollment.Judge(f)); fmt.Sprint(got) != fmt.Sprint(want) {
			r.Fatalf("%v; want %v", got, want)
		}
	})
}
