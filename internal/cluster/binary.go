package cluster

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// oldest is the first major version with everything that Barre's schema uses.
const oldest = 14

// folders are where systems put Postgres outside of PATH: Debian, Red Hat,
// Alpine, Homebrew on ARM and on Intel, Postgres.app.
var folders = [...]string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/libexec/postgresql*",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// MissingError says that the machine has no Postgres that can serve.
type MissingError struct {
	Wanted int      // the major version of the existing data, 0 for a new cluster
	Found  []string // what is there instead, as "version in folder"
}

func (e *MissingError) Error() string {
	found := "none is installed"
	if len(e.Found) > 0 {
		found = "installed: " + strings.Join(e.Found, ", ")
	}
	if e.Wanted > 0 {
		return fmt.Sprintf("the data was made by PostgreSQL %d, which is needed to read it (%s): install it, "+
			"set DATABASE_URL to use another server, or throw the data away with `make reset`", e.Wanted, found)
	}
	return fmt.Sprintf("PostgreSQL %d or newer is needed (%s): run `make setup` to install it, "+
		"or set DATABASE_URL to use another server", oldest, found)
}

// findBinaries returns the folder of the first usable postgres and initdb.
// Existing data can be read by its own major version alone; wanted 0 takes any.
func findBinaries(ctx context.Context, wanted int) (string, error) {
	missing := &MissingError{Wanted: wanted}
	for _, folder := range candidates(ctx) {
		major := majorOf(ctx, folder)
		if major >= oldest && (wanted == 0 || major == wanted) {
			return folder, nil
		}
		if major > 0 {
			missing.Found = append(missing.Found, fmt.Sprintf("%d in %s", major, folder))
		}
	}
	return "", missing
}

// Tool returns the path of a program of Postgres, such as pg_basebackup, of the
// given major version. Without one the error is a *MissingError.
func Tool(ctx context.Context, name string, major int) (string, error) {
	bin, err := findBinaries(ctx, major)
	if err != nil {
		return "", err
	}
	path := filepath.Join(bin, name)
	if !runnable(path) {
		return "", fmt.Errorf("%s is not installed beside %s", name, filepath.Join(bin, "postgres"))
	}
	return path, nil
}

func candidates(ctx context.Context) []string {
	var all []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			all = append(all, filepath.Dir(path))
		}
	}
	for _, pattern := range folders {
		matches, _ := filepath.Glob(pattern)
		slices.SortFunc(matches, newestFirst)
		all = append(all, matches...)
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		all = append(all, strings.TrimSpace(string(out)))
	}
	return slices.DeleteFunc(all, func(folder string) bool {
		return !runnable(filepath.Join(folder, "postgres")) || !runnable(filepath.Join(folder, "initdb"))
	})
}

func newestFirst(a, b string) int { return cmp.Compare(firstNumber(b), firstNumber(a)) }

// firstNumber returns the first run of digits in text, 0 if there is none.
func firstNumber(text string) int {
	runs := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if len(runs) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(runs[0])
	return n
}

// majorOf asks the binary itself, which prints "postgres (PostgreSQL) 15.14".
func majorOf(ctx context.Context, folder string) int {
	out, err := exec.CommandContext(ctx, filepath.Join(folder, "postgres"), "--version").Output()
	if err != nil {
		return 0
	}
	return firstNumber(string(out))
}

func runnable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
