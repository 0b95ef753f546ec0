package bench_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/bench"
)

// TestMain is also the limit's process.
func TestMain(m *testing.M) {
	if address := os.Getenv("BENCH_LIMIT_ADDRESS"); address != "" {
		if err := bench.ServeLimit(context.Background(), address, os.Getenv("BENCH_LIMIT_DATABASE")); err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// Barre and the limit give the same data for every workload, and no request
// of a loaded run fails. How fast they are is no matter of a test.
func TestAnswersAreEqual(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the server and fills a database")
	}
	dir := t.TempDir()
	server := filepath.Join(dir, "barre")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", server, "../../server")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the server: %v\n%s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil { // Postgres may run under another account
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = bench.Run(t.Context(), bench.Config{
		Dir: dir, Server: server, Limit: []string{self}, Quick: true, Slice: 200 * time.Millisecond, Rounds: 1,
		Connections: []int{4}, Out: &out, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "answers are equal: Q1 Q2 Q3 Q4 Q5 Q6"; !strings.Contains(out.String(), want) {
		t.Errorf("%q is missing in:\n%s", want, out.String())
	}
}
