package cluster

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// settings returns the server's settings as command-line arguments, which
// outrank every file, so that an existing cluster follows a new release. Finished
// segments of the log go to the folder log.
func settings(config Config, port int, log string) []string {
	all := map[string]string{
		"port":                    fmt.Sprint(port),
		"listen_addresses":        "127.0.0.1",
		"unix_socket_permissions": "0700",
		"password_encryption":     "scram-sha-256",
		"shared_buffers":          "128MB",
		"max_connections":         "100",
		"fsync":                   "on",
		"synchronous_commit":      "on",
		"jit":                     "off", // compiles longer than our short statements run
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		// One file per weekday, overwritten a week later.
		"logging_collector":        "on",
		"log_directory":            "log",
		"log_filename":             "postgres-%a.log",
		"log_rotation_age":         "1d",
		"log_rotation_size":        "0",
		"log_truncate_on_rotation": "on",
		"log_checkpoints":          "off",
		// Rows and parameters are people's data: neither belongs in a log.
		"log_error_verbosity":     "terse",
		"log_min_error_statement": "panic",
	}
	if config.Archive {
		maps.Copy(all, archiving(log))
	}
	if config.Scratch {
		maps.Copy(all, scratch())
	}
	return arguments(all)
}

func arguments(all map[string]string) []string {
	var args []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		args = append(args, "-c", name+"="+all[name])
	}
	return args
}

// archiving hands finished segments over. A segment appears under its name
// once it is on the disk; one that comes again, after a crash, is the same.
func archiving(log string) map[string]string {
	to := "'" + filepath.Join(log, "%f") + "'"
	part := "'" + filepath.Join(log, "%f.part") + "'"
	return map[string]string{
		"archive_mode":    "on",
		"archive_timeout": "60",
		"archive_command": "dd if='%p' of=" + part + " bs=1048576 conv=fsync 2>/dev/null && mv " + part + " " + to,
	}
}

// scratch trades durability and privacy of the log for speed and detail.
func scratch() map[string]string {
	return map[string]string{
		"max_connections":         "300",
		"fsync":                   "off",
		"synchronous_commit":      "off",
		"full_page_writes":        "off",
		"autovacuum":              "off", // nothing runs beside a test
		"max_wal_size":            "4GB",
		"log_error_verbosity":     "default",
		"log_min_error_statement": "error",
	}
}

// earlyLog is where Postgres writes until it has opened its own log.
func (h home) earlyLog() string { return filepath.Join(h.dir, "start.log") }

// lastLines returns the ends of the start's log and of the server's newest one,
// for an error message.
func (h home) lastLines() string {
	newest, _ := filepath.Glob(filepath.Join(h.data(), "log", "*.log"))
	slices.SortFunc(newest, func(a, b string) int { return modified(a).Compare(modified(b)) })
	paths := []string{h.earlyLog()}
	if len(newest) > 0 {
		paths = append(paths, newest[len(newest)-1])
	}
	var out strings.Builder
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil || len(text) == 0 {
			continue
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		fmt.Fprintf(&out, "\nthe last lines of %s:\n%s", path, strings.Join(lines[max(0, len(lines)-5):], "\n"))
	}
	return out.String()
}
