package cluster_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/cluster"
)

func TestPlaceThatPostgresCannotEnter(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root runs Postgres under another account")
	}
	private := filepath.Join(t.TempDir(), "private")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(private, "pg")
	first := start(t, cluster.Config{Dir: dir})
	ask(t, first, writeRow)
	stop(t, first)
	note, err := os.ReadFile(filepath.Join(dir, "elsewhere"))
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := strings.TrimSpace(string(note))
	if got := ask(t, start(t, cluster.Config{Dir: dir}), readRow); got != "kept" {
		t.Errorf("the row is %q", got)
	}

	// A copy of the directory must not share the data of the original.
	other := place(t)
	if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if _, err := cluster.Start(t.Context(), cluster.Config{Dir: other}); err == nil || !strings.Contains(err.Error(), elsewhere) {
		t.Errorf("a copied note: %v", err)
	}
	t.Cleanup(func() { // the last: after the clusters were removed
		if exists(elsewhere) {
			os.RemoveAll(elsewhere)
		}
	})
}

func TestLongPath(t *testing.T) {
	dir := filepath.Join(place(t), strings.Repeat("long/", 30), "pg")
	ask(t, start(t, cluster.Config{Dir: dir, Scratch: true}), identity)
}

func TestReset(t *testing.T) {
	dir := place(t)
	if err := cluster.Reset(t.Context(), dir); err != nil || exists(dir) {
		t.Fatalf("Reset of nothing: %v, made the directory: %v", err, exists(dir))
	}
	c, err := cluster.Start(t.Context(), cluster.Config{Dir: dir, Scratch: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := cluster.Reset(t.Context(), dir); !errors.Is(err, cluster.ErrInUse) {
		t.Fatalf("Reset in use: %v", err)
	}
	stop(t, c)
	foreign := filepath.Join(dir, "letter")
	if err := os.WriteFile(foreign, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := cluster.Reset(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 1 || left[0] != foreign {
		t.Fatalf("left behind: %v %v", left, err)
	}
}

func TestRefusals(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	tests := []struct {
		name   string
		port   int
		before func(dir string) error
		want   string
	}{
		{"taken port", taken.Addr().(*net.TCPAddr).Port, nil, "could not bind"},
		{"data of another version", 0, func(dir string) error {
			return write(filepath.Join(dir, "data", "PG_VERSION"), "9\n")
		}, "made by PostgreSQL 9"},
		{"lost password", 0, func(dir string) error {
			return write(filepath.Join(dir, "data", "PG_VERSION"), "")
		}, "password is missing"},
		{"lost refuge", 0, func(dir string) error {
			return write(filepath.Join(dir, "elsewhere"), "/nowhere/else")
		}, "the data of another directory"},
		{"writable by others", 0, func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o777))
		}, "nobody else can write"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := place(t)
			if test.before != nil {
				if err := test.before(dir); err != nil {
					t.Fatal(err)
				}
			}
			c, err := cluster.Start(t.Context(), cluster.Config{Dir: dir, Port: test.port, Scratch: test.before == nil})
			if err == nil {
				c.Close(context.Background())
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
		})
	}
}

func write(path, text string) error {
	return errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600))
}

func TestMissingNamesTheCommand(t *testing.T) {
	err := error(&cluster.MissingError{})
	if !strings.Contains(err.Error(), "`make setup`") || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Error(err)
	}
}
