package redis_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/testkit/redis"
)

// command sends one inline command and returns the line of the answer.
func command(addr, text string, limit time.Duration) (string, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(limit))
	fmt.Fprint(conn, text+"\r\n")
	return bufio.NewReader(conn).ReadString('\n')
}

const patient = 10 * time.Second

func TestLife(t *testing.T) {
	addr, proc := redis.Start(t)
	if got, err := command(addr, "SET a b", patient); got != "+OK\r\n" || err != nil {
		t.Fatalf("%q %v", got, err)
	}
	if err := proc.Pause(); err != nil {
		t.Fatal(err)
	}
	if _, err := command(addr, "PING", 50*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a paused server: %v, want silence", err)
	}
	if err := proc.Resume(); err != nil {
		t.Fatal(err)
	}
	if got, err := command(addr, "PING", patient); got != "+PONG\r\n" || err != nil {
		t.Errorf("after Resume: %q %v", got, err)
	}
	proc.Kill()
	proc.Kill() // does nothing
	if _, err := command(addr, "PING", patient); err == nil {
		t.Error("a killed server answers")
	}
	proc.Restart(t)
	if got, err := command(addr, "EXISTS a", patient); got != ":0\r\n" || err != nil {
		t.Errorf("after Restart: %q %v, want an empty server", got, err)
	}
}

func TestTwoAreApart(t *testing.T) {
	one, _ := redis.Start(t)
	two, _ := redis.Start(t)
	if got, err := command(one, "SET a b", patient); err != nil {
		t.Fatal(got, err)
	}
	if got, err := command(two, "EXISTS a", patient); got != ":0\r\n" || err != nil {
		t.Errorf("%q %v", got, err)
	}
}
