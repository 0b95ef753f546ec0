package playground_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/barrehq/barre/internal/playground"
)

func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func TestLoadExamples(t *testing.T) {
	got, err := playground.LoadExamples(files(
		"who-am-i.graphql", "# title: Who am I?\n# as: secret\n\nquery Me { viewer { id } }\n",
		"class-seats/enroll.graphql", "# title: Enroll: a student\r\n# as: guardian\r\n# about: Takes a seat,\r\n# or a place: the waitlist.\r\nmutation Enroll($id: ID!) {\r\n  # inside\r\n  enroll(id: $id) { id }\r\n}\r\n",
		"class-seats/enroll.json", "{\"id\": \"student_1\",\n \"a\": 9007199254740993}\n",
		"class-seats/README.md", "not an example",
		"z.graphql", "# title: Z\n# subject: Last\n# as: owner\n{ a }",
	))
	if err != nil {
		t.Fatal(err)
	}
	want := []playground.Example{
		{
			Slug: "enroll", Subject: "Class seats", Title: "Enroll: a student", Identity: playground.Guardian,
			Description: "Takes a seat, or a place: the waitlist.",
			Query:       "mutation Enroll($id: ID!) {\n  # inside\n  enroll(id: $id) { id }\n}\n",
			Variables:   []byte("{\"id\": \"student_1\",\n \"a\": 9007199254740993}"),
		},
		{Slug: "who-am-i", Subject: "General", Title: "Who am I?", Identity: playground.Secret, Query: "query Me { viewer { id } }\n"},
		{Slug: "z", Subject: "Last", Title: "Z", Identity: playground.Owner, Query: "{ a }\n"},
	}
	if len(got) != len(want) {
		t.Fatalf("got %d examples, want %d", len(got), len(want))
	}
	for i := range want {
		if g, w := show(got[i]), show(want[i]); g != w {
			t.Errorf("example %d:\n got %s\nwant %s", i, g, w)
		}
	}
}

func show(e playground.Example) string {
	return strings.Join([]string{e.Slug, e.Subject, e.Title, e.Description, string(e.Identity), e.Query, string(e.Variables)}, "|")
}

func TestLoadExamplesRefuses(t *testing.T) {
	const good = "# title: T\n# as: owner\n{ a }\n"
	tests := []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"no title", files("a.graphql", "# as: owner\n{ a }"), "a.graphql: the header has no title"},
		{"no identity", files("a.graphql", "# title: T\n{ a }"), `as "": want owner`},
		{"unknown identity", files("a.graphql", "# title: T\n# as: root\n{ a }"), `as "root": want owner`},
		{"unknown key", files("a.graphql", "# title: T\n# who: owner\n{ a }"), `header line "who: owner"`},
		{"no header", files("a.graphql", "{ a }"), "the header has no title"},
		{"no document", files("a.graphql", "# title: T\n# as: owner"), "there is no operation in it"},
		{"only a fragment", files("a.graphql", "# title: T\n# as: owner\nfragment F on Q { a }"), "there is no operation in it"},
		{"no GraphQL", files("a.graphql", "# title: T\n# as: owner\n{ a "), "a.graphql:"},
		{"variables are a list", files("a.graphql", good, "a.json", "[]"), "variables:"},
		{"variables are null", files("a.graphql", good, "a.json", "null"), "variables: want an object"},
		{"variables are cut off", files("a.graphql", good, "a.json", "{"), "variables:"},
		{"variables alone", files("a.graphql", good, "b.json", "{}"), "variables b.json: there is no b.graphql"},
		{"a name twice", files("a.graphql", good, "x/a.graphql", good), "example a: two files have this name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := playground.LoadExamples(tt.files)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}
