package query

import (
	"encoding/binary"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func bigint(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

// TestAdd files rows under their levels and finds their cells again.
func TestAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.Ptr(rapid.String(), true), 1, 6).Draw(t, "cells")
		columns := [][]byte{bigint(1), bigint(7), bigint(8), bigint(9)}
		slots := [][]int{nil, nil}
		for i, cell := range cells {
			columns = append(columns, nil, nil) // one that the level does not use
			slots[1] = append(slots[1], head+2*i)
			if cell != nil {
				columns[head+2*i] = append([]byte{}, *cell...)
			}
		}
		res := &result{levels: make([]rows, 2)}
		if err := res.add(columns, slots); err != nil {
			t.Fatal(err)
		}
		at := res.levels[1].list[0]
		if at.parent != 7 || at.order != 8 || at.number != 9 || len(res.cells) != len(cells) {
			t.Fatalf("head %+v, %d cells; want 7 8 9, %d cells", at, len(res.cells), len(cells))
		}
		for i, want := range cells {
			got := res.value(at, i)
			if want == nil && got != nil || want != nil && (got == nil || string(got) != *want) {
				t.Fatalf("cell %d is %q; want %v", i, got, want)
			}
		}
		if err := res.add([][]byte{bigint(-2), bigint(7), bigint(42), bigint(0)}, slots); err != nil || res.levels[1].totals[7] != 42 {
			t.Fatalf("total %v, %v; want 42", res.levels[1].totals, err)
		}
	})
}

func TestMalformedRows(t *testing.T) {
	for name, columns := range map[string][][]byte{
		"no head":       {bigint(0), bigint(0)},
		"unknown level": {bigint(9), bigint(0), bigint(0), bigint(0), nil},
		"missing cell":  {bigint(0), bigint(0), bigint(0), bigint(0)},
	} {
		res := &result{levels: make([]rows, 1)}
		if err := res.add(columns, [][]int{{head}}); err == nil {
			t.Errorf("%s: add succeeded", name)
		}
	}
}

// TestTimes reads Postgres's binary days and moments.
func TestTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMicro(rapid.Int64Range(-1<<52, 1<<52).Draw(t, "micros")).UTC()
		if got := moment(bigint(at.UnixMicro() - epoch.UnixMicro())); !got.Equal(at) {
			t.Fatalf("moment %s; want %s", got, at)
		}
		days := rapid.Int32Range(-1<<20, 1<<20).Draw(t, "days")
		want := time.Date(2000, 1, 1+int(days), 0, 0, 0, 0, time.UTC)
		if got := day(binary.BigEndian.AppendUint32(nil, uint32(days))); got != want {
			t.Fatalf("day %s; want %s", got, want)
		}
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
