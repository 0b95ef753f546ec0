package cost

import "math"

// Max is the most that anything costs; sums and products end here. It fits an
// int32, so that no store that the figure meets can overflow.
const Max = math.MaxInt32

// add and times expect figures between 0 and Max and return one.
func add(a, b int) int {
	if a > Max-b {
		return Max
	}
	return a + b
}

func times(a, b int) int {
	if b != 0 && a > Max/b {
		return Max
	}
	return a * b
}

func clamp(n int64) int {
	return int(min(max(n, 0), Max))
}
