package billing

// Lengths of a card number, ISO/IEC 7812-1 with the longest in use.
const (
	shortestCard = 13
	longestCard  = 19
)

// holdsCardNumber reports whether text contains what looks like the number of
// a payment card: 13 to 19 digits with a right check digit, in groups or not.
// One in ten bank references of that length looks the same and is refused, too.
func holdsCardNumber(text string) bool {
	groups := digitGroups(text)
	for i := range groups {
		var digits []byte
		for j := i; j < len(groups) && (j == i || groups[j].joined); j++ {
			digits = append(digits, groups[j].digits...)
			if len(digits) > longestCard {
				break
			}
			if len(digits) >= shortestCard && luhn(digits) {
				return true
			}
		}
	}
	return false
}

// group is a run of digits; joined means that only one separator parts it from
// the run before.
type group struct {
	digits string
	joined bool
}

func digitGroups(text string) []group {
	var groups []group
	last := -2 // where the run before ended
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) {
			continue
		}
		start := i
		for i < len(text) && isDigit(text[i]) {
			i++
		}
		joined := start == last+1 && (text[last] == ' ' || text[last] == '-' || text[last] == '.')
		groups = append(groups, group{text[start:i], joined})
		last = i
	}
	return groups
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// luhn reports whether the last digit is the check digit of the others, ISO/IEC
// 7812-1 annex B.
func luhn(digits []byte) bool {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
