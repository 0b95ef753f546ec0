package cursor

import "testing"

// What another release sealed may hold anything; reading it must neither
// panic nor make values up. Only the package itself can seal such.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "\x00\x01\x02", "\x03\x02", "\x04\x80", "\x05\x03abc", "\x05\x04abc",
		"\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x06short", "\x07",
		"\x030123456789abcdef", "\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		values, ok := parse(data)
		if !ok {
			if values != nil {
				t.Fatalf("parse(%x) failed and returned %v", data, values)
			}
			return
		}
		var again []byte
		for _, v := range values {
			again = v.append(again)
		}
		if len(again) > len(data) || len(again) > encodedSize(values) {
			t.Fatalf("parse(%x) became %x", data, again)
		}
	})
}
