package detector_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/detector"
)

type sample struct{ kind, text string }

func corpus(t *testing.T, name string) []sample {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var all []sample
	for line := range strings.Lines(string(data)) {
		kind, text, found := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		all = append(all, sample{kind, strings.ReplaceAll(text, `\n`, "\n")})
	}
	return all
}

var names = map[detector.Kind]string{detector.Card: "card", detector.SocialSecurity: "ssn", detector.Passport: "passport"}

// TestFigures measures precision and recall, text by text, and holds Published to them.
func TestFigures(t *testing.T) {
	for _, published := range detector.Published() {
		samples := corpus(t, published.Corpus)
		var right, wrong, missed int
		for _, s := range samples {
			found := slices.ContainsFunc(detector.Find(s.text), func(f detector.Finding) bool { return f.Kind == published.Kind })
			switch is := s.kind == names[published.Kind]; {
			case is && found:
				right++
			case is:
				missed++
				t.Logf("missed %s: %q", s.kind, s.text)
			case found:
				wrong++
				t.Logf("took for a %s number: %q", published.Kind, s.text)
			}
		}
		measured := detector.Figure{
			Corpus: published.Corpus, Kind: published.Kind, Precision: percent(right, right+wrong), Recall: percent(right, right+missed), Texts: right + missed,
		}
		t.Logf("%s, %s: precision %.1f %%, recall %.1f %% on %d of %d texts", measured.Corpus, measured.Kind, measured.Precision, measured.Recall, measured.Texts, len(samples))
		if measured != published {
			t.Errorf("published as %+v, measured as %+v", published, measured)
		}
		if published.Corpus == detector.HeldOut {
			continue // it is what it is
		}
		if measured.Texts < 50 || measured.Precision < 95 || measured.Recall < 85 {
			t.Errorf("%s: below what the detector is good for", measured.Kind)
		}
	}
}

func percent(part, whole int) float64 { return math.Round(1000*float64(part)/float64(whole)) / 10 }

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"":            "",
		"nothing 123": "nothing 123",
		"pay 4111 1111 1111 1111 or 378282246310005, SSN 123-45-6789": "pay [payment card number removed] or [payment card number removed], SSN [social security number removed]",
		"passport X1234567.": "passport [passport number removed].",
		"４１１１１１１１１１１１１１１１!": "[payment card number removed]!",
	} {
		if got := detector.Redact(text); got != want {
			t.Errorf("Redact(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestInput(t *testing.T) {
	value := map[string]any{
		"name": "Emma", "rows": []any{map[string]any{"note": "nothing"}, map[string]any{"custom": map[string]any{"n": json.Number("4111111111111111")}}},
	}
	kind, at, found := detector.Input(value, "input")
	if path := strings.Join(at, "."); !found || kind != detector.Card || path != "input.rows.1.custom.n" {
		t.Errorf("found %t %s in %s", found, kind, path)
	}
	if kind, at, found := detector.Input([]any{nil, true, 7, int64(12), "a", map[string]any{}}); found {
		t.Errorf("found %s in %v", kind, at)
	}
	if _, _, found := detector.Input(int64(378282246310005)); !found {
		t.Error("a number that is no text was let through")
	}
}

// FuzzRedact: whatever the text, what is found stands inside of it
// and no finding overlaps another.
func FuzzRedact(f *testing.F) {
	for _, seed := range []string{
		"4111 1111 1111 1111", strings.Repeat("4111111111111111 ", 40), strings.Repeat("1 ", 400), strings.Repeat("P<", 60), "passport " + strings.Repeat("X1234567 ", 20), "\xff4111111111111111\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, found := range detector.Find(text) {
			if found.Start < end || found.End <= found.Start || found.End > len(text) {
				t.Fatalf("%+v in %d bytes", found, len(text))
			}
			end = found.End
		}
	})
}

func BenchmarkFind(b *testing.B) {
	for _, text := range []string{"Peanut allergy, EpiPen in the front pocket.", strings.Repeat("1 ", 10_000), strings.Repeat("4111 1111 1111 1112 ", 1000)} {
		b.Run(fmt.Sprint(len(text)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				detector.Find(text)
			}
		})
	}
}
