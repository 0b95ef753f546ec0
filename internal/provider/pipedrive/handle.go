package pipedrive

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// Handle implements provider.Provider. A deal that somebody moved in Pipedrive
// is asked for: the message is a hint. Our own writes come back as messages as
// well, with the source "api", and mean nothing.
func (p *Pipedrive) Handle(ctx context.Context, c provider.Connection, in provider.Inbound) ([]provider.Fact, error) {
	if in.Type != "deal.change" && in.Type != "deal.create" || isEcho(in) {
		return nil, nil
	}
	if _, err := strconv.ParseInt(in.Object, 10, 64); err != nil {
		return nil, nil
	}
	var found struct {
		Data remoteDeal `json:"data"`
	}
	err := p.call(ctx, c, ask{name: "get deal", method: http.MethodGet, path: deals.path(in.Object), into: &found, urgent: true})
	if provider.Gone(err) {
		return nil, nil // deleted since
	}
	if err != nil {
		return nil, err
	}
	status, known := dealStatus(found.Data.Status)
	if !known {
		return nil, nil
	}
	stage, err := p.stageName(ctx, c, found.Data.Stage)
	if err != nil {
		return nil, err
	}
	return []provider.Fact{found.Data.moved(in.Object, stage, status)}, nil
}

// remoteDeal is what is read of a deal.
type remoteDeal struct {
	ID         json.Number    `json:"id"`
	Stage      int64          `json:"stage_id"`
	Status     string         `json:"status"`
	LostReason string         `json:"lost_reason"`
	Updated    time.Time      `json:"update_time"`
	Custom     map[string]any `json:"custom_fields"`
}

func (d *remoteDeal) moved(remote, stage string, status provider.DealStatus) provider.DealMoved {
	return provider.DealMoved{
		Subject: provider.Subject{Ref: refOf(d.Custom), RemoteID: remote},
		Stage:   stage, Status: status, LostReason: d.LostReason, At: d.Updated.UTC(),
	}
}

// refOf finds our reference among the custom fields: no other text has its form.
func refOf(fields map[string]any) provider.Ref {
	for _, value := range fields {
		if text, isText := value.(string); isText {
			if ref := provider.ParseRef(deals.prefix(), text); ref != (provider.Ref{Type: deals.prefix()}) {
				return ref
			}
		}
	}
	return provider.Ref{Type: deals.prefix()}
}

func dealStatus(text string) (provider.DealStatus, bool) {
	switch text {
	case "open":
		return provider.DealOpen, true
	case "won":
		return provider.DealWon, true
	case "lost":
		return provider.DealLost, true
	}
	return "", false // deleted
}

// stageName returns Pipedrive's name of the stage, or the studio's where the
// connection's option has one.
func (p *Pipedrive) stageName(ctx context.Context, c provider.Connection, id int64) (string, error) {
	if word, known := studioStage(c, id); known {
		return word, nil
	}
	var found struct {
		Data struct {
			ID   json.Number `json:"id"`
			Name string      `json:"name"`
		} `json:"data"`
	}
	err := p.call(ctx, c, ask{name: "get stage", method: http.MethodGet, path: "/api/v2/stages/" + strconv.FormatInt(id, 10), into: &found, urgent: true})
	return found.Data.Name, err
}
