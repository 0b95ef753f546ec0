package feed

import (
	"context"
	"errors"
	"time"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Subscribe sends each change after a cursor, or from now on, as the viewer of
// ctx. The channel is closed when ctx ends, when the viewer may no longer read,
// or when a new epoch begins, which whoever resumes is told. A slow reader is waited for: it holds up nobody else, and no more than
// a page and the buffer is kept for it.
func (f *Feed) Subscribe(ctx context.Context, after string, types []string) (<-chan Change, error) {
	if err := checkTypes(types); err != nil {
		return nil, err
	}
	from, end, err := f.at(ctx, after)
	if err != nil {
		return nil, err
	}
	if after == "" {
		from = end
	}
	if _, err := f.read(ctx, end, end, types, 1); err != nil { // asks whether the viewer may read at all
		return nil, err
	}
	s := &subscription{feed: f, types: types, at: from, out: make(chan Change, f.cfg.Buffer)}
	tenant := viewer.From(ctx).TenantID
	progress := f.join(tenant)
	go func() {
		defer close(s.out)
		defer f.leave(tenant, progress)
		s.run(ctx, progress)
	}()
	return s.out, nil
}

type subscription struct {
	feed  *Feed
	types []string
	at    place
	out   chan Change
}

func (s *subscription) run(ctx context.Context, progress <-chan struct{}) {
	for {
		more, err := s.step(ctx)
		if more {
			continue
		}
		var again <-chan time.Time
		if err != nil {
			if refused := (*fault.Fault)(nil); ctx.Err() != nil || errors.As(err, &refused) {
				return
			}
			s.feed.cfg.Logger.WarnContext(ctx, "a subscription could not read", "error", err)
			again = time.After(4 * s.feed.cfg.Poll)
		}
		select {
		case <-ctx.Done():
			return
		case <-progress:
		case <-again:
		}
	}
}

// step sends one page and reports whether there is more already.
func (s *subscription) step(ctx context.Context) (bool, error) {
	end, err := s.feed.end(ctx)
	if err == nil {
		err = s.at.within(end)
	}
	if err != nil {
		return false, err
	}
	p, err := s.feed.read(ctx, s.at, end, s.types, s.feed.cfg.Page)
	if err != nil {
		return false, err
	}
	for _, change := range p.changes {
		select {
		case s.out <- change:
			s.at.sequence = change.Sequence
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	s.at = p.at
	return p.more, nil
}
