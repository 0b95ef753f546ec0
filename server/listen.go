package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	goflag "flag" // flag is a kind of variable in config.go
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

// follower carries a studio's feed to a program on this machine as webhooks,
// without a tunnel and without being registered: it asks the API like any
// other client.
type follower struct {
	endpoint string
	key      secret.String // of the API
	types    []string
	forward  string
	poll     time.Duration
	signing  secret.String
	sender   *webhook.Sender
	out      io.Writer

	cursor   string
	previous int64
}

// runListen follows until ctx ends.
func runListen(ctx context.Context, c call) error {
	conf, err := parseConfig(c.env)
	if err != nil {
		return misuse{err}
	}
	f, err := newFollower(conf, c)
	if err != nil {
		return misuse{err}
	}
	defer f.sender.Close()
	return f.run(ctx)
}

func newFollower(conf *Config, c call) (*follower, error) {
	flags := goflag.NewFlagSet("listen", goflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	to := flags.String("forward-to", "", "where to post, on this machine")
	types := flags.String("types", "", "only these types of event, separated by commas")
	if err := flags.Parse(c.args); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	target, err := url.Parse(*to)
	if err != nil || !local(target) {
		return nil, errors.New("listen: say --forward-to with a port of this machine, such as http://127.0.0.1:3000/hooks")
	}
	if conf.ListenKey == "" {
		return nil, errors.New("BARRE_SECRET_KEY: it must be set to listen; a secret key with the scope event:read is enough")
	}
	signing, err := webhook.NewSecret(rand.Reader)
	if err != nil {
		return nil, err
	}
	f := &follower{
		endpoint: conf.ListenURL, key: conf.ListenKey, forward: *to, poll: time.Second,
		signing: signing, sender: webhook.NewSender(webhook.Config{AllowLoopback: true}), out: c.out,
	}
	if *types != "" {
		f.types = strings.Split(*types, ",")
	}
	return f, nil
}

// local reports whether an address is one of this machine.
func local(u *url.URL) bool {
	addr, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && addr.IsLoopback())
}

func (f *follower) run(ctx context.Context) error {
	if err := f.skip(ctx); err != nil {
		return err
	}
	fmt.Fprintf(f.out, "Following %s. Requests to %s are signed with %s\n", f.endpoint, f.forward, f.signing.Reveal())
	ticker := time.NewTicker(f.poll)
	defer ticker.Stop()
	for {
		more, err := f.step(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			fmt.Fprintln(f.out, "The feed could not be read; trying again:", err)
		case more:
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// skip moves to the end of the feed. The cursor moves past all that is of
// another type, so that asking for a rare one goes there in few steps.
func (f *follower) skip(ctx context.Context) error {
	for {
		page, err := f.page(ctx, []string{feed.TestType})
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		if f.cursor = page.Cursor; !page.HasMore {
			return nil
		}
	}
}

// step forwards one page and reports whether there is more already.
func (f *follower) step(ctx context.Context) (bool, error) {
	page, err := f.page(ctx, f.types)
	if err != nil {
		return false, err
	}
	for _, change := range page.Nodes {
		if err := f.send(ctx, change); err != nil {
			return false, err
		}
	}
	f.cursor = page.Cursor
	return page.HasMore, nil
}

// send posts one change. What the receiver answers is shown and changes nothing.
func (f *follower) send(ctx context.Context, raw json.RawMessage) error {
	var change struct {
		ID, Type   string
		Sequence   int64
		Epoch      int64
		OccurredAt time.Time
	}
	if err := json.Unmarshal(raw, &change); err != nil {
		return err
	}
	body, err := json.Marshal(feed.Message{
		Type: change.Type, Timestamp: feed.Moment{Time: change.OccurredAt}, Sequence: change.Sequence, PreviousSequence: f.previous, Epoch: change.Epoch, Data: raw,
	})
	if err != nil {
		return err
	}
	f.previous = change.Sequence
	answer, err := f.sender.Send(ctx, webhook.Request{URL: f.forward, ID: change.ID, Timestamp: time.Now(), Body: body, Keys: []secret.String{f.signing}})
	outcome := fmt.Sprint(answer.Status)
	if err != nil {
		outcome = webhook.Reason(err)
	}
	fmt.Fprintf(f.out, "%d %s %s: %s\n", change.Sequence, change.Type, change.ID, outcome)
	return nil
}

// feedPage is one page of the changes query.
type feedPage struct {
	Nodes   []json.RawMessage
	Cursor  string
	HasMore bool
}

const listenQuery = `query Listen($after: String, $types: [String!]) { changes(after: $after, types: $types, first: 100) {
	cursor hasMore nodes { id sequence epoch type entityType entityId entityVersion changed actor occurredAt data tombstone } } }`

func (f *follower) page(ctx context.Context, types []string) (page feedPage, err error) {
	variables := map[string]any{"types": types}
	if f.cursor != "" {
		variables["after"] = f.cursor
	}
	body, err := json.Marshal(map[string]any{"query": listenQuery, "variables": variables})
	if err != nil {
		return page, err
	}
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.endpoint, bytes.NewReader(body))
	if err != nil {
		return page, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+f.key.Reveal())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return page, err
	}
	defer response.Body.Close()
	var answer struct {
		Data   *struct{ Changes feedPage }
		Errors []struct{ Message string }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return page, fmt.Errorf("the answer with status %d is no JSON", response.StatusCode)
	}
	if len(answer.Errors) > 0 {
		return page, errors.New(answer.Errors[0].Message)
	}
	if answer.Data == nil {
		return page, fmt.Errorf("the answer with status %d has no data", response.StatusCode)
	}
	return answer.Data.Changes, nil
}
