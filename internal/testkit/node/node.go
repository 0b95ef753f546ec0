// Package node runs what vendors publish for Node.js, as an oracle that we did
// not write.
package node

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Install puts the packages of a folder with a package.json and its lock file
// into the user's cache, once, and returns the folder that has them. Where that
// cannot be done the test is skipped, and fails under CI=true.
func Install(t *testing.T, source string) string {
	t.Helper()
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			unavailable(t, err)
		}
	}
	lock, err := os.ReadFile(filepath.Join(source, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		unavailable(t, err)
	}
	sum := sha256.Sum256(lock)
	folder := filepath.Join(cache, "barre", "node-"+hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err == nil {
		return folder
	}
	// Installed beside it and renamed, so that nobody finds half of it.
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		unavailable(t, err)
	}
	making, err := os.MkdirTemp(filepath.Dir(folder), "making-")
	if err != nil {
		unavailable(t, err)
	}
	defer os.RemoveAll(making)
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(source, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(making, name), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = making
	if out, err := install.CombinedOutput(); err != nil {
		unavailable(t, fmt.Errorf("npm ci: %w: %s", err, out))
	}
	if err := os.Rename(making, folder); err != nil {
		if _, there := os.Stat(filepath.Join(folder, "node_modules")); there != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// Run runs a script with the packages of Install and returns what it printed.
// The script is written into their folder for as long as it runs, because Node
// looks for packages from where a script lies.
func Run(t *testing.T, folder, script string, args ...string) string {
	t.Helper()
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.CreateTemp(folder, "*-"+filepath.Base(script))
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(file.Name())
	if _, err := file.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "node", append([]string{file.Name()}, args...)...)
	run.Stderr = os.Stderr
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return string(out)
}

func unavailable(t *testing.T, reason error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}
