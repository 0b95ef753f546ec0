package staff

import "time"

// Use is how an access has been used so far.
type Use struct {
	At       time.Time // of the latest request, where the studio is
	Requests int
	Records  int // read
	Minors   int // records of students read
}

// tooUnusual is the score at which an access is ended.
const tooUnusual = 100

// thresholds say what is unusual: of each kind, the highest that is reached
// counts.
func thresholds() []threshold {
	hours := func(u Use) int {
		if h := u.At.Hour(); h < 7 || h >= 20 || u.At.Weekday() == time.Sunday {
			return 1
		}
		return 0
	}
	requests := func(u Use) int { return u.Requests }
	records := func(u Use) int { return u.Records }
	minors := func(u Use) int { return u.Minors }
	return []threshold{
		{"outside of working hours, 7:00 to 20:00 but on Sundays", "hours", hours, 1, 30},
		{"many requests", "requests", requests, 200, 20},
		{"very many requests", "requests", requests, 1000, 70},
		{"many records", "records", records, 500, 40},
		{"very many records", "records", records, 2500, 100},
		{"records of minors", "minors", minors, 50, 30},
		{"many records of minors", "minors", minors, 150, 70},
		{"very many records of minors", "minors", minors, 400, 100},
	}
}

type threshold struct {
	name, kind string
	of         func(Use) int
	from       int // on
	points     int
}

// Score says how unusual a use is and what for; tooUnusual ends the access.
func Score(u Use) (score int, why []string) {
	highest := map[string]threshold{}
	for _, t := range thresholds() {
		if t.of(u) >= t.from && t.points > highest[t.kind].points {
			highest[t.kind] = t
		}
	}
	for _, t := range thresholds() {
		if highest[t.kind].name == t.name {
			score += t.points
			why = append(why, t.name)
		}
	}
	return score, why
}
