package limit

// point is one point of cost in the unit of a meter. A rate of n points a
// second is then n units a nanosecond, and all sums are exact integers.
const point = int64(1_000_000_000)

// meter is the generic cell rate algorithm in its leaky-bucket form (ITU-T
// I.371 shows the two forms equal): debt is what was admitted and has not
// come back yet. The zero meter is a full bucket.
type meter struct {
	debt int64 // in billionths of a point
	at   int64 // clock reading of the last drain
}

// drain lets pass the time since the last call. A clock that went back counts
// as one that stood still.
func (m *meter) drain(now int64, rate int) {
	passed := now - m.at
	if passed <= 0 {
		return
	}
	m.at = now
	if passed > m.debt/int64(rate) {
		m.debt = 0
		return
	}
	m.debt -= passed * int64(rate)
}

// room is what a bucket of burst points still admits.
func (m *meter) room(burst int) int64 { return int64(burst)*point - m.debt }

// charge notes n points without asking whether there is room; the debt never
// grows beyond a bucket of burst points.
func (m *meter) charge(n, burst int) {
	m.debt = min(m.debt+int64(n)*point, int64(burst)*point)
}

// credit takes n points of debt back.
func (m *meter) credit(n int) { m.debt = max(0, m.debt-int64(n)*point) }
