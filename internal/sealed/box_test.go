package sealed_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/barrehq/barre/internal/sealed"
)

const column = "provider_connection.credential"

var (
	tenant   = uuid.MustParse("01890a5d-ac96-774b-bcce-b302099a8057")
	neighbor = uuid.MustParse("01890a5d-ac96-774b-bcce-b302099a8058")
	canary   = []byte("sk_test_canary_4242")
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newBox(t testing.TB) *sealed.Box { return must[*sealed.Box](t)(sealed.Generate()) }

func TestRoundTrip(t *testing.T) {
	box := newBox(t)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		owner := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "tenant"))
		place := rapid.String().Draw(t, "column")
		value, err := box.Seal(plain, owner, place)
		if err != nil || len(value) != len(plain)+sealed.Overhead {
			t.Fatalf("Seal: %d bytes of %d, %v", len(value), len(plain), err)
		}
		got, err := box.Open(value, owner, place)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("Open = %x, %v; want %x", got, err, plain)
		}
	})
}

func TestTransplant(t *testing.T) {
	box := newBox(t)
	value := must[[]byte](t)(box.Seal(canary, tenant, column))
	for name, open := range map[string]func() ([]byte, error){
		"another tenant":   func() ([]byte, error) { return box.Open(value, neighbor, column) },
		"no tenant":        func() ([]byte, error) { return box.Open(value, uuid.Nil, column) },
		"another column":   func() ([]byte, error) { return box.Open(value, tenant, "webhook_endpoint.secret") },
		"longer column":    func() ([]byte, error) { return box.Open(value, tenant, column+"s") },
		"no column":        func() ([]byte, error) { return box.Open(value, tenant, "") },
		"another keyset":   func() ([]byte, error) { return newBox(t).Open(value, tenant, column) },
		"the clear itself": func() ([]byte, error) { return box.Open(canary, tenant, column) },
		"nothing":          func() ([]byte, error) { return box.Open(nil, tenant, column) },
	} {
		if plain, err := open(); !errors.Is(err, sealed.ErrClosed) || plain != nil {
			t.Errorf("%s: %q, %v", name, plain, err)
		}
	}
}

func TestChanged(t *testing.T) {
	box := newBox(t)
	value := must[[]byte](t)(box.Seal(canary, tenant, column))
	for bit := range len(value) * 8 {
		value[bit/8] ^= 1 << (bit % 8)
		if plain, err := box.Open(value, tenant, column); !errors.Is(err, sealed.ErrClosed) {
			t.Errorf("bit %d flipped: %q, %v", bit, plain, err)
		}
		value[bit/8] ^= 1 << (bit % 8)
	}
	for i := range value {
		if plain, err := box.Open(value[:i], tenant, column); !errors.Is(err, sealed.ErrClosed) {
			t.Errorf("%d bytes of %d: %q, %v", i, len(value), plain, err)
		}
	}
	if plain, err := box.Open(append(value, 0), tenant, column); !errors.Is(err, sealed.ErrClosed) {
		t.Errorf("a byte more: %q, %v", plain, err)
	}
}

func TestOpaque(t *testing.T) {
	box := newBox(t)
	one := must[[]byte](t)(box.Seal(canary, tenant, column))
	two := must[[]byte](t)(box.Seal(canary, tenant, column))
	if bytes.Contains(one, canary[:4]) || bytes.Equal(one, two) {
		t.Errorf("sealed values show what they hold: %q, %q", one, two)
	}
}

func TestConcurrentUse(t *testing.T) {
	box := newBox(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				value, err := box.Seal(canary, tenant, column)
				if err != nil {
					t.Error(err)
				}
				if got, err := box.Open(value, tenant, column); err != nil || !bytes.Equal(got, canary) {
					t.Errorf("Open = %q, %v", got, err)
				}
			}
		})
	}
	group.Wait()
}

func FuzzOpen(f *testing.F) {
	box := newBox(f)
	// Of the neighbor, so that no mutation of a seed may open.
	value := must[[]byte](f)(box.Seal(canary, neighbor, column))
	f.Add([]byte{})
	f.Add(canary)
	f.Add(value)
	f.Add(value[:5])
	f.Add(value[:len(value)-1])
	f.Fuzz(func(t *testing.T, data []byte) {
		if plain, err := box.Open(data, tenant, column); !errors.Is(err, sealed.ErrClosed) {
			t.Fatalf("forged: %x opened as %q, %v", data, plain, err)
		}
		box.Stale(data)
	})
}

func BenchmarkSeal(b *testing.B) {
	box := newBox(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := box.Seal(canary, tenant, column); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	box := newBox(b)
	value := must[[]byte](b)(box.Seal(canary, tenant, column))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := box.Open(value, tenant, column); err != nil {
			b.Fatal(err)
		}
	}
}
