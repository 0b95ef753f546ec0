package main

import (
	"strings"
	"testing"
)

// TestBackupCommands runs the commands over a private database, as whoever
// keeps a server does.
func TestBackupCommands(t *testing.T) {
	env := map[string]string{"BARRE_ENVIRONMENT": "development", "BARRE_DATA_DIR": t.TempDir(), "BARRE_LOG_LEVEL": "error"}
	barre := func(args ...string) (string, error) {
		var out strings.Builder
		err := run(t.Context(), args, func(name string) (string, bool) { text, ok := env[name]; return text, ok }, &out)
		return out.String(), err
	}
	taken, err := barre("backup")
	must(t, err)
	name, _, _ := strings.Cut(taken, ":")
	if !strings.Contains(name, "/base/") {
		t.Fatalf("a backup says %q", taken)
	}
	if listed, err := barre("backup", "--list"); err != nil || !strings.Contains(listed, name) {
		t.Errorf("listed %q, %v", listed, err)
	}
	if _, err := barre("backup", "--remove", name); err == nil || !strings.Contains(err.Error(), "before its time") {
		t.Errorf("the operator removes a fresh backup: %v", err)
	}
	if said, err := barre("drill"); err != nil || !strings.Contains(said, "all as in the database") || !strings.Contains(said, "Recovery time") {
		t.Errorf("a drill says %q, %v", said, err)
	}
	if said, err := barre("restore"); err != nil || !strings.Contains(said, "was brought back") || !strings.Contains(said, "is kept in") {
		t.Errorf("a restore says %q, %v", said, err)
	}
	// What was brought back serves, and is backed up again.
	if again, err := barre("backup"); err != nil || strings.HasPrefix(again, name) {
		t.Errorf("after the restore a backup says %q, %v", again, err)
	}
	for _, wrong := range [][]string{{"restore", "--to", "yesterday"}, {"restore", "--tenant", "nobody"}, {"export"}, {"export", "--tenant", "nobody", "--out", t.TempDir() + "/a.zip"}, {"import", "--from", t.TempDir() + "/none"}, {"archive-wal"}, {"backup", "more"}} {
		if _, err := barre(wrong...); err == nil {
			t.Errorf("barre %v is accepted", wrong)
		}
	}
}
