package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of CPU time in /proc; Linux shows user programs 100 a second.
const tick = 10 * time.Millisecond

// process is what /proc says of one.
type process struct {
	pid, parent int
	used        time.Duration // by itself and by children that have ended
}

func processes() (map[int]process, error) {
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("bench: /proc is needed: %w", err)
	}
	all := map[int]process{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		if p, ok := parseStat(text); ok {
			all[p.pid] = p
		}
	}
	return all, nil
}

// parseStat reads proc_pid_stat(5): pid (name) state ppid …, where the name
// may hold anything.
func parseStat(text []byte) (process, bool) {
	cut := bytes.LastIndexByte(text, ')')
	space := bytes.IndexByte(text, ' ')
	if cut < 0 || space < 0 {
		return process{}, false
	}
	fields := strings.Fields(string(text[cut+1:]))
	if len(fields) < 15 {
		return process{}, false
	}
	p := process{}
	p.pid, _ = strconv.Atoi(string(text[:space]))
	p.parent, _ = strconv.Atoi(fields[1])
	for _, field := range fields[11:15] { // utime, stime, cutime, cstime
		n, _ := strconv.ParseInt(field, 10, 64)
		p.used += time.Duration(n) * tick
	}
	return p, true
}

// usage returns the CPU time of each process tree by its root.
func usage(roots ...int) ([]time.Duration, error) {
	all, err := processes()
	if err != nil {
		return nil, err
	}
	sums := make([]time.Duration, len(roots))
	for i, root := range roots {
		for _, p := range all {
			if within(all, p.pid, root) {
				sums[i] += p.used
			}
		}
	}
	return sums, nil
}

func within(all map[int]process, pid, root int) bool {
	for range 16 {
		if pid == root {
			return true
		}
		if pid = all[pid].parent; pid < 2 {
			return false
		}
	}
	return false
}

// resident is the memory of a process in MiB.
func resident(pid int) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, after, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseFloat(fields[0], 64)
	return kib / 1024
}

// busy is the CPU time that the whole machine has used.
func busy() time.Duration {
	text, _ := os.ReadFile("/proc/stat")
	first, _, _ := strings.Cut(string(text), "\n")
	var sum int64
	for i, field := range strings.Fields(first) {
		n, err := strconv.ParseInt(field, 10, 64)
		if err == nil && i != 4 && i != 5 && i < 9 { // neither idle nor iowait
			sum += n
		}
	}
	return time.Duration(sum) * tick
}
