package feed_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/barrehq/barre/internal/feed"
)

var update = flag.Bool("update", false, "write the golden files anew")

// compile returns the schema of a type, formats included.
func compile(t *testing.T, kind feed.EventType) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(kind.Schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("event.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("event.json")
	if err != nil {
		t.Fatalf("%s: %v", kind.Name, err)
	}
	return schema
}

func validate(t *testing.T, kind feed.EventType, text []byte) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, kind).Validate(value)
}

func kindOf(t *testing.T, name string) feed.EventType {
	t.Helper()
	for _, kind := range feed.Catalogue() {
		if kind.Name == name {
			return kind
		}
	}
	t.Fatalf("there is no type %s", name)
	return feed.EventType{}
}

// Every example is as its schema says, and is no longer where a value is of
// another type or a field is missing.
func TestExamplesValidate(t *testing.T) {
	if len(feed.Catalogue()) != len(feed.Types()) || len(feed.Types()) < 50 {
		t.Fatalf("%d types of %d are described", len(feed.Catalogue()), len(feed.Types()))
	}
	for _, kind := range feed.Catalogue() {
		if err := validate(t, kind, kind.Example); err != nil {
			t.Errorf("%s: %v", kind.Name, err)
		}
		if !strings.HasSuffix(kind.Description, ".") {
			t.Errorf("%s: the description %q is no sentence", kind.Name, kind.Description)
		}
		for _, wrong := range [][2]string{{`"sequence":42`, `"sequence":"42"`}, {`"entityVersion":2`, `"entityversion":2`}, {`"type":"` + kind.Name, `"type":"x` + kind.Name}} {
			if err := validate(t, kind, bytes.ReplaceAll(kind.Example, []byte(wrong[0]), []byte(wrong[1]))); err == nil {
				t.Errorf("%s: an example with %s validates", kind.Name, wrong[1])
			}
		}
	}
}

// What is really sent is as the catalogue says.
func TestMessagesValidate(t *testing.T) {
	b := setUp(t, feed.Config{})
	b.tag(t, b.A)
	b.place(t)
	page, err := b.feed.Page(b.A.As(t.Context(), "OWNER"), "", nil, feed.MaxPage)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, change := range page.Nodes {
		message := feed.Message{Type: change.Type, Timestamp: change.OccurredAt, Sequence: change.Sequence, PreviousSequence: change.Sequence - 1, Epoch: change.Epoch, Data: change}
		text, err := json.Marshal(message)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, kindOf(t, change.Type), text); err != nil {
			t.Errorf("%s: %v\n%s", change.Type, err, text)
		}
		seen[change.Type] = true
	}
	if len(seen) < 8 {
		t.Errorf("only %v", seen)
	}
}

// shape is what receivers rely on: the form of each field of a type of event.
type shape struct {
	Type    string         `json:"type"`
	Version string         `json:"version"`
	Fields  map[string]any `json:"fields"`
}

func shapeOf(t *testing.T, kind feed.EventType) shape {
	t.Helper()
	var schema struct {
		Properties struct {
			Data struct {
				Properties struct {
					Data struct {
						Properties map[string]map[string]any
					}
				}
			}
		}
	}
	if err := json.Unmarshal(kind.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	s := shape{kind.Name, kind.Version, map[string]any{}}
	for name, form := range schema.Properties.Data.Properties.Data.Properties {
		delete(form, "description")
		delete(form, "enum") // values are added without notice
		if forms, ok := form["anyOf"].([]any); ok {
			delete(forms[0].(map[string]any), "enum")
		}
		s.Fields[name] = form
	}
	return s
}

// The catalogue only grows, unless its version says that it changed. The golden
// file has a type per line.
func TestCatalogueOnlyGrows(t *testing.T) {
	const path = "testdata/catalogue.golden.jsonl"
	now := map[string]shape{}
	var lines bytes.Buffer
	for _, kind := range feed.Catalogue() {
		now[kind.Name] = shapeOf(t, kind)
		if err := json.NewEncoder(&lines).Encode(now[kind.Name]); err != nil {
			t.Fatal(err)
		}
	}
	if *update {
		if err := os.WriteFile(path, lines.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(kept) {
		var before shape
		if err := json.Unmarshal(line, &before); err != nil {
			t.Fatal(err)
		}
		after := now[before.Type]
		if before.Version < feed.CatalogueVersion {
			continue // a newer version may change what it likes; -update keeps it from then on
		}
		for field, form := range before.Fields {
			if !reflect.DeepEqual(form, after.Fields[field]) {
				t.Errorf("%s: %s was %v and is %v: give CatalogueVersion the day of today", before.Type, field, form, after.Fields[field])
			}
		}
	}
	if _, err := time.Parse(time.DateOnly, feed.CatalogueVersion); err != nil {
		t.Error(err)
	}
}

func TestNearest(t *testing.T) {
	for given, want := range map[string]string{
		"enrolment.created": "enrollment.created", "student.update": "student.updated", "invoices.*": "invoice.*", strings.Repeat("x", 10_000): "",
	} {
		if got := feed.NearestType(given); got != want && want != "" || !feed.KnownPattern(got) {
			t.Errorf("NearestType(%.20q) = %q; want %q", given, got, want)
		}
	}
	for name, known := range map[string]bool{"student.*": true, "student.created": true, "*": false, "student*": false, "": false, ".*": false, "delivery.*": true} {
		if feed.KnownPattern(name) != known {
			t.Errorf("KnownPattern(%q) is not %v", name, known)
		}
	}
	for name, known := range map[string]bool{"student.lastName": true, "student.*": true, "student.version": false, "webhookendpoint.secret": false, "lastName": false} {
		if feed.KnownField(name) != known {
			t.Errorf("KnownField(%q) is not %v", name, known)
		}
	}
}
