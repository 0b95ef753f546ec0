package main

import (
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

const everyFamily = `{ households(first: 50) { nodes { id name students(first: 10) { nodes { id firstName } } } } }`

// asked is a read of a victim as the first studio's owner.
func (v *victim) asked(r *running) request {
	return request{endpoint: "http://" + v.address + "/graphql", token: r.note.Tenants[0].OwnerToken, query: everyFamily}
}

// TestFewDescriptors opens more connections to a server than it may have files:
// it takes no more, and goes on once they are gone.
func TestFewDescriptors(t *testing.T) {
	t.Parallel()
	r := begin(t, map[string]string{"BARRE_WORKER": "false"})
	v := r.victim(t, "serve", withFiles+"=64")
	v.raise(t)
	defer v.kill()
	var held []net.Conn
	for range 200 {
		conn, err := net.Dial("tcp", v.address)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, conn)
	}
	impatient := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	if answer, err := impatient.Get("http://" + v.address + "/healthz"); err == nil {
		answer.Body.Close()
		t.Error("the server has files left; the test shows nothing")
	}
	for _, conn := range held {
		conn.Close()
	}
	eventually(t, "the server is ready again", v.ready)
	if a := r.ask(t, v.asked(r)); a.Status != http.StatusOK || a.code() != "" {
		t.Errorf("afterwards: %d %.300s", a.Status, a.Text)
	}
	if len(v.done) > 0 {
		t.Error("the server has ended")
	}
}

// TestStolenProcessor stops a server in the midst of requests, as a machine
// does that has no time for it: while it stands still it does not say that it
// is well, and afterwards each request has its answer.
func TestStolenProcessor(t *testing.T) {
	t.Parallel()
	r := begin(t, map[string]string{"BARRE_WORKER": "false"})
	v := r.victim(t, "serve")
	v.raise(t)
	defer v.kill()
	signal := func(s syscall.Signal) {
		t.Helper()
		if err := v.command.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	signal(syscall.SIGSTOP)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if a, err := r.try(v.asked(r)); err != nil || a.Status != http.StatusOK || a.code() != "" {
				t.Errorf("a request meanwhile: %v %d %.300s", err, a.Status, a.Text)
			}
		})
	}
	impatient := http.Client{Timeout: time.Second}
	if answer, err := impatient.Get("http://" + v.address + "/readyz"); err == nil {
		answer.Body.Close()
		t.Error("a server that stands still says that it is ready")
	}
	signal(syscall.SIGCONT)
	group.Wait()
	eventually(t, "the server is ready again", v.ready)
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// TestLittleMemory asks a server for much at once that is told to do with
// little: it answers or refuses, lives on, and never takes half as much again.
func TestLittleMemory(t *testing.T) {
	t.Parallel()
	r := begin(t, map[string]string{"BARRE_WORKER": "false"})
	v := r.victim(t, "serve", "GOMEMLIMIT=512MiB")
	v.raise(t)
	defer v.kill()
	var group sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 32 {
		group.Go(func() {
			for range 20 {
				a, err := r.try(v.asked(r))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				statuses[a.Status]++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if statuses[http.StatusOK] == 0 || statuses[http.StatusOK]+statuses[http.StatusTooManyRequests]+statuses[http.StatusServiceUnavailable] != 32*20 {
		t.Errorf("answers by status: %v", statuses)
	}
	text, err := os.ReadFile("/proc/" + strconv.Itoa(v.command.Process.Pid) + "/status")
	if err != nil {
		t.Skip("the system does not tell what a process takes")
	}
	found := highWater.FindSubmatch(text)
	if found == nil {
		t.Fatalf("no high-water mark in %s", text)
	}
	if kilobytes, err := strconv.Atoi(string(found[1])); err != nil || kilobytes > 768<<10 {
		t.Errorf("it took %s kB, %v", found[1], err)
	}
	t.Logf("answers by status %v, at most %s kB", statuses, found[1])
}
