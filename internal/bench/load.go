package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// line is one kept-alive HTTP connection, driven by hand: the load shares the
// machine with what it measures, so it must cost little.
type line struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
	body []byte
}

func dial(address string) (*line, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &line{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// message is what one request sends besides the address.
type message struct {
	path, header string
	body         []byte
}

// do sends one request and returns the answer's body, valid until the next.
func (l *line) do(m message) ([]byte, error) {
	l.out = append(l.out[:0], "POST "+m.path+" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/graphql-response+json\r\n"...)
	l.out = append(append(l.out, m.header...), "\r\nContent-Length: "...)
	l.out = append(strconv.AppendInt(l.out, int64(len(m.body)), 10), "\r\n\r\n"...)
	if _, err := l.conn.Write(append(l.out, m.body...)); err != nil {
		return nil, err
	}
	status, length, err := l.head()
	if err != nil {
		return nil, err
	}
	if l.body, err = l.read(l.body[:0], length); err != nil {
		return nil, err
	}
	if status != "200" {
		return nil, fmt.Errorf("status %s: %s", status, l.body)
	}
	return l.body, nil
}

// head reads the status and the length, which is -1 for chunks.
func (l *line) head() (status string, length int, err error) {
	length = -1
	for n := 0; ; n++ {
		text, err := l.in.ReadSlice('\n')
		if err != nil {
			return "", 0, err
		}
		text = bytes.TrimRight(text, "\r\n")
		switch name, value, _ := bytes.Cut(text, []byte(": ")); {
		case n == 0:
			if len(text) < 12 {
				return "", 0, errors.New("bench: no HTTP")
			}
			status = string(text[9:12])
		case len(text) == 0:
			return status, length, nil
		case bytes.EqualFold(name, []byte("Content-Length")):
			length, _ = strconv.Atoi(string(value))
		}
	}
}

func (l *line) read(dst []byte, length int) ([]byte, error) {
	if length >= 0 {
		dst = slices.Grow(dst, length)[:length]
		_, err := io.ReadFull(l.in, dst)
		return dst, err
	}
	for {
		text, err := l.in.ReadSlice('\n')
		if err != nil {
			return dst, err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 16, 32)
		if err != nil {
			return dst, err
		}
		start := len(dst)
		dst = slices.Grow(dst, int(size))[:start+int(size)]
		if _, err := io.ReadFull(l.in, dst[start:]); err != nil {
			return dst, err
		}
		if _, err := l.in.Discard(2); err != nil || size == 0 {
			return dst, err
		}
	}
}

// load is what one slice of a closed loop has seen.
type load struct {
	took    time.Duration
	waits   []time.Duration
	bytes   int64
	failure error // the first
}

// drive keeps connections busy for a while. next is called with numbers that
// are never used again.
func drive(address string, connections int, during time.Duration, next func() message) load {
	var group sync.WaitGroup
	var stop atomic.Bool
	parts := make([]load, connections)
	began := time.Now()
	timer := time.AfterFunc(during, func() { stop.Store(true) })
	defer timer.Stop()
	for i := range parts {
		group.Go(func() { parts[i].failure = parts[i].loop(address, &stop, next) })
	}
	group.Wait()
	all := load{took: time.Since(began)}
	for _, p := range parts {
		all.waits = append(all.waits, p.waits...)
		all.bytes += p.bytes
		if all.failure == nil {
			all.failure = p.failure
		}
	}
	return all
}

func (p *load) loop(address string, stop *atomic.Bool, next func() message) error {
	l, err := dial(address)
	if err != nil {
		return err
	}
	defer l.conn.Close()
	for !stop.Load() {
		m := next()
		began := time.Now()
		body, err := l.do(m)
		if err != nil {
			return err
		}
		if err := refused(body); err != nil {
			return err
		}
		p.waits = append(p.waits, time.Since(began))
		p.bytes += int64(len(body))
	}
	return nil
}

// refused finds the errors of an answer, which also come with status 200.
func refused(body []byte) error {
	if bytes.Contains(body, []byte(`"errors":`)) || bytes.Contains(body, []byte(`"userErrors":[{`)) {
		return fmt.Errorf("an error: %s", body[:min(len(body), 600)])
	}
	return nil
}
