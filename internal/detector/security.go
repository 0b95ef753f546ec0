package detector

import (
	"regexp"
	"strings"
)

// near is how many bytes around a number the words that explain it may stand.
const near = 48

// securityWords explain nine digits.
var securityWords = regexp.MustCompile(`(?i)\b(?:ssn|s\.s\.n|itin|social\s*(?:-\s*)?security|soc(?:ial)?\.?\s*sec|ss\s*#|ss\s*no|tax(?:payer)?\s*id|seguro\s+social)`)

// securities finds social security numbers, and the taxpayer numbers of the
// same form. Three, two and four digits between hyphens are one by their form
// alone; otherwise the words beside them must say so.
func securities(text string) []Finding {
	var found []Finding
	for _, r := range runs(text) {
		for i := range r.groups {
			for _, n := range []int{3, 1} {
				if i+n > len(r.groups) {
					continue
				}
				p := r.part(i, i+n)
				if !r.apart(p) || !isSecurity(p) {
					continue
				}
				separator, alike := p.alike()
				hyphen := separator == '-' || '\u2010' <= separator && separator <= '\u2013'
				if alike && (hyphen && p.first && p.last || said(text, p, securityWords)) {
					found = append(found, Finding{SocialSecurity, p.start, p.end})
				}
			}
		}
	}
	return found
}

// isSecurity holds the digits to the ranges that numbers are issued in.
func isSecurity(p part) bool {
	if len(p.digits) != 9 || len(p.groups) == 3 && (p.groups[0].count != 3 || p.groups[1].count != 2) {
		return false
	}
	number := func(digits []byte) (n int) {
		for _, d := range digits {
			n = n*10 + int(d)
		}
		return n
	}
	area, middle, serial := number(p.digits[:3]), number(p.digits[3:5]), number(p.digits[5:])
	if area >= 900 { // a taxpayer number
		return middle >= 50 && middle <= 65 || middle >= 70 && middle <= 88 || middle >= 90 && middle <= 92 || middle >= 94
	}
	return area != 0 && area != 666 && middle != 0 && serial != 0
}

// said reports whether words stand near the part, before it or after it.
func said(text string, p part, words *regexp.Regexp) bool {
	before, after := paragraph(text, p.start, p.end)
	return words.MatchString(before) || words.MatchString(after)
}

// paragraph returns what stands near, on the same line. A line that ends with a
// colon goes on in the next.
func paragraph(text string, start, end int) (before, after string) {
	before, after = text[max(0, start-near):start], text[end:min(len(text), end+near)]
	if at := strings.LastIndexByte(before, '\n'); at >= 0 && !strings.HasSuffix(before[:at], ":") {
		before = before[at:]
	}
	after, _, _ = strings.Cut(after, "\n")
	return before, after
}
