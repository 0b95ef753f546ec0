package cursor_test

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/fault"
)

const ordering = "student:lastName,id"

var (
	tenant   = uuid.MustParse("01890a5d-ac96-774b-bcce-b302099a8057")
	neighbor = uuid.MustParse("01890a5d-ac96-774b-bcce-b302099a8058")
)

func newCodec(t testing.TB, keys ...byte) *cursor.Codec {
	t.Helper()
	var all [][]byte
	for _, k := range keys {
		all = append(all, bytes.Repeat([]byte{k}, cursor.MinKey))
	}
	c, err := cursor.New(all[0], all[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func row() []cursor.Value {
	return []cursor.Value{cursor.String("Pavlova"), cursor.UUID(neighbor)}
}

func anyValue() *rapid.Generator[cursor.Value] {
	return rapid.OneOf(
		rapid.Just(cursor.Null()),
		rapid.Map(rapid.Bool(), cursor.Bool),
		rapid.Map(rapid.Int64(), cursor.Int),
		rapid.Map(rapid.String(), cursor.String),
		rapid.Map(rapid.Int64(), func(µs int64) cursor.Value { return cursor.Time(time.UnixMicro(µs)) }),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 16, 16), func(b []byte) cursor.Value { return cursor.UUID(uuid.UUID(b)) }),
	)
}

func TestRoundTrip(t *testing.T) {
	c := newCodec(t, 1)
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(anyValue(), 0, 6).Draw(t, "values")
		order := rapid.String().Draw(t, "ordering")
		text := c.Encode([]byte("kept"), tenant, order, values)
		if !bytes.HasPrefix(text, []byte("kept")) {
			t.Fatalf("Encode lost what dst held: %q", text)
		}
		got, err := c.Decode(string(text[4:]), tenant, order)
		if err != nil || !slices.Equal(got, values) {
			t.Fatalf("Decode = %v, %v; want %v", got, err, values)
		}
	})
}

func TestAny(t *testing.T) {
	at := time.Date(2026, 3, 1, 17, 30, 0, 123456789, time.FixedZone("", -5*3600))
	for _, test := range []struct {
		value cursor.Value
		kind  cursor.Kind
		want  any
	}{
		{cursor.Null(), cursor.KindNull, nil},
		{cursor.Bool(true), cursor.KindBool, true},
		{cursor.Bool(false), cursor.KindBool, false},
		{cursor.Int(-7), cursor.KindInt, int64(-7)},
		{cursor.Time(at), cursor.KindTime, at.UTC().Truncate(time.Microsecond)},
		{cursor.String(""), cursor.KindString, ""},
		{cursor.UUID(tenant), cursor.KindUUID, tenant},
	} {
		if test.value.Kind() != test.kind || test.value.Any() != test.want {
			t.Errorf("got %d %v; want %d %v", test.value.Kind(), test.value.Any(), test.kind, test.want)
		}
	}
}

// Every wrong cursor meets the same words, whatever is wrong with it.
func TestRefused(t *testing.T) {
	c := newCodec(t, 1)
	good := string(c.Encode(nil, tenant, ordering, row()))
	const want = `BAD_USER_INPUT: The cursor does not belong to this list. Ask for the first page without a cursor.`
	refuse := func(name, text string, tenant uuid.UUID, ordering string) {
		t.Helper()
		values, err := c.Decode(text, tenant, ordering)
		if err == nil || err.Error() != want || fault.CodeOf(err) != fault.BadUserInput || values != nil {
			t.Errorf("%s: %v, %v", name, values, err)
		}
	}
	refuse("another tenant", good, neighbor, ordering)
	refuse("no tenant", good, uuid.Nil, ordering)
	refuse("another ordering", good, tenant, "student:lastName,id desc")
	refuse("no ordering", good, tenant, "")
	refuse("another key", string(newCodec(t, 2).Encode(nil, tenant, ordering, row())), tenant, ordering)
	refuse("empty", "", tenant, ordering)
	refuse("plain values", base64.RawURLEncoding.EncodeToString([]byte("\x05\x07Pavlova")), tenant, ordering)
	refuse("10 KB", strings.Repeat("A", 10<<10), tenant, ordering)
	refuse("good and more", good+"AAAA", tenant, ordering)
	refuse("a line break", good[:8]+"\n"+good[8:], tenant, ordering)
	refuse("four line breaks", good+"\r\n\r\n", tenant, ordering)
	refuse("padding", good+"=", tenant, ordering)
	refuse("a space", " "+good, tenant, ordering)
	refuse("NUL", good+"\x00", tenant, ordering)
	refuse("standard base64", base64.StdEncoding.EncodeToString([]byte(good)), tenant, ordering)
	for i := range good {
		refuse("truncated", good[:i], tenant, ordering)
	}
	raw, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(raw) * 8 {
		raw[bit/8] ^= 1 << (bit % 8)
		refuse("flipped", base64.RawURLEncoding.EncodeToString(raw), tenant, ordering)
		raw[bit/8] ^= 1 << (bit % 8)
	}
}

