package feed

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
)

// Database is what the feed needs of the store.
type Database interface {
	Client(context.Context) *ent.Client
	Run(context.Context) store.Execer
}

// Config of a Feed. The zero value is right for production.
type Config struct {
	Poll   time.Duration // how often progress is looked for without a wake; 0 means 250 ms
	Buffer int           // changes that wait for a subscriber, besides one page; 0 means 16
	Page   int           // changes that a subscription reads at once; 0 means 100
	Logger *slog.Logger
}

// Feed reads changes. Run has to run for subscriptions to move.
type Feed struct {
	db    Database
	codec *cursor.Codec
	cfg   Config
	wake  chan struct{}

	mu   sync.Mutex
	hubs map[uuid.UUID]*hub
}

// New returns a feed whose cursors codec writes.
func New(db Database, codec *cursor.Codec, c Config) *Feed {
	c.Poll = cmp.Or(c.Poll, 250*time.Millisecond)
	c.Buffer = cmp.Or(c.Buffer, 16)
	c.Page = cmp.Or(c.Page, 100)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return &Feed{db: db, codec: codec, cfg: c, wake: make(chan struct{}, 1), hubs: map[uuid.UUID]*hub{}}
}

// ordering binds cursors to this list.
const ordering = "changes"

func checkTypes(types []string) error {
	if len(types) > 100 {
		return fault.New(fault.BadUserInput, "Name at most 100 types of event, or none for all.")
	}
	for _, name := range types {
		if !KnownType(name) {
			return fault.New(fault.BadUserInput, "There is no event of type %q. The nearest is %s.", name, NearestType(name))
		}
	}
	return nil
}
