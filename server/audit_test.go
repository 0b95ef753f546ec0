package main

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
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
