package credential

import (
	_ "embed" // common.txt and breached.txt
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
)

// Policy is what new passwords must be like. Each studio chooses one; neither
// can be made weaker.
type Policy string

// The policies.
const (
	// Standard asks for 8 characters of four kinds.
	Standard Policy = "STANDARD"
	// Passphrase asks for 15 characters of any kind.
	Passphrase Policy = "PASSPHRASE"
)

const (
	minPassword   = 8    // characters
	minPassphrase = 15   // characters
	minDistinct   = 6    // different characters of a passphrase
	maxPassword   = 1024 // bytes
	minHint       = 4    // letters and digits; a shorter hint would refuse too much
	maxDecoration = 6    // characters around a word that do not make it uncommon
)

// What a person reads for each rule that a password breaks.
const (
	ruleLength  = "Use at least 8 characters."
	ruleBytes   = "Use at most 1024 bytes and no NUL character."
	rulePhrase  = "Use at least 15 characters."
	ruleVaried  = "Use more different characters."
	ruleUpper   = "Add an upper-case letter."
	ruleLower   = "Add a lower-case letter."
	ruleDigit   = "Add a digit."
	ruleSpecial = "Add a special character, such as a space, a dash or a dot."
	ruleCommon  = "Choose one that is not among the most common passwords."
	ruleLeaked  = "Choose one that is not on the lists of stolen passwords."
	ruleHint    = "Leave out your e-mail address and the name of the studio."
)

// common.txt: one password a line, lower-case, sorted; common.LICENSE tells
// its origin.
//
//go:embed common.txt
var common string

// breached.txt: rarer passwords that have leaked, in the same form.
//
//go:embed breached.txt
var breached string

// CheckPassword is Check of the policy that every studio has at least.
func CheckPassword(password secret.String, hints ...string) error {
	return Standard.Check(password, hints...)
}

// Check returns a user error WEAK_PASSWORD that names every rule which
// password breaks, or nil. Hints are what an attacker would try first: the
// person's e-mail address and the studio's name. A common password stays
// common with another case, with a few digits or signs around it, and with the
// usual signs in place of letters, as in "P@ssw0rd1!".
func (p Policy) Check(password secret.String, hints ...string) error {
	text := password.Reveal()
	if !hashable(password) {
		return fault.User(fault.WeakPassword, []string{"password"}, "%s", ruleBytes)
	}
	broken := brokenClasses(text)
	if p == Passphrase {
		broken = brokenLength(text)
	}
	switch {
	case isCommon(text):
		broken = append(broken, ruleCommon)
	case hasLeaked(text):
		broken = append(broken, ruleLeaked)
	}
	if containsHint(text, hints) {
		broken = append(broken, ruleHint)
	}
	if len(broken) == 0 {
		return nil
	}
	return fault.User(fault.WeakPassword, []string{"password"}, "%s", strings.Join(broken, " "))
}

func brokenClasses(text string) (broken []string) {
	var upper, lower, digit, special bool
	for _, r := range text {
		switch {
		case unicode.IsUpper(r):
			upper = true
		case unicode.IsLower(r):
			lower = true
		case unicode.IsDigit(r):
			digit = true
		case !unicode.IsLetter(r) && !unicode.IsMark(r):
			special = true
		}
	}
	for _, rule := range []struct {
		kept bool
		text string
	}{
		{utf8.RuneCountInString(text) >= minPassword, ruleLength},
		{upper, ruleUpper}, {lower, ruleLower}, {digit, ruleDigit}, {special, ruleSpecial},
	} {
		if !rule.kept {
			broken = append(broken, rule.text)
		}
	}
	return broken
}

// brokenLength lets no passphrase pass that is long by repetition alone.
func brokenLength(text string) (broken []string) {
	if utf8.RuneCountInString(text) < minPassphrase {
		broken = append(broken, rulePhrase)
	}
	distinct := map[rune]bool{}
	for _, r := range strings.ToLower(text) {
		distinct[r] = true
	}
	if len(distinct) < minDistinct {
		broken = append(broken, ruleVaried)
	}
	return broken
}

func isCommon(text string) bool {
	return slices.ContainsFunc(cores(text), func(core string) bool { return listed(common, core) || repeated(core) })
}

// hasLeaked reports whether text is on the list of what has leaked, as it is or
// with a few digits or signs around it.
func hasLeaked(text string) bool {
	return slices.ContainsFunc(cores(text), func(core string) bool { return listed(breached, core) })
}

// repeated reports whether word is a common one, several times in a row.
func repeated(word string) bool {
	for n := 2; n <= len(word)/minHint; n++ {
		size := len(word) / n
		if len(word)%n == 0 && strings.Repeat(word[:size], n) == word && listed(common, word[:size]) {
			return true
		}
	}
	return false
}

// cores are the words that text may be a decoration of: without case, without
// what surrounds them, and with signs read as letters.
func cores(text string) (words []string) {
	lower := strings.ToLower(text)
	sign := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	signOrDigit := func(r rune) bool { return !unicode.IsLetter(r) }
	for _, core := range []string{
		lower,
		strings.TrimFunc(lower, sign), // !1qaz2wsx
		strings.TrimRightFunc(lower, signOrDigit), // $ecret-99
		strings.TrimFunc(lower, signOrDigit),      // 2password!
	} {
		if utf8.RuneCountInString(lower)-utf8.RuneCountInString(core) > maxDecoration {
			continue
		}
		words = append(words, core, strings.Map(plain, core))
	}
	return words
}

// listed reports whether word is a line of a sorted list.
func listed(list, word string) bool {
	line := func(i int) string { // the line that contains byte i
		start := strings.LastIndexByte(list[:i], '\n') + 1
		rest := list[start:]
		return rest[:strings.IndexByte(rest, '\n')]
	}
	i := sort.Search(len(list), func(i int) bool { return line(i) >= word })
	return i < len(list) && line(i) == word
}

func containsHint(text string, hints []string) bool {
	folded := fold(text)
	for _, hint := range hints {
		local, _, _ := strings.Cut(hint, "@")
		name, _, _ := strings.Cut(local, "+")
		for _, part := range []string{hint, local, name} {
			part = fold(part)
			if utf8.RuneCountInString(part) >= minHint && strings.Contains(folded, part) {
				return true
			}
		}
	}
	return false
}

// fold returns the letters and digits of text without case, with the usual
// signs read as the letters they stand for.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if r = plain(unicode.ToLower(r)); unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}

// plain returns the letter that a sign commonly stands for.
func plain(r rune) rune {
	switch r {
	case '@', '4':
		return 'a'
	case '3':
		return 'e'
	case '1', '!':
		return 'i'
	case '0':
		return 'o'
	case '5', '$':
		return 's'
	case '7':
		return 't'
	}
	return r
}
