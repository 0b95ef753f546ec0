package guard

import (
	"fmt"
	"strconv"

	"github.com/barrehq/barre/internal/fault"
)

// saturated stands for "more than anyone counts": sums end here, so that
// doubling fragments cannot wrap around.
const saturated = 1 << 30

func plus(a, b int) int { return min(a+b, saturated) }

// tooMany names the limit, the figure met and what to do. A saturated figure
// was not counted to its end and reads "more than" the limit.
func tooMany(code fault.Code, what string, met, limit int, advice string) *fault.Fault {
	return fault.New(code, "There are %s %s; at most %d are allowed: %s.", figure(met, limit), what, limit, advice)
}

func tooDeep(what string, met, limit int) *fault.Fault {
	return fault.New(fault.QueryTooDeep, "The document nests %s %s deep; at most %d are allowed: ask in several requests.",
		what, figure(met, limit), limit)
}

func figure(met, limit int) string {
	if met >= saturated {
		return fmt.Sprintf("more than %d", limit)
	}
	return strconv.Itoa(met)
}

func invalid(format string, args ...any) *fault.Fault {
	return fault.New(fault.ValidationFailed, format, args...)
}

// brief shortens a name of the caller's before it is repeated to them.
func brief(name string) string {
	const longest = 40
	if len(name) > longest {
		return name[:longest] + "…" // names are ASCII by the grammar
	}
	return name
}
