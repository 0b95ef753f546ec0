// Package backup keeps encrypted copies of the whole database where not even
// the operator can remove them before their time, brings them back, and proves
// regularly that it can.
//
// A backup is a base, taken once a day, and the write-ahead log, taken
// segment by segment: together they bring back any moment since the oldest
// base. Where the host of the database grants no replication, a dump takes the
// place of the base, and only its own moment can be brought back.
//
// In the vault everything lies below the identifier that the database cluster
// gave itself when it was made: base/MOMENT/ with a manifest and the files that
// it lists, and wal/SEGMENT.
package backup

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// Kept is how many backups there are at least, before the oldest goes.
	Kept = 7
	// Locked is how long nobody can remove what was written.
	Locked = 7 * 24 * time.Hour
	// Every is how often a backup is taken.
	Every = 24 * time.Hour
	// DrillEvery is how often a drill is made where nothing else is said.
	DrillEvery = 7 * 24 * time.Hour
	// grace is how long after its time a backup counts as missed, and
	// drillGrace a drill.
	grace      = 2 * time.Hour
	drillGrace = 24 * time.Hour
	// patience bounds one backup; one that took longer has died with its process.
	patience = 6 * time.Hour
)

// Errors of a Vault.
var (
	ErrExists  = errors.New("backup: there is one under this name already")
	ErrLocked  = errors.New("backup: nobody can remove it before its time")
	ErrMissing = errors.New("backup: there is none under this name")
)

// Vault is where backups are. A name is a path of safe segments.
type Vault interface {
	// Put writes an object, whole or not at all, that nobody can change, or
	// remove before the time given. The error is ErrExists where there is one.
	Put(ctx context.Context, name string, from io.Reader, locked time.Time) error
	// Open reads an object; the error is ErrMissing where there is none.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	// List returns what begins with prefix, in the order of names.
	List(ctx context.Context, prefix string) ([]Object, error)
	// Delete removes an object; the error is ErrLocked before its time.
	Delete(ctx context.Context, name string) error
}

// Object is what a vault knows of one file.
type Object struct {
	Name string
	Size int64
	At   time.Time // when it was written
}

// Keys wrap the key of each file. They are those that seal the columns of the
// database: without them neither can be read.
type Keys interface {
	Seal(plaintext []byte, tenant uuid.UUID, column string) ([]byte, error)
	Open(sealed []byte, tenant uuid.UUID, column string) ([]byte, error)
}

// Alarm is something that somebody must look after.
type Alarm struct {
	Code string // BACKUP_FAILED, BACKUP_MISSED, DRILL_FAILED, DRILL_MISSED or LOG_STUCK
	Text string
}

// Config of a Keeper. URL, Vault and Keys are needed to take backups.
type Config struct {
	// URL of the database as a role that may replicate it, or at least dump it.
	URL string
	// Pool of the system role, which writes down what was done; nil for none.
	Pool  *pgxpool.Pool
	Vault Vault
	Keys  Keys
	// Log is the folder where finished segments of the log wait; "" where the
	// database archives them itself, by `barre archive-wal`.
	Log string
	// DrillEvery is how often DueDrill makes a drill; 0 is never.
	DrillEvery time.Duration
	// Environment is written into each backup, and must be the same where it
	// is brought back.
	Environment string
	// Alarm hears of what went wrong, beside the log; nil for nobody.
	Alarm  func(context.Context, Alarm)
	Now    func() time.Time
	Logger *slog.Logger
}

// Keeper takes backups and brings them back. It is safe for concurrent use.
type Keeper struct{ cfg Config }

// New returns a Keeper.
func New(c Config) *Keeper {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Alarm == nil {
		c.Alarm = func(context.Context, Alarm) {}
	}
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return &Keeper{c}
}

func (k *Keeper) now() time.Time { return k.cfg.Now().UTC().Truncate(time.Microsecond) }

// alarm tells whoever listens, and the log.
func (k *Keeper) alarm(ctx context.Context, code, text string, err error) {
	k.cfg.Logger.ErrorContext(ctx, text, "alarm", code, "error", err)
	if err != nil {
		text += ": " + err.Error()
	}
	k.cfg.Alarm(ctx, Alarm{Code: code, Text: text})
}
