package staff

import (
	"testing"
	"time"
)

func TestScore(t *testing.T) {
	monday := time.Date(2026, time.November, 23, 11, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		use  Use
		over bool
	}{
		"a look":                              {Use{At: monday, Requests: 3, Records: 40, Minors: 5}, false},
		"a long case":                         {Use{At: monday, Requests: 150, Records: 450, Minors: 40}, false},
		"a long case at night":                {Use{At: monday.Add(12 * time.Hour), Requests: 150, Records: 450, Minors: 40}, false},
		"many records of families at night":   {Use{At: monday.Add(12 * time.Hour), Requests: 150, Records: 600, Minors: 60}, true},
		"reading everything":                  {Use{At: monday, Requests: 12, Records: 2500, Minors: 0}, true},
		"reading every child":                 {Use{At: monday, Requests: 4, Records: 400, Minors: 400}, true},
		"many children and many records":      {Use{At: monday, Requests: 20, Records: 500, Minors: 150}, true},
		"many children":                       {Use{At: monday, Requests: 20, Records: 200, Minors: 150}, false},
		"many children on a Sunday":           {Use{At: monday.Add(-24 * time.Hour), Requests: 20, Records: 200, Minors: 150}, true},
		"a program that asks without an end":  {Use{At: monday, Requests: 1000, Records: 300, Minors: 30}, false},
		"such a program and half the records": {Use{At: monday, Requests: 1000, Records: 600, Minors: 30}, true},
	} {
		score, why := Score(c.use)
		if over := score >= tooUnusual; over != c.over || score > 0 && len(why) == 0 {
			t.Errorf("%s: score %d for %v, over %t; want %t", name, score, why, over, c.over)
		}
	}
}

// TestMoreIsNeverLessUnusual: no threshold hides another.
func TestMoreIsNeverLessUnusual(t *testing.T) {
	at := time.Date(2026, time.November, 23, 11, 0, 0, 0, time.UTC)
	last := 0
	for n := range 3000 {
		score, _ := Score(Use{At: at, Requests: n, Records: n, Minors: n})
		if score < last {
			t.Fatalf("at %d the score falls from %d to %d", n, last, score)
		}
		last = score
	}
}
