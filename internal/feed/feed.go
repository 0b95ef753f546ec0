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
	"github.com/barrehq/barre/internal/viewer"
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

// at returns the sequence that a cursor names; none is 0, the beginning.
func (f *Feed) at(ctx context.Context, text string) (int64, error) {
	v := viewer.From(ctx)
	switch {
	case v == nil:
		return 0, fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer.")
	case text == "":
		return 0, nil
	}
	values, err := f.codec.Decode(text, v.TenantID, ordering)
	if err != nil {
		return 0, err
	}
	if len(values) != 1 || values[0].Kind() != cursor.KindInt {
		return 0, fault.New(fault.BadUserInput, "The cursor does not belong to this list. Ask for the first page without a cursor.")
	}
	return values[0].Any().(int64), nil
}

// cursor names the place after sequence in the feed of ctx's studio.
func (f *Feed) cursor(ctx context.Context, sequence int64) string {
	return string(f.codec.Encode(nil, viewer.From(ctx).TenantID, ordering, []cursor.Value{cursor.Int(sequence)}))
}

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
