package main

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/audit"
)

// TestAuditCommand verifies a log as an auditor does, who has the file and the
// key and nothing else.
func TestAuditCommand(t *testing.T) {
	t.Parallel()
	seed := bytes.Repeat([]byte{7}, audit.SeedSize)
	env := func(name string) (string, bool) {
		text, ok := map[string]string{"BARRE_AUDIT_KEY": base64.StdEncoding.EncodeToString(seed)}[name]
		return text, ok
	}
	command := func(args ...string) (string, error) {
		var out strings.Builder
		err := run(t.Context(), append([]string{"audit"}, args...), env, &out)
		return out.String(), err
	}
	key, err := command("key")
	if err != nil {
		t.Fatal(err)
	}
	key = strings.TrimSpace(key)
	signer, err := audit.NewSigner(seed)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	w, err := audit.NewWriter(&file, uuid.New(), signer, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var chain audit.Chain
	for range 3 {
		sealed := chain.Seal(w.Tenant(), audit.Entry{ID: uuid.New(), Action: "student.updated", Actor: "user:1", OccurredAt: time.Now()})
		if err := w.Entry(&sealed); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := func(name, text string) string {
		at := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	if out, err := command("verify", path("good.jsonl", file.String()), "--key", key); err != nil || !strings.Contains(out, "3 entries") || !strings.Contains(out, "The log holds") {
		t.Errorf("a good log: %v\n%s", err, out)
	}
	if out, err := command("verify", path("bad.jsonl", strings.Replace(file.String(), "user:1", "user:2", 1)), "--key", key); err == nil || !strings.Contains(out, "entry 1") {
		t.Errorf("a changed log: %v\n%s", err, out)
	}
	for _, args := range [][]string{nil, {"verify"}, {"verify", "no such file"}, {"verify", path("good.jsonl", file.String()), "--key", "x"}, {"forge"}} {
		if out, err := command(args...); exitCode(err) != 2 {
			t.Errorf("audit %v: %v\n%s", args, err, out)
		}
	}
}

// TestAuditLogIsProven goes the whole way of an auditor: a studio asks for its
// log, gets the file, and whoever has it and the key finds what was done to it.
func TestAuditLogIsProven(t *testing.T) {
	t.Parallel()
	r := begin(t, nil)
	owner := r.note.Tenants[0].OwnerToken
	for _, name := range []string{"ballet", "jazz", "tap"} {
		made := r.ask(t, request{token: owner, query: `mutation($name: String!) { createTag(input: {name: $name}) { tag { id } } }`, variables: map[string]any{"name": name}})
		made.text(t, "createTag.tag.id")
	}
	const sealed = `{ auditEntries(last: 3, where: {category: {eq: CONTENT}}) { nodes { action sequence } } auditKey { publicKey } }`
	var key string
	eventually(t, "the entries are sealed", func() bool {
		a := r.ask(t, request{token: owner, query: sealed})
		key = a.text(t, "auditKey.publicKey")
		nodes, _ := at(a.Data, "auditEntries.nodes").([]any)
		return !slices.ContainsFunc(nodes, func(n any) bool { return at(n, "sequence") == nil || at(n, "action") != "tag.created" })
	})
	id := r.ask(t, request{token: owner, query: `mutation { exportAuditLog { export { id } userErrors { code } } }`}).text(t, "exportAuditLog.export.id")
	eventually(t, "the file is written", func() bool {
		a := r.ask(t, request{token: owner, query: `query($id: ID!) { export(id: $id) { status } }`, variables: map[string]any{"id": id}})
		return at(a.Data, "export.status") == "READY"
	})
	get, err := http.NewRequest(http.MethodGet, strings.TrimSuffix(r.note.Endpoint, "/graphql")+"/exports/"+id, nil)
	if err != nil {
		t.Fatal(err)
	}
	get.Header.Set("Authorization", "Bearer "+owner)
	file, _ := exchange(get) // it is lines of JSON, and no answer
	if file.Status != http.StatusOK {
		t.Fatalf("the download: %d %.300s", file.Status, file.Text)
	}
	verify := func(lines []string) (string, error) {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		err := run(t.Context(), []string{"audit", "verify", path, "--key", key}, func(string) (string, bool) { return "", false }, &out)
		return out.String(), err
	}
	lines := slices.Collect(strings.Lines(file.Text))
	if out, err := verify(lines); err != nil || !strings.Contains(out, "The log holds") {
		t.Fatalf("the log as it was exported: %v\n%s", err, out)
	}
	last := len(lines) - 2 // the end is signed in a line of its own
	one := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, `"action":"tag.created"`) })
	if one < 0 || one >= last {
		t.Fatalf("line %d of %d is the first tag's", one, len(lines))
	}
	for _, c := range []struct {
		what, finding string
		lines         []string
	}{
		{"an entry that was changed", "was changed", slices.Replace(slices.Clone(lines), one, one+1, strings.Replace(lines[one], "tag.created", "tag.deleted", 1))},
		{"an entry that was removed", "is missing", slices.Delete(slices.Clone(lines), one, one+1)},
		{"the last entry removed", "at the end", slices.Delete(slices.Clone(lines), last, last+1)},
		{"an entry that was inserted", "was inserted", slices.Insert(slices.Clone(lines), one+1, lines[one])},
	} {
		if out, err := verify(c.lines); err == nil || !strings.Contains(out, c.finding) {
			t.Errorf("%s: %v\n%s", c.what, err, out)
		}
	}
}
