// Package detector finds numbers that must not be written down: of payment
// cards, of United States social security and of passports.
//
// It judges by form, by check digits and, where a form alone says little, by
// the words beside it. How often it is wrong is measured on testdata/corpus.tsv
// and told by Published.
package detector

import (
	"cmp"
	"slices"
	"strings"
)

// Kind is what a number is of.
type Kind string

// The kinds of number.
const (
	Card           Kind = "payment card"
	SocialSecurity Kind = "social security"
	Passport       Kind = "passport"
)

// Finding is where a number stands in a text, in bytes.
type Finding struct {
	Kind       Kind
	Start, End int
}

// Find returns the numbers of a text in their order; none overlaps another.
func Find(text string) []Finding {
	if !worthReading(text) {
		return nil
	}
	found := slices.Concat(cards(text), securities(text), passports(text))
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.Start, b.Start) })
	var apart []Finding
	end := 0
	for _, f := range found {
		if f.Start >= end {
			apart, end = append(apart, f), f.End
		}
	}
	return apart
}

// First returns the kind of the first number of a text.
func First(text string) (Kind, bool) {
	if found := Find(text); len(found) > 0 {
		return found[0].Kind, true
	}
	return "", false
}

// Redact returns the text with each number replaced by words that say what
// stood there.
func Redact(text string) string {
	found := Find(text)
	if len(found) == 0 {
		return text
	}
	var out strings.Builder
	at := 0
	for _, f := range found {
		out.WriteString(text[at:f.Start])
		out.WriteString("[" + string(f.Kind) + " number removed]")
		at = f.End
	}
	out.WriteString(text[at:])
	return out.String()
}

// fewest is how many digits the shortest number has.
const fewest = 6

// worthReading is false for nearly every text there is, and quick to say.
func worthReading(text string) bool {
	digits := 0
	for _, r := range text {
		if _, ok := digit(r); ok {
			if digits++; digits >= fewest {
				return true
			}
		}
	}
	return strings.Contains(text, "<<")
}

// digit reads a decimal digit of ASCII, of full width or of Arabic.
func digit(r rune) (byte, bool) {
	switch {
	case '0' <= r && r <= '9':
		return byte(r - '0'), true
	case '０' <= r && r <= '９':
		return byte(r - '０'), true
	case '٠' <= r && r <= '٩':
		return byte(r - '٠'), true
	case '۰' <= r && r <= '۹':
		return byte(r - '۰'), true
	}
	return 0, false
}
