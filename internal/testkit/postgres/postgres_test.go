package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/internal/testkit/postgres"
)

// ask returns the one number that the statement yields.
func ask(t *testing.T, url, statement string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(t.Context(), statement).Scan(&n); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return n
}

func run(url, statement string) error {
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(context.Background(), statement)
	return err
}

func TestNewIsAlone(t *testing.T) {
	one, two := postgres.New(t), postgres.New(t)
	if err := run(one, "create table mine ()"); err != nil {
		t.Fatal(err)
	}
	if n := ask(t, two, "select count(*) from pg_tables where tablename = 'mine'"); n != 0 {
		t.Error("one test sees the table of another")
	}
	if n := ask(t, one, "select count(*) from pg_roles where rolname = current_user and rolsuper"); n != 1 {
		t.Error("the URL is not a superuser's")
	}
}

func TestDroppedWhileConnected(t *testing.T) {
	var name string
	t.Run("one test", func(t *testing.T) {
		conn, err := pgx.Connect(context.Background(), postgres.New(t))
		if err != nil {
			t.Fatal(err)
		}
		name = conn.Config().Database // and never closed
	})
	if n := ask(t, postgres.New(t), "select count(*) from pg_database where datname = '"+name+"'"); n != 0 {
		t.Error("the database outlives its test")
	}
}

func TestTemplateIsBuiltOnce(t *testing.T) {
	key := fmt.Sprint(t.Name(), time.Now().UnixNano())
	var builds atomic.Int32
	build := func(url string) error {
		builds.Add(1)
		return run(url, "create table filled as select generate_series(1, 10) n")
	}
	urls := make([]string, 8)
	var group sync.WaitGroup
	for i := range urls {
		group.Go(func() { urls[i] = postgres.NewFromTemplate(t, key, build) })
	}
	group.Wait()
	if builds.Load() != 1 {
		t.Errorf("built %d times", builds.Load())
	}
	for _, url := range urls {
		if n := ask(t, url, "select count(*)::int from filled"); n != 10 {
			t.Errorf("%d rows", n)
		}
		if err := run(url, "drop table filled"); err != nil { // a copy each
			t.Error(err)
		}
	}
}

func TestFailedTemplateIsBuiltAgain(t *testing.T) {
	key := fmt.Sprint(t.Name(), time.Now().UnixNano())
	fake := &recorder{TB: t}
	done := make(chan struct{})
	go func() { // Fatal ends its goroutine
		defer close(done)
		postgres.NewFromTemplate(fake, key, func(string) error { return errors.New("no such file") })
	}()
	<-done
	if !fake.failed {
		t.Fatal("an error of build did not fail the test")
	}
	url := postgres.NewFromTemplate(t, key, func(url string) error { return run(url, "create table whole ()") })
	if n := ask(t, url, "select count(*)::int from pg_tables where tablename = 'whole'"); n != 1 {
		t.Error("the copy has not what build made")
	}
}

// recorder is a test whose failure is expected.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Fatalf(string, ...any) {
	r.failed = true
	runtime.Goexit()
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		postgres.New(b)
	}
}
