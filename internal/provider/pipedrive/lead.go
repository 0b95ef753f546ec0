package pipedrive

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// isLead reports whether a deal is one that Pipedrive calls a lead: open, of a
// known household, and in a stage that the connection's option does not name.
func (c *call) isLead(d deal) bool {
	_, known := stageOf(c.connection, d.Stage)
	return !known && len(stages(c.connection)) > 0 && d.Status == "open" && d.Organization != nil
}

// isLeadID tells a lead's id, a UUID, from a deal's, a number.
func isLeadID(remote string) bool { return uuid.Validate(remote) == nil }

// saveLead writes the lead, or makes it. What the first version of the API
// calls otherwise than the second is named anew.
func (c *call) saveLead(ctx context.Context, d deal, remote string, body object) (string, error) {
	lead := object{
		"title": body["title"], "organization_id": body["org_id"], "value": object{"amount": d.Value, "currency": d.Currency},
	}
	if id, known := body["person_id"]; known {
		lead["person_id"] = id
	}
	if remote != "" {
		err := c.ask(ctx, ask{name: "update lead", method: http.MethodPatch, path: "/v1/leads/" + remote, body: lead})
		if !provider.Gone(err) {
			return remote, err
		}
	}
	lead["origin_id"] = ref(deals, d.ID).String()
	var made struct {
		Data struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := c.ask(ctx, ask{name: "create lead", method: http.MethodPost, path: "/v1/leads", body: lead, into: &made}); err != nil {
		return "", err
	}
	return made.Data.ID, c.link(ctx, deals, d.ID, made.Data.ID)
}

// archive puts a lead away that has become a deal.
func (c *call) archive(ctx context.Context, remote string) error {
	err := c.ask(ctx, ask{name: "update lead", method: http.MethodPatch, path: "/v1/leads/" + remote, body: object{"is_archived": true}})
	if provider.Gone(err) {
		return nil
	}
	return err
}

// findLead looks for the lead of a deal among those of its organization.
func (c *call) findLead(ctx context.Context, d deal, organization string) (string, error) {
	const limit = 100
	for start := 0; ; start += limit {
		var list struct {
			Data []struct {
				ID     string `json:"id"`
				Origin string `json:"origin_id"`
			} `json:"data"`
		}
		path := "/v1/leads?organization_id=" + organization + "&limit=" + strconv.Itoa(limit) + "&start=" + strconv.Itoa(start)
		if err := c.ask(ctx, ask{name: "list leads", method: http.MethodGet, path: path, into: &list}); err != nil {
			return "", err
		}
		for _, lead := range list.Data {
			if lead.Origin == ref(deals, d.ID).String() {
				return lead.ID, nil
			}
		}
		if len(list.Data) < limit {
			return "", nil
		}
	}
}

// referenceField is the name of the custom field, as the studio sees it.
const referenceField = "Barre reference"

// field returns the code of the custom field for records of the kind, which is
// made if there is none. Two that are made at once do no harm: a search looks
// into every field.
func (c *call) field(ctx context.Context, k kind) (string, error) {
	name := account(c.connection) + k.one()
	c.mu.Lock()
	code := c.fields[name]
	c.mu.Unlock()
	if code != "" {
		return code, nil
	}
	code, err := c.findField(ctx, k)
	if err == nil && code == "" {
		code, err = c.makeField(ctx, k)
	}
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	c.fields[name] = code
	c.mu.Unlock()
	return code, nil
}

// definition is what is read of a custom field.
type definition struct {
	Name string `json:"field_name"`
	Code string `json:"field_code"`
}

func (c *call) findField(ctx context.Context, k kind) (string, error) {
	for cursor := ""; ; {
		var list struct {
			Data  []definition `json:"data"`
			Extra struct {
				Next string `json:"next_cursor"`
			} `json:"additional_data"`
		}
		path := k.fields() + "?limit=500"
		if cursor != "" {
			path += "&cursor=" + cursor
		}
		if err := c.ask(ctx, ask{name: "list fields of " + k.one(), method: http.MethodGet, path: path, into: &list}); err != nil {
			return "", err
		}
		for _, field := range list.Data {
			if field.Name == referenceField {
				return field.Code, nil
			}
		}
		if cursor = list.Extra.Next; cursor == "" {
			return "", nil
		}
	}
}

func (c *call) makeField(ctx context.Context, k kind) (string, error) {
	var made struct {
		Data definition `json:"data"`
	}
	err := c.ask(ctx, ask{
		name: "create field of " + k.one(), method: http.MethodPost, path: k.fields(),
		body: object{"field_name": referenceField, "field_type": "varchar"}, into: &made,
	})
	return made.Data.Code, err
}

// find looks for the record by its reference, which is a search over the custom
// fields: never by a name.
func (c *call) find(ctx context.Context, k kind, id uuid.UUID) (string, error) {
	var list struct {
		Data struct {
			Items []struct {
				Item struct {
					ID json.Number `json:"id"`
				} `json:"item"`
			} `json:"items"`
		} `json:"data"`
	}
	path := k.path("search") + "?term=" + ref(k, id).String() + "&fields=custom_fields&exact_match=true&limit=1"
	if err := c.ask(ctx, ask{name: "find " + k.one(), method: http.MethodGet, path: path, into: &list}); err != nil {
		return "", err
	}
	if len(list.Data.Items) == 0 {
		return "", nil
	}
	return list.Data.Items[0].Item.ID.String(), nil
}
