package detector

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// run is a row of digits that at most one separator interrupts at a time.
type run struct {
	digits []byte  // values, not characters
	groups []group // between the separators
	before rune    // what stands in front; 0 at the beginning
	after  rune
}

// group is an unbroken part of a run.
type group struct {
	first, count int // of the run's digits
	start, end   int // in the text
	separator    rune
}

// runs finds every row of digits in a text, each as long as it can be.
func runs(text string) []run {
	var all []run
	before := rune(0)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if _, ok := digit(r); !ok {
			before = r
			i += size
			continue
		}
		one, end := readRun(text, i)
		one.before = before
		all = append(all, one)
		i = end
		if end < len(text) {
			before = one.after
		}
	}
	return all
}

func readRun(text string, at int) (run, int) {
	var r run
	separator := rune(0)
	for {
		g := group{first: len(r.digits), start: at, separator: separator}
		for at < len(text) {
			c, size := utf8.DecodeRuneInString(text[at:])
			value, ok := digit(c)
			if !ok {
				break
			}
			r.digits = append(r.digits, value)
			at += size
		}
		g.count, g.end = len(r.digits)-g.first, at
		r.groups = append(r.groups, g)
		c, size := utf8.DecodeRuneInString(text[at:])
		if size == 0 {
			return r, at
		}
		if strings.HasPrefix(text[at:], " - ") {
			c, size = '-', 3
		}
		next, _ := utf8.DecodeRuneInString(text[at+size:])
		if _, more := digit(next); !more || !separates(c) {
			r.after, _ = utf8.DecodeRuneInString(text[at:])
			return r, at
		}
		separator = c
		at += size
	}
}

func separates(r rune) bool {
	switch r {
	case ' ', '-', '.', '\u00a0', '\u2007', '\u2009', '\u202f', '\u2010', '\u2011', '\u2012', '\u2013', '_', '/':
		return true
	}
	return false
}

// part is some neighboring groups of a run.
type part struct {
	digits     []byte
	groups     []group
	start, end int
	first      bool // whether the run begins with it
	last       bool
}

// part returns the groups from i up to, not including, j.
func (r run) part(i, j int) part {
	groups := r.groups[i:j]
	first, last := groups[0], groups[len(groups)-1]
	return part{
		digits: r.digits[first.first : last.first+last.count], groups: groups,
		start: first.start, end: last.end, first: i == 0, last: j == len(r.groups),
	}
}

// apart reports whether the part is no piece of a word or of a longer code.
func (r run) apart(p part) bool {
	return !(p.first && joins(r.before)) && !(p.last && joins(r.after))
}

func joins(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '%' || r == '@'
}

// alike reports whether the same separator stands between all groups, and
// which; 0 where there is one group.
func (p part) alike() (rune, bool) {
	if len(p.groups) == 1 {
		return 0, true
	}
	for _, g := range p.groups[2:] {
		if g.separator != p.groups[1].separator {
			return 0, false
		}
	}
	return p.groups[1].separator, true
}
