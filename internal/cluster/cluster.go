// Package cluster runs the private Postgres that serves when no DATABASE_URL
// is given: it makes a database cluster with the Postgres binaries of the
// machine, starts it, and stops it when its last user leaves.
//
// The server is a process of its own, not bound to the one that started it. A
// Barre that is killed leaves it running, and the next Start on the same
// directory attaches to it; several Barre processes share it in the same way.
// Each holds a shared lock on the directory for as long as it lives, so that
// Close knows, even after a kill, whether anybody else is still there.
//
// It listens on a unix socket in a directory that only its own account may
// enter and on 127.0.0.1, and asks for a password on both. The package needs a
// unix: file locks, sockets and accounts.
package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/barrehq/barre/internal/secret"
)

// Superuser is the role that owns the cluster. Its password lies in the
// cluster's directory, readable by the starting user alone.
const Superuser = "postgres"

// startLimit bounds Start: enough to make a cluster on a slow disk or to
// replay the log that a power cut left behind.
const startLimit = 2 * time.Minute

// Config says where the cluster lives. Dir alone is needed.
type Config struct {
	// Dir holds the data, or, when Postgres must run under an account that
	// cannot enter it, a note (file "elsewhere") that names where the data is.
	Dir string
	// Port on 127.0.0.1; 0 chooses a free one and keeps it as long as nobody
	// else takes it. A cluster that is already running keeps its port.
	Port int
	// Scratch marks data worth nothing (tests): no fsync, no autovacuum, 300
	// connections, and whatever a stopped cluster left is thrown away.
	Scratch bool
	// Archive keeps each finished segment of the write-ahead log in the folder
	// that Log names, at the latest a minute after it was begun. Whoever copies
	// them to where they are safe removes them there.
	Archive bool
	// Logger receives starts and stops; nil means slog.Default.
	Logger *slog.Logger
}

// Cluster is a running Postgres. It is safe for concurrent use.
type Cluster struct {
	home     home
	server   postmaster
	password secret.String
	users    *os.File // shared lock: one more user of the cluster
	log      *slog.Logger
}

// Start makes the cluster in config.Dir if there is none, starts it if it is
// not running, and returns once it accepts connections. ctx bounds the start,
// not the life of the cluster. Without usable binaries the error is a
// *MissingError.
func Start(ctx context.Context, config Config) (*Cluster, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	place, err := locate(config.Dir)
	if err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	held, err := place.lock(ctx)
	if err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	defer held.Close()
	c := &Cluster{home: place, log: cmp.Or(config.Logger, slog.Default())}
	if c.server, err = c.attach(ctx); errors.Is(err, errNotRunning) {
		c.server, err = c.launch(ctx, config)
	}
	if err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	if c.password, err = place.password(); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	if c.users, err = place.join(); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	return c, nil
}

// URL returns a connection URL for lib/pq and pgx over the unix socket. An
// empty role means the superuser, whose password is filled in.
func (c *Cluster) URL(database, role, password string) string {
	if role == "" {
		role, password = Superuser, c.password.Reveal()
	}
	query := url.Values{
		"host":    {c.server.socketDir},
		"port":    {strconv.Itoa(c.server.port)},
		"sslmode": {"disable"}, // nothing leaves the machine
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(role, password), Path: "/" + database, RawQuery: query.Encode()}
	return u.String()
}

// Port returns the port on 127.0.0.1, for programs that cannot use the socket.
func (c *Cluster) Port() int { return c.server.port }

// Log is the folder where finished segments of the write-ahead log wait to be
// taken away; see Config.Archive.
func (c *Cluster) Log() string { return c.home.log() }

// Close leaves the cluster. The last user to leave stops the server in fast
// mode: open transactions are rolled back, what was committed is on disk. When
// ctx ends first the server is still stopping, and the error says so. A second
// Close does nothing.
func (c *Cluster) Close(ctx context.Context) error {
	if err := c.users.Close(); errors.Is(err, os.ErrClosed) {
		return nil
	}
	held, err := c.home.lock(ctx)
	if err != nil {
		return fmt.Errorf("cluster: close: %w", err)
	}
	defer held.Close()
	if others, err := c.home.inUse(); others || err != nil {
		return err
	}
	return c.home.stop(ctx, fast)
}

// Detach leaves the cluster and lets the server run for the next Start, even
// if nobody else uses it. Tests share a server in this way.
func (c *Cluster) Detach() { c.users.Close() }
