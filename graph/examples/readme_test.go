package examples_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"testing"

	"github.com/barrehq/barre/internal/playground"
)

var update = flag.Bool("update", false, "write the answers in the README anew")

// quoted is a query in the README with the answer that it promises.
var quoted = regexp.MustCompile("(?s)<!-- as: (\\w+) -->\n```graphql\n(.*?)```\n\n```json\n(.*?)```")

// TestREADME asks what the README asks and gets what the README says.
func TestREADME(t *testing.T) {
	const path = "../../README.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pairs := quoted.FindAllSubmatchIndex(text, -1)
	if len(pairs) == 0 {
		t.Fatal("the README asks nothing")
	}
	d := newDemo(t)
	for i := len(pairs) - 1; i >= 0; i-- { // from the end, so that places stay right
		at := pairs[i]
		r, err := d.ask(playground.Kind(text[at[2]:at[3]]), string(text[at[4]:at[5]]), nil)
		if err != nil {
			t.Error(err)
			continue
		}
		var answer bytes.Buffer
		if err := json.Indent(&answer, []byte(`{"data":`+string(r.Data)+`}`), "", "  "); err != nil {
			t.Fatal(err)
		}
		answer.WriteByte('\n')
		switch promised := string(text[at[6]:at[7]]); {
		case *update:
			text = bytes.Join([][]byte{text[:at[6]], answer.Bytes(), text[at[7]:]}, nil)
		case promised != answer.String():
			t.Errorf("the README promises %s\nand the answer is %s", promised, answer.String())
		}
	}
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
