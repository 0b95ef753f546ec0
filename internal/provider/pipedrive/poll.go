package pipedrive

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// maxPages bounds how far a poll reads: 500 deals each.
const maxPages = 20

// PollEvery implements provider.Seldom: once a night is enough for what no
// message told, and leaves the account its tokens.
func (p *Pipedrive) PollEvery() time.Duration { return 20 * time.Hour }

// Poll implements provider.Poller with the deals that were changed since and
// have our reference. Pipedrive stops sending messages to whoever has missed
// some, and does not say so.
func (p *Pipedrive) Poll(ctx context.Context, c provider.Connection, since time.Time, _ []provider.Subject) ([]provider.Fact, error) {
	var facts []provider.Fact
	names := map[int64]string{} // of stages
	query := url.Values{"limit": {"500"}, "sort_by": {"update_time"}, "updated_since": {since.UTC().Format(time.RFC3339)}}
	for range maxPages {
		var list struct {
			Data  []remoteDeal `json:"data"`
			Extra struct {
				Next string `json:"next_cursor"`
			} `json:"additional_data"`
		}
		if err := p.call(ctx, c, ask{name: "list deals", method: http.MethodGet, path: deals.path("") + "?" + query.Encode(), into: &list}); err != nil {
			return facts, err
		}
		for _, d := range list.Data {
			status, known := dealStatus(d.Status)
			if !known || refOf(d.Custom).ID == uuid.Nil {
				continue
			}
			if _, asked := names[d.Stage]; !asked {
				name, err := p.stageName(ctx, c, d.Stage)
				if err != nil {
					return facts, err
				}
				names[d.Stage] = name
			}
			facts = append(facts, d.moved(d.ID.String(), names[d.Stage], status))
		}
		if list.Extra.Next == "" {
			return facts, nil
		}
		query.Set("cursor", list.Extra.Next)
	}
	return facts, permanent("too many deals to look at")
}
