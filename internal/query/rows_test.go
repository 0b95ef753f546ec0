package query

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestRecord reads back what Postgres's record_out would write.
func TestRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.Ptr(rapid.String(), true), 1, 6).Draw(t, "cells")
		res := &result{levels: make([]rows, 1)}
		if err := res.add([]byte(record(cells))); err != nil {
			t.Fatal(err)
		}
		at := res.levels[0].list[0]
		if at.parent != 7 || at.order != 8 || at.number != 9 || len(res.cells) != len(cells) {
			t.Fatalf("head %+v, %d cells; want 7 8 9, %d cells", at, len(res.cells), len(cells))
		}
		for i, want := range cells {
			got := res.value(at, i)
			if want == nil && got != nil || want != nil && (got == nil || string(got) != *want) {
				t.Fatalf("cell %d of %s is %q; want %v", i, record(cells), got, want)
			}
		}
	})
}

// record writes cells as Postgres does: quoted where needed, null as nothing.
func record(cells []*string) string {
	parts := []string{"0", "7", "8", "9"}
	for _, cell := range cells {
		switch {
		case cell == nil:
			parts = append(parts, "")
		case *cell == "" || strings.ContainsAny(*cell, "\"\\(), \t\n\r\v\f"):
			parts = append(parts, `"`+strings.NewReplacer(`"`, `""`, `\`, `\\`).Replace(*cell)+`"`)
		default:
			parts = append(parts, *cell)
		}
	}
	return "(" + strings.Join(parts, ",") + ")"
}

func TestMalformedRecords(t *testing.T) {
	for _, text := range []string{"", "(", "()", "0,1,2,3", "(9,1,2,3,a)"} {
		res := &result{levels: make([]rows, 1)}
		if err := res.add([]byte(text)); err == nil {
			t.Errorf("add(%q) succeeded", text)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`(0,0,1,0,"a ""b""",,c)`))
	f.Fuzz(func(t *testing.T, text []byte) {
		res := &result{levels: make([]rows, 2)}
		_ = res.add(text) // must not panic
	})
}

// TestAfter bounds a prefix from above.
func TestAfter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.String().Draw(t, "prefix")
		text := prefix + rapid.String().Draw(t, "rest")
		if !(text >= prefix) || !(text < after(prefix)) {
			t.Fatalf("%q is not between %q and %q", text, prefix, after(prefix))
		}
	})
}
