package cluster_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/barrehq/barre/internal/cluster"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("CLUSTER_TEST_HOLD"); dir != "" {
		hold(dir)
	}
	os.Exit(m.Run())
}

// hold is the life of another Barre process: it starts the cluster, says so and
// waits to be killed.
func hold(dir string) {
	if _, err := cluster.Start(context.Background(), cluster.Config{Dir: dir}); err != nil {
		os.Stdout.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Stdout.WriteString("started\n")
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// start starts the cluster in dir; when the test ends it is closed and removed.
func start(t *testing.T, config cluster.Config) *cluster.Cluster {
	t.Helper()
	begun := time.Now()
	c, err := cluster.Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("started in %v", time.Since(begun).Round(time.Microsecond))
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
		err := cluster.Reset(context.Background(), config.Dir)
		if err != nil && !errors.Is(err, cluster.ErrInUse) { // the last of several removes it
			t.Error(err)
		}
	})
	return c
}

// place returns a directory, not made yet, that any account can pass through.
func place(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "pg")
}

func stop(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// ask returns the one text that the statement yields.
func ask(t *testing.T, c *cluster.Cluster, statement string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.URL("postgres", "", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var text string
	if err := conn.QueryRow(t.Context(), statement).Scan(&text); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return text
}

const (
	identity  = `select pg_postmaster_start_time()::text`
	serverPID = `select split_part(pg_read_file('postmaster.pid'), E'\n', 1)`
	writeRow  = `with t as (select set_config('a.b', 'c', false)) select lo_from_bytea(4711, 'kept')::text from t`
	readRow   = `select convert_from(lo_get(4711), 'UTF8')`
)

func TestSettings(t *testing.T) {
	c := start(t, cluster.Config{Dir: place(t)})
	for name, want := range map[string]string{
		"fsync": "on", "synchronous_commit": "on", "jit": "off", "data_checksums": "on",
		"shared_buffers": "128MB", "max_connections": "100", "password_encryption": "scram-sha-256",
		"listen_addresses": "127.0.0.1", "server_encoding": "UTF8", "TimeZone": "UTC",
	} {
		if got := ask(t, c, "show "+name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestPassword(t *testing.T) {
	dir := place(t)
	c := start(t, cluster.Config{Dir: dir, Scratch: true})
	info, err := os.Stat(filepath.Join(dir, "password"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("password file: %v %v", info.Mode(), err)
	}
	password, _ := os.ReadFile(filepath.Join(dir, "password"))
	tcp := func(word string) error {
		conn, err := pgx.Connect(t.Context(), "postgres://postgres:"+word+"@127.0.0.1:"+strconv.Itoa(c.Port())+"/postgres?sslmode=disable")
		if err == nil {
			conn.Close(context.Background())
		}
		return err
	}
	if err := tcp(string(password)); err != nil {
		t.Errorf("with the password over TCP: %v", err)
	}
	if tcp("wrong") == nil {
		t.Error("a wrong password was taken over TCP")
	}
	if conn, err := pgx.Connect(t.Context(), c.URL("postgres", cluster.Superuser, "wrong")); err == nil {
		conn.Close(context.Background())
		t.Error("a wrong password was taken on the socket")
	}
}

func TestSharedByTwo(t *testing.T) {
	dir := place(t)
	first := start(t, cluster.Config{Dir: dir})
	born := ask(t, first, identity)
	second := start(t, cluster.Config{Dir: dir})
	stop(t, first)
	stop(t, first) // does nothing
	if got := ask(t, second, identity); got != born {
		t.Fatalf("the second user got the server of %s, want the one of %s", got, born)
	}
	stop(t, second)
	if conn, err := pgx.Connect(t.Context(), second.URL("postgres", "", "")); err == nil {
		conn.Close(context.Background())
		t.Fatal("the server answers after its last user left")
	}
}

func TestDataStays(t *testing.T) {
	dir := place(t)
	first := start(t, cluster.Config{Dir: dir})
	port := first.Port()
	ask(t, first, writeRow)
	stop(t, first)

	// Somebody takes the port meanwhile.
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	second := start(t, cluster.Config{Dir: dir})
	if got := ask(t, second, readRow); got != "kept" {
		t.Errorf("the row is %q", got)
	}
	if second.Port() == port {
		t.Errorf("the server says that it has port %d, which is taken", port)
	}
}

func TestPowerCut(t *testing.T) {
	dir := place(t)
	c := start(t, cluster.Config{Dir: dir})
	ask(t, c, writeRow)
	pid, err := strconv.Atoi(ask(t, c, serverPID))
	if err != nil {
		t.Fatal(err)
	}
	// A child that is busy notices late, and holds the shared memory till then.
	busy, err := pgx.Connect(t.Context(), c.URL("postgres", "", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close(context.Background())
	busy.PgConn().Frontend().SendQuery(&pgproto3.Query{String: "select count(*) from generate_series(1, 3000000)"})
	if err := busy.PgConn().Frontend().Flush(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	// The number that it leaves behind now belongs to somebody else.
	sleeper := sleepLike(t, pid, dir)
	path := filepath.Join(dir, "data", "postmaster.pid")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n")
	if err := os.WriteFile(path, []byte(strconv.Itoa(sleeper)+"\n"+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, start(t, cluster.Config{Dir: dir}), readRow); got != "kept" {
		t.Errorf("the row is %q", got)
	}
	if err := syscall.Kill(sleeper, 0); err != nil {
		t.Errorf("the other program was hurt: %v", err)
	}
}

// sleepLike runs an idle program under the account that owns the data.
func sleepLike(t *testing.T, pid int, dir string) int {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sleep", "600")
	if owner := info.Sys().(*syscall.Stat_t); int(owner.Uid) != os.Geteuid() {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd.Process.Pid
}

func TestKilledBarre(t *testing.T) {
	dir := place(t)
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), "CLUSTER_TEST_HOLD="+dir)
	other.Stdin, _ = io.Pipe()
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 4096)
	n, err := out.Read(line)
	if string(line[:n]) != "started\n" {
		t.Fatalf("%s %v", line[:n], err)
	}
	beside := start(t, cluster.Config{Dir: dir})
	born := ask(t, beside, identity)
	stop(t, beside)
	beside = start(t, cluster.Config{Dir: dir})
	if got := ask(t, beside, identity); got != born {
		t.Fatal("Close stopped the server of a process that is alive")
	}
	if err := cluster.Reset(t.Context(), dir); !errors.Is(err, cluster.ErrInUse) {
		t.Fatalf("Reset of a cluster in use: %v", err)
	}
	other.Process.Kill()
	other.Process.Wait()
	if got := ask(t, beside, identity); got != born {
		t.Fatal("the server died with the process that started it")
	}
	stop(t, beside)
	if exists(filepath.Join(dir, "data", "postmaster.pid")) {
		t.Fatal("nobody stopped the server of the killed process")
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