// The last character of a cursor may carry bits that stand for nothing; only
// one spelling is a cursor.
func TestOneSpelling(t *testing.T) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	c := newCodec(t, 1)
	for length := range 3 {
		good := string(c.Encode(nil, tenant, ordering, []cursor.Value{cursor.String(strings.Repeat("a", length))}))
		accepted := 0
		for _, last := range alphabet {
			if _, err := c.Decode(good[:len(good)-1]+string(last), tenant, ordering); err == nil {
				accepted++
			}
		}
		if accepted != 1 {
			t.Errorf("%d spellings of a cursor of %d characters accepted", accepted, len(good))
		}
	}
}

func TestOpaque(t *testing.T) {
	c := newCodec(t, 1)
	one, two := c.Encode(nil, tenant, ordering, row()), c.Encode(nil, tenant, ordering, row())
	if bytes.Equal(one, two) {
		t.Error("a nonce was used twice")
	}
	raw, err := base64.RawURLEncoding.DecodeString(string(one))
	if err != nil || bytes.Contains(raw, []byte("Pavlova")) || bytes.Contains(raw, neighbor[:4]) {
		t.Errorf("the cursor shows its values: %q, %v", raw, err)
	}
}

func TestKeys(t *testing.T) {
	old := newCodec(t, 1)
	text := string(old.Encode(nil, tenant, ordering, row()))
	rotated := newCodec(t, 3, 2, 1)
	if got, err := rotated.Decode(text, tenant, ordering); err != nil || !slices.Equal(got, row()) {
		t.Errorf("after rotation: %v, %v", got, err)
	}
	if _, err := old.Decode(string(rotated.Encode(nil, tenant, ordering, row())), tenant, ordering); err == nil {
		t.Error("a rotated codec still writes with the old key")
	}
	if _, err := cursor.New(make([]byte, cursor.MinKey-1)); err == nil {
		t.Error("a short key was accepted")
	}
	if _, err := cursor.New(make([]byte, cursor.MinKey), nil); err == nil {
		t.Error("an empty older key was accepted")
	}
}

// The sort keys of a row may take 6,000 bytes, as MaxText promises.
func TestLongValue(t *testing.T) {
	c := newCodec(t, 1)
	values := []cursor.Value{cursor.String(strings.Repeat("é", 3000)), cursor.UUID(tenant)}
	got, err := c.Decode(string(c.Encode(nil, tenant, ordering, values)), tenant, ordering)
	if err != nil || !slices.Equal(got, values) {
		t.Errorf("Decode: %d values, %v", len(got), err)
	}
}

func TestConcurrentUse(t *testing.T) {
	c := newCodec(t, 1)
	var group sync.WaitGroup
	for i := range int64(8) {
		group.Go(func() {
			for n := range int64(200) {
				want := []cursor.Value{cursor.Int(i), cursor.Int(n)}
				got, err := c.Decode(string(c.Encode(nil, tenant, ordering, want)), tenant, ordering)
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("Decode = %v, %v; want %v", got, err, want)
				}
			}
		})
	}
	group.Wait()
}

// A page writes up to 250 cursors, so a cursor costs no allocation but that
// of the text itself. Under the race detector the pool drops buffers at random,
// which costs a cursor two more.
func TestAllocations(t *testing.T) {
	c, values := newCodec(t, 1), row()
	dst := c.Encode(nil, tenant, ordering, values)
	if n := testing.AllocsPerRun(100, func() { dst = c.Encode(dst[:0], tenant, ordering, values) }); n > 2 {
		t.Errorf("Encode into a buffer allocates %v times", n)
	}
}

func BenchmarkEncode(b *testing.B) {
	c, values, dst := newCodec(b, 1), row(), make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		dst = c.Encode(dst[:0], tenant, ordering, values)
	}
	b.ReportMetric(float64(len(dst)), "chars")
}

func BenchmarkDecode(b *testing.B) {
	c := newCodec(b, 1)
	text := string(c.Encode(nil, tenant, ordering, row()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Decode(text, tenant, ordering); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeForged(b *testing.B) {
	c := newCodec(b, 1)
	text := string(c.Encode(nil, neighbor, ordering, row()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Decode(text, tenant, ordering); err == nil {
			b.Fatal("accepted")
		}
	}
}
