package typeid_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/typeid"
)

// The vectors are those of the TypeID specification, valid.yml.
func TestVectors(t *testing.T) {
	for text, want := range map[string]string{
		"prefix_00000000000000000000000000": "00000000-0000-0000-0000-000000000000",
		"prefix_00000000000000000000000001": "00000000-0000-0000-0000-000000000001",
		"prefix_0000000000000000000000000z": "00000000-0000-0000-0000-00000000001f",
		"prefix_7zzzzzzzzzzzzzzzzzzzzzzzzz": "ffffffff-ffff-ffff-ffff-ffffffffffff",
		"prefix_0123456789abcdefghjkmnpqrs": "0110c853-1d09-52d8-d73e-1194e95b5f19",
		"prefix_01h455vb4pex5vsknk084sn02q": "01890a5d-ac96-774b-bcce-b302099a8057",
	} {
		prefix, id, err := typeid.Parse(text)
		if err != nil || prefix != "prefix" || id.String() != want {
			t.Errorf("Parse(%q) = %q, %v, %v; want %s", text, prefix, id, err, want)
		}
		if got := typeid.Format("prefix", uuid.MustParse(want)); got != text {
			t.Errorf("Format(%s) = %q; want %q", want, got, text)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, text := range []string{
		"", "_", "student", "student_", "_01h455vb4pex5vsknk084sn02q",
		"student_8zzzzzzzzzzzzzzzzzzzzzzzzz",  // above 128 bits
		"student_01H455VB4PEX5VSKNK084SN02Q",  // upper case
		"student_01h455vb4pex5vsknk084sn02",   // short
		"student_01h455vb4pex5vsknk084sn02qq", // long
		"student_01h455vb4pex5vsknk084sn02u",  // no such digit
		strings.Repeat("a", 64) + "_01h455vb4pex5vsknk084sn02q",
	} {
		if prefix, id, err := typeid.Parse(text); err == nil {
			t.Errorf("Parse(%q) = %q, %v; want an error", text, prefix, id)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("student_01h455vb4pex5vsknk084sn02q")
	f.Fuzz(func(t *testing.T, text string) {
		prefix, id, err := typeid.Parse(text)
		if err == nil && typeid.Format(prefix, id) != text {
			t.Errorf("Format(Parse(%q)) = %q", text, typeid.Format(prefix, id))
		}
	})
}
