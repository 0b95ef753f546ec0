package detector

import "slices"

// issuer is a range of first digits and how long its numbers are.
type issuer struct {
	digits   int // that low and high have
	low, up  int
	lengths  []int
	grouping [][]int // as printed on the card; four and the rest where nil
}

// issuers are the ranges of ISO/IEC 7812 in which payment cards are issued.
// Visa's 13 digits have not been for decades, and look like telephone numbers.
func issuers() []issuer {
	amex, diners := [][]int{{4, 6, 5}}, [][]int{{4, 6, 4}}
	return []issuer{
		{1, 4, 4, []int{16, 19}, nil},               // Visa
		{2, 51, 55, []int{16}, nil},                 // Mastercard
		{4, 2221, 2720, []int{16}, nil},             // Mastercard
		{2, 34, 34, []int{15}, amex},                // American Express
		{2, 37, 37, []int{15}, amex},                // American Express
		{4, 6011, 6011, []int{16, 17, 18, 19}, nil}, // Discover
		{3, 644, 649, []int{16, 17, 18, 19}, nil},   // Discover
		{2, 65, 65, []int{16, 17, 18, 19}, nil},     // Discover
		{3, 300, 305, []int{14, 16}, diners},        // Diners Club
		{2, 36, 36, []int{14}, diners},              // Diners Club
		{2, 38, 39, []int{14, 16}, diners},          // Diners Club
		{4, 3528, 3589, []int{16, 17, 18, 19}, nil}, // JCB
		{2, 62, 62, []int{16, 17, 18, 19}, nil},     // UnionPay
		{2, 81, 81, []int{16}, nil},                 // UnionPay
		{4, 5018, 5018, []int{16}, nil},             // Maestro
		{4, 5020, 5020, []int{16}, nil},             // Maestro
		{4, 5038, 5038, []int{16}, nil},             // Maestro
		{4, 6304, 6304, []int{16, 17, 18, 19}, nil}, // Maestro
		{4, 6759, 6759, []int{16, 17, 18, 19}, nil}, // Maestro
		{4, 6761, 6763, []int{16, 17, 18, 19}, nil}, // Maestro
	}
}

// cards finds numbers of payment cards.
func cards(text string) []Finding {
	var found []Finding
	ranges := issuers()
	for _, r := range runs(text) {
		if r.before == '+' {
			continue // a telephone number
		}
		for i := 0; i < len(r.groups); i++ {
			for j := i + 1; j <= len(r.groups); j++ {
				p := r.part(i, j)
				if len(p.digits) > 19 {
					break
				}
				if r.apart(p) && isCard(p, ranges) {
					found = append(found, Finding{Card, p.start, p.end})
					i = j - 1
					break
				}
			}
		}
	}
	return found
}

func isCard(p part, ranges []issuer) bool {
	if len(p.digits) < 14 || !luhn(p.digits) || constant(p.digits) {
		return false
	}
	at := slices.IndexFunc(ranges, func(i issuer) bool { return i.issues(p.digits) })
	return at >= 0 && (p.first && p.last && evenly(p) || printed(p, ranges[at].grouping))
}

// issues reports whether a number is in the range.
func (i issuer) issues(digits []byte) bool {
	begins := 0
	for _, d := range digits[:i.digits] {
		begins = begins*10 + int(d)
	}
	return i.low <= begins && begins <= i.up && slices.Contains(i.lengths, len(digits))
}

// luhn reports whether the last digit checks the others.
func luhn(digits []byte) bool {
	sum := 0
	for i, d := range digits {
		n := int(d)
		if (len(digits)-i)%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// constant is 4444444444444448 and the like, which people type to fill a form.
func constant(digits []byte) bool {
	for _, d := range digits[1 : len(digits)-1] {
		if d != digits[0] {
			return false
		}
	}
	return true
}

// evenly reports whether the digits stand together or apart in a way that
// people write one number in: with one kind of space or dash.
func evenly(p part) bool {
	separator, alike := p.alike()
	return alike && separator != '.' && separator != '/' && separator != '_'
}

// printed reports whether the digits stand as on the card.
func printed(p part, groupings [][]int) bool {
	if _, alike := p.alike(); !alike {
		return false
	}
	if len(p.groups) == 1 {
		return true
	}
	if groupings == nil {
		groupings = [][]int{{4, 4, 4, 4}, {4, 4, 4, 4, 1}, {4, 4, 4, 4, 2}, {4, 4, 4, 4, 3}}
	}
	return slices.ContainsFunc(groupings, func(g []int) bool {
		return slices.EqualFunc(g, p.groups, func(n int, g group) bool { return n == g.count })
	})
}
