package detector

import (
	"regexp"
	"strings"
	"time"
)

var (
	// passportWords say it in the languages that families write in.
	passportWords = regexp.MustCompile(`(?i)(?:passports?|pasaporte|passeport|passaporte?o?|reisepass|paszport)(?:\s*(?:no|nr|n[°º]|num(?:ber)?|n[uú]mero|card|book|id)\b\.?)?`)
	// passportNumbers are of the forms in use: up to two letters and six to nine
	// digits, of which a letter may follow the first two.
	passportNumbers = regexp.MustCompile(`\b(?:[A-Z]{1,2}[ -]?\d{6,8}|[a-z]{1,2}\d{6,8}|\d{2}[A-Za-z]{2}\d{5}|[A-Za-z]\d{2}[A-Za-z0-9]{5,6}|\d{7,9}|\d{3}[ -]\d{3}[ -]\d{3})\b`)
	abbreviated     = regexp.MustCompile(`(?i)\bn[or]$`) // whose dot ends no sentence
	// Lines of the machine-readable zone.
	nameLine   = regexp.MustCompile(`\bP[A-Z<][A-Z<]{3}[A-Z<]{39}`)
	numberLine = regexp.MustCompile(`\b[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z0-9<]{14}[0-9<][0-9]`)
)

// passports finds numbers of passports beside the word, and the
// machine-readable zone wherever it stands.
func passports(text string) []Finding {
	var found []Finding
	for _, at := range nameLine.FindAllStringIndex(text, -1) {
		found = append(found, Finding{Passport, at[0], at[1]})
	}
	for _, at := range numberLine.FindAllStringIndex(text, -1) {
		if line := text[at[0]:at[1]]; checks(line[:9], line[9]) && checks(line[13:19], line[19]) {
			found = append(found, Finding{Passport, at[0], at[1]})
		}
	}
	if !passportWords.MatchString(text) {
		return found
	}
	for _, at := range passportNumbers.FindAllStringIndex(text, -1) {
		if isPassport(text[at[0]:at[1]]) && beside(text, at[0], at[1]) {
			found = append(found, Finding{Passport, at[0], at[1]})
		}
	}
	return found
}

// beside reports whether the word stands shortly before the number, in the
// same sentence, or right behind it.
func beside(text string, start, end int) bool {
	before, after := paragraph(text, start, end)
	if at := strings.LastIndexAny(before, ";!?"); at >= 0 {
		before = before[at:]
	}
	if at := strings.LastIndex(before, ". "); at >= 0 && !abbreviated.MatchString(before[:at]) {
		before = before[at:]
	}
	if at := strings.IndexAny(after, ".;!?"); at >= 0 {
		after = after[:at]
	}
	return passportWords.MatchString(before) || passportWords.MatchString(after)
}

// isPassport drops what has the form of one and is something else: days, words
// with few digits.
func isPassport(token string) bool {
	digits := 0
	for _, r := range token {
		if _, ok := digit(r); ok {
			digits++
		}
	}
	if digits < fewest {
		return false
	}
	for _, form := range []string{"20060102", "02012006", "01022006"} {
		if day, err := time.Parse(form, token); err == nil && day.Year() >= 1900 && day.Year() < 2100 {
			return false
		}
	}
	return true
}

// checks computes the check digit of ICAO 9303: weights 7, 3, 1.
func checks(field string, against byte) bool {
	sum := 0
	for i, c := range []byte(field) {
		value := 0
		switch {
		case '0' <= c && c <= '9':
			value = int(c - '0')
		case 'A' <= c && c <= 'Z':
			value = int(c-'A') + 10
		}
		sum += value * [...]int{7, 3, 1}[i%3]
	}
	return byte('0'+sum%10) == against
}
