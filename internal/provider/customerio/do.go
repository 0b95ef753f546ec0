package customerio

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// maxEventAge is up to when Customer.io starts a campaign for an event. An older
// one is not sent at all, because a late "you have an invoice" helps nobody.
const maxEventAge = 72 * time.Hour

// Do implements provider.Provider.
func (p *CustomerIO) Do(ctx context.Context, c provider.Connection, o provider.Operation, _ provider.Links) (provider.Outcome, error) {
	switch o.Name {
	case savePerson:
		return p.save(ctx, c, o)
	case liftPerson:
		return p.lift(ctx, c, o)
	case trackEvent:
		return p.track(ctx, c, o)
	case sendMessage:
		return p.send(ctx, c, o)
	}
	return provider.Outcome{}, permanent("unknown operation " + o.Name)
}

// Reconcile implements provider.Provider. Saving or lifting a person and tracking
// an event may be repeated at any time: the first overwrites, the second has an
// id. A transactional message has neither; it is tried once more while its
// link works, because the same link twice does no harm, and not a third time.
func (p *CustomerIO) Reconcile(_ context.Context, _ provider.Connection, o provider.Operation, _ provider.Links) (provider.Outcome, error) {
	if o.Name == sendMessage && o.Round > 0 {
		return provider.Outcome{State: provider.Unresolved, Note: "The message may have been sent; Customer.io cannot say."}, nil
	}
	return provider.Outcome{State: provider.Missing}, nil
}

func (p *CustomerIO) save(ctx context.Context, c provider.Connection, o provider.Operation) (provider.Outcome, error) {
	var v person
	if err := json.Unmarshal(o.Payload, &v); err != nil {
		return provider.Outcome{}, permanent("unreadable payload")
	}
	if v.Body.Email == "" {
		return provider.Outcome{State: provider.Skipped, Note: "The person has no e-mail address."}, nil
	}
	return p.call(ctx, c, request{method: http.MethodPut, path: "/api/v1/customers/" + v.Ref, body: v.Body, remote: v.Ref})
}

// lift takes a person off the list of those who are not to be added again, and
// says that they may be written to.
func (p *CustomerIO) lift(ctx context.Context, c provider.Connection, o provider.Operation) (provider.Outcome, error) {
	var v person
	if err := json.Unmarshal(o.Payload, &v); err != nil {
		return provider.Outcome{}, permanent("unreadable payload")
	}
	outcome, err := p.call(ctx, c, request{method: http.MethodPost, path: "/api/v1/customers/" + v.Ref + "/unsuppress", remote: v.Ref})
	if err != nil || v.Body.Email == "" {
		return outcome, err
	}
	return p.save(ctx, c, o)
}

func (p *CustomerIO) track(ctx context.Context, c provider.Connection, o provider.Operation) (provider.Outcome, error) {
	var v happening
	if err := json.Unmarshal(o.Payload, &v); err != nil {
		return provider.Outcome{}, permanent("unreadable payload")
	}
	if p.config.Now().Sub(o.OccurredAt) > maxEventAge {
		return provider.Outcome{State: provider.Skipped, Note: "The event is older than 72 hours, too old to write about."}, nil
	}
	return p.call(ctx, c, request{method: http.MethodPost, path: "/api/v1/customers/" + v.Ref + "/events", body: v.Body, remote: v.Ref})
}

// send mails a link that signs somebody in. Customer.io keeps no copy and does
// not lead the link through its own redirector (tracked).
func (p *CustomerIO) send(ctx context.Context, c provider.Connection, o provider.Operation) (provider.Outcome, error) {
	var v message
	if err := json.Unmarshal(o.Payload, &v); err != nil {
		return provider.Outcome{}, permanent("unreadable payload")
	}
	option := cmp.Or(letters[v.Kind].option, OptionInvitationMessage)
	template := c.Options[option]
	if template == "" {
		return provider.Outcome{}, permanent("the connection has no option " + option)
	}
	if !p.config.Now().Before(v.ExpiresAt) {
		return provider.Outcome{State: provider.Skipped, Note: "The link in the message has expired."}, nil
	}
	body := map[string]any{
		"to": v.To, "identifiers": map[string]string{"id": v.Ref}, "transactional_message_id": messageID(template), "message_data": v.Data,
		"disable_message_retention": true, "tracked": false, "send_to_unsubscribed": true,
	}
	return p.call(ctx, c, request{method: http.MethodPost, path: "/v1/send/email", body: body, remote: v.Ref, app: true})
}

// messageID is a number when it looks like one, and else the name of a trigger.
func messageID(option string) any {
	if id, err := strconv.Atoi(option); err == nil {
		return id
	}
	return option
}

type request struct {
	method, path string
	body         any
	remote       string
	app          bool // of the App API rather than the Track API
}

func (p *CustomerIO) call(ctx context.Context, c provider.Connection, r request) (provider.Outcome, error) {
	keys, err := parseCredential(c)
	if err != nil {
		return provider.Outcome{}, err
	}
	header, base := http.Header{}, c.Endpoint(trackURL)
	if r.app {
		base = provider.Connection{BaseURL: cmp.Or(c.Options[OptionAppURL], c.BaseURL)}.Endpoint(appURL) // a stand-in is both
		header.Set("Authorization", "Bearer "+keys.appKey)
	} else {
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(keys.siteID+":"+keys.trackKey)))
	}
	client := provider.Client{Vendor: ID, Card: p.Card(), Connection: c, Config: p.config}
	if _, err := client.Do(ctx, provider.Request{Method: r.method, URL: base + r.path, Header: header, Body: r.body}); err != nil {
		return provider.Outcome{}, err
	}
	return provider.Outcome{State: provider.Done, RemoteID: r.remote}, nil
}

func permanent(code string) error {
	return &provider.Error{Provider: ID, Class: provider.Permanent, Code: code}
}
