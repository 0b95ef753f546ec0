package audit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/audit"
)

var (
	tenant = uuid.MustParse("01890a5d-ac96-774b-bcce-b302099a8057")
	noon   = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

func signer(t testing.TB, seed byte) *audit.Signer {
	t.Helper()
	s, err := audit.NewSigner(bytes.Repeat([]byte{seed}, audit.SeedSize))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// chain seals n entries.
func chain(n int) []audit.Sealed {
	var c audit.Chain
	list := make([]audit.Sealed, n)
	for i := range list {
		student := uuid.NewSHA1(tenant, []byte{byte(i)})
		list[i] = c.Seal(tenant, audit.Entry{
			ID: uuid.NewSHA1(tenant, fmt.Append(nil, i)), Category: "CONTENT", Outcome: "DONE", Action: "student.updated", Actor: "user:" + tenant.String(),
			Address: "192.0.2.7", EntityType: "Student", EntityID: &student, Changed: []string{"firstName"}, RequestID: "req_1",
			OccurredAt: noon.Add(time.Duration(i) * time.Second),
		})
	}
	return list
}

// write writes a log whose first entries are anchored, in days of the given
// number of entries.
func write(t testing.TB, s *audit.Signer, list []audit.Sealed, days ...int) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := audit.NewWriter(&file, tenant, s, noon)
	must(t, err)
	from := 0
	for i, n := range days {
		last := list[from+n-1]
		a := audit.Anchor{Day: noon.AddDate(0, 0, i).Format(time.DateOnly), First: list[from].Sequence, Last: last.Sequence, PreviousHash: list[from].PreviousHash, Hash: last.Hash}
		s.Anchor(tenant, &a)
		must(t, w.Anchor(a))
		from += n
	}
	for i := range list {
		must(t, w.Entry(&list[i]))
	}
	must(t, w.Close())
	return file.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lines are the lines of a file that an attacker has.
type lines []string

func (l lines) drop(at int) lines { return append(append(lines{}, l[:at]...), l[at+1:]...) }

func (l lines) put(at int, text string) lines {
	return append(append(append(lines{}, l[:at]...), text), l[at:]...)
}

func (l lines) edit(at int, old, new string) lines {
	out := append(lines{}, l...)
	out[at] = strings.Replace(out[at], old, new, 1)
	return out
}

// TestVerify finds and names whatever was done to a log of ten entries, of
// which six are anchored. Line 0 is the header, 1 and 2 are the anchors, entry
// n is line n + 2 and the head is line 13.
func TestVerify(t *testing.T) {
	ours, theirs := signer(t, 1), signer(t, 2)
	list := chain(10)
	file := strings.SplitAfter(strings.TrimSuffix(string(write(t, ours, list, 4, 2)), "\n"), "\n")
	// What an attacker writes who knows how entries are sealed.
	forged := append([]audit.Sealed{}, list...)
	c := audit.Chain{Sequence: 3, Hash: list[2].Hash}
	for i := 3; i < 10; i++ {
		e := list[i].Entry
		if i == 3 {
			e.Actor = "user:somebody else"
		}
		forged[i] = c.Seal(tenant, e)
	}
	rewritten := strings.SplitAfter(strings.TrimSuffix(string(write(t, theirs, forged)), "\n"), "\n")
	one := audit.Chain{Sequence: 4, Hash: list[3].Hash}
	fake := one.Seal(tenant, list[0].Entry)
	inserted := strings.SplitAfter(string(write(t, theirs, []audit.Sealed{fake})), "\n")[1]
	renumbered := func(from lines, first int, by int64) lines {
		out := append(lines{}, from...)
		for i := first; i < len(out)-1; i++ {
			var n int64
			_, err := fmt.Sscanf(out[i], `{"sequence":%d,`, &n)
			must(t, err)
			out[i] = strings.Replace(out[i], fmt.Sprintf(`{"sequence":%d,`, n), fmt.Sprintf(`{"sequence":%d,`, n+by), 1)
		}
		return out
	}
	for name, c := range map[string]struct {
		file     lines
		kind     audit.Kind
		sequence int64
		says     string
	}{
		"changed":                       {lines(file).edit(6, "firstName", "lastName"), audit.Changed, 4, list[3].ID.String()},
		"changed and sealed anew":       {lines(file).drop(6).put(6, rewritten[4]), audit.Changed, 4, list[3].ID.String()},
		"spaced":                        {lines(file).edit(6, `"category":`, `"category": `), audit.Changed, 4, list[3].ID.String()},
		"removed":                       {lines(file).drop(6), audit.Removed, 4, "entry 4 is missing"},
		"removed and renumbered":        {renumbered(lines(file).drop(6), 6, -1), audit.Changed, 3, "removed"},
		"first removed":                 {lines(file).drop(3), audit.Removed, 1, "entry 1 is missing at the beginning"},
		"last removed":                  {lines(file).drop(12), audit.Removed, 10, "entry 10 is missing at the end"},
		"head removed":                  {lines(file).drop(13), audit.Removed, 11, "no signed end"},
		"inserted":                      {lines(file).put(7, inserted), audit.Inserted, 5, ""},
		"inserted and renumbered":       {renumbered(lines(file).put(7, inserted), 8, 1), audit.Inserted, 5, fake.ID.String()},
		"twice":                         {lines(file).put(7, file[6]), audit.Inserted, 4, list[3].ID.String()},
		"rewritten from entry 4":        {append(append(append(lines{}, file[:6]...), rewritten[4:11]...), file[13]), audit.Unsigned, 4, "rewritten"},
		"anchor moved":                  {lines(file).edit(1, `"lastSequence":4`, `"lastSequence":3`), audit.Unsigned, 3, "the anchor of 2026-11-22"},
		"anchor removed":                {lines(file).drop(1), audit.Removed, 1, "no anchor vouches"},
		"first anchored days cut short": {append(lines{file[0], file[1], file[2]}, file[9:]...), audit.Removed, 1, "at the beginning"},
		"signed by somebody else":       {rewritten, audit.Unsigned, 10, "not signed by a key that is trusted"},
	} {
		report, err := audit.Verify(strings.NewReader(strings.Join(c.file, "")), ours.Public())
		must(t, err)
		named := slices.ContainsFunc(report.Findings, func(f audit.Finding) bool {
			return f.Kind == c.kind && f.Sequence == c.sequence && strings.Contains(f.Text, c.says)
		})
		if !named {
			t.Errorf("%s: found %+v; want %s at %d", name, report.Findings, c.kind, c.sequence)
		}
	}
}

// TestVerifyWhole finds nothing in a log that holds: none, a short one, one
// whose first days retention has removed.
func TestVerifyWhole(t *testing.T) {
	ours := signer(t, 1)
	list := chain(10)
	whole := strings.SplitAfter(string(write(t, ours, list, 4, 2)), "\n")
	var kept bytes.Buffer
	w, err := audit.NewWriter(&kept, tenant, ours, noon)
	must(t, err)
	for _, text := range whole[1:3] {
		var l struct{ Anchor audit.Anchor }
		must(t, json.Unmarshal([]byte(text), &l))
		must(t, w.Anchor(l.Anchor))
	}
	for i := 4; i < 10; i++ {
		must(t, w.Entry(&list[i]))
	}
	must(t, w.Close())
	for name, file := range map[string]string{
		"empty": string(write(t, ours, nil)), "one": string(write(t, ours, chain(1))), "ten": strings.Join(whole, ""), "shortened": kept.String(),
	} {
		report, err := audit.Verify(strings.NewReader(file), ours.Public())
		must(t, err)
		if len(report.Findings) > 0 || report.Tenant != tenant {
			t.Errorf("%s: %+v", name, report)
		}
	}
	for name, file := range map[string]string{"nothing": "", "another": "{}\n", "broken": whole[0] + "{", "bent": whole[0] + " " + whole[5], "unknown": whole[0] + "{}\n", "more": strings.Join(whole, "") + whole[5]} {
		if report, err := audit.Verify(strings.NewReader(file)); err == nil {
			t.Errorf("%s is taken for a log: %+v", name, report)
		}
	}
}

// BenchmarkVerify measures how fast a log is verified.
func BenchmarkVerify(b *testing.B) {
	const n = 20_000
	ours := signer(b, 1)
	file := write(b, ours, chain(n), n/2)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		report, err := audit.Verify(bytes.NewReader(file), ours.Public())
		if err != nil || len(report.Findings) > 0 {
			b.Fatal(report, err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
