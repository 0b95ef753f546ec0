package enrollment_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/fault"
)

const (
	rounds = 40
	rivals = 48
	seats  = 10
)

// race runs all at once and returns what each answered.
func race(acts ...func() error) []error {
	answers := make([]error, len(acts))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, act := range acts {
		wg.Go(func() {
			<-start
			answers[i] = act()
		})
	}
	close(start)
	wg.Wait()
	return answers
}

// tally counts answers by their code; "" is success.
func tally(answers []error) map[fault.Code]int {
	counts := map[fault.Code]int{}
	for _, err := range answers {
		var code fault.Code
		if err != nil {
			code = fault.CodeOf(err)
		}
		counts[code]++
	}
	return counts
}

func wantTally(t *testing.T, answers []error, want map[fault.Code]int) {
	t.Helper()
	if got := tally(answers); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("answers %v; want %v", got, want)
	}
}

func (b *bench) enrolling(students []uuid.UUID) []func() error {
	acts := make([]func() error, len(students))
	for i, id := range students {
		acts[i] = func() error { _, err := b.Enroll(b.staff, id, b.A.Class); return err }
	}
	return acts
}

func TestRaceOfEnrollments(t *testing.T) {
	b := newBench(t)
	students := b.students(t, rivals)
	for range rounds {
		b.reset(t, seats)
		answers := race(b.enrolling(students)...)
		wantTally(t, answers, map[fault.Code]int{"": seats, fault.ClassFull: rivals - seats})
		if got := b.active(t); got != seats {
			t.Fatalf("%d seats are taken; want %d", got, seats)
		}
	}
}

func TestRaceOfOneStudent(t *testing.T) {
	b := newBench(t)
	students := slices.Repeat([]uuid.UUID{b.A.Student}, rivals)
	for range rounds {
		b.reset(t, seats)
		answers := race(b.enrolling(students)...)
		wantTally(t, answers, map[fault.Code]int{"": 1, fault.AlreadyEnrolled: rivals - 1})
		if got := b.active(t); got != 1 {
			t.Fatalf("one student has %d seats", got)
		}
	}
}

// Seats that are given back while strangers ask for them go to the line, in
// its order.
func TestRaceOfDrops(t *testing.T) {
	b := newBench(t)
	holders, line, strangers := b.students(t, seats), b.students(t, seats+4), b.students(t, rivals-seats)
	for range rounds {
		b.reset(t, seats)
		acts := b.enrolling(strangers)
		for _, id := range holders {
			held := b.enroll(t, id)
			acts = append(acts, func() error { _, err := b.Drop(b.staff, held.ID, nil); return err })
		}
		for _, id := range line {
			b.join(t, id)
		}
		answers := race(acts...)
		wantTally(t, answers, map[fault.Code]int{"": seats, fault.ClassFull: len(strangers)})
		if got := b.active(t); got != seats {
			t.Fatalf("%d seats are taken; want %d", got, seats)
		}
		for i, id := range line {
			if b.enrolled(t, id) != (i < seats) {
				t.Fatalf("the student at place %d of the line: enrolled is %t", i+1, i >= seats)
			}
		}
	}
}

// Two drops of one enrollment give one seat back.
func TestRaceOfOneDrop(t *testing.T) {
	b := newBench(t)
	b.reset(t, seats)
	b.enroll(t, b.students(t, 1)[0])
	for range rounds {
		held := b.enroll(t, b.A.Student)
		drop := func() error { _, err := b.Drop(b.staff, held.ID, nil); return err }
		answers := race(slices.Repeat([]func() error{drop}, 8)...)
		wantTally(t, answers, map[fault.Code]int{"": 1, fault.WrongState: 7})
		if got := b.active(t); got != 1 {
			t.Fatalf("%d seats are taken; want the other student's", got)
		}
	}
}

// A class that grows while everybody asks for a seat fills up once: first its
// line, then whoever is fastest.
func TestRaceOfGrowth(t *testing.T) {
	b := newBench(t)
	line, strangers := b.students(t, 4), b.students(t, rivals-4)
	for range rounds {
		b.reset(t, 0)
		for _, id := range line {
			b.join(t, id)
		}
		grow := func() error { _, err := b.SetCapacity(b.staff, b.A.Class, seats, nil); return err }
		answers := race(append(b.enrolling(strangers), grow, grow, grow, grow)...)
		counts := tally(answers)
		if counts[""]+counts[fault.ClassFull] != len(answers) {
			t.Fatalf("answers %v; want success or %s", counts, fault.ClassFull)
		}
		if got, want := b.active(t), len(line)+counts[""]-4; got != want || got > seats {
			t.Fatalf("%d seats of %d are taken; %d were promised", got, seats, want)
		}
		race(b.enrolling(strangers)...)
		if got := b.active(t); got != seats {
			t.Fatalf("%d seats are taken in the end; want %d", got, seats)
		}
		if n := b.waiting(t); n != 0 {
			t.Fatalf("%d of the line were left behind", n)
		}
	}
}

// Everything at once, at random: no seat is lost or given twice, nobody waits
// beside an open seat, and nobody waits for another in a circle.
func TestRaceOfEverything(t *testing.T) {
	b := newBench(t)
	students := b.students(t, 30)
	for round := range rounds {
		b.reset(t, seats)
		random := rand.New(rand.NewPCG(uint64(round), 1))
		var acts []func() error
		for range rivals {
			id, n := students[random.IntN(len(students))], random.IntN(10)
			acts = append(acts, func() error {
				switch n {
				case 0:
					_, err := b.SetCapacity(b.staff, b.A.Class, seats+int(id[15]%5), nil)
					return err
				case 1, 2, 3:
					_, err := b.JoinWaitlist(b.staff, id, b.A.Class)
					return err
				}
				e, err := b.Enroll(b.staff, id, b.A.Class)
				if err == nil && n < 7 {
					_, err = b.Drop(b.staff, e.ID, nil)
				}
				return err
			})
		}
		answers := race(acts...)
		if n := tally(answers)[fault.Internal]; n > 0 {
			t.Fatalf("%d answers are our own errors: %v", n, answers)
		}
		if taken, waiting := b.active(t), b.waiting(t); waiting > 0 && b.count(t, `SELECT open_seats FROM classes WHERE id = $1`, b.A.Class) > 0 {
			t.Fatalf("%d wait beside an open seat; %d seats are taken", waiting, taken)
		}
	}
}
