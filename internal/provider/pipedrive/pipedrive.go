// Package pipedrive keeps a studio's families and the sales it hopes for in
// its Pipedrive: a household is an organization there, with its address, a
// guardian is a person of it, and a deal is a deal or, where its stage is none
// of Pipedrive's, a lead.
//
// A connection's Credential is an API token. Its Secrets are those of the
// webhook, "user:password" as registered with it, for Pipedrive signs nothing.
// Its options are:
//
//	company_id    the account; a webhook of another one is refused
//	pipeline_id   the pipeline in which deals are made; empty for the first
//	stages        Pipedrive's stages by the studio's words, as "Trial booked=3,Offer made=4"
//	daily_tokens  the account's daily budget of API tokens; empty for 30000
//
// Records are found again by a custom field, "Barre reference", which is made
// where it is missing: Pipedrive has no idempotency keys.
package pipedrive

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// ID is the vendor's key in the database.
const ID = "pipedrive"

const vendorURL = "https://api.pipedrive.com"

// Names of a connection's options.
const (
	OptionCompany     = "company_id"
	OptionPipeline    = "pipeline_id"
	OptionStages      = "stages"
	OptionDailyTokens = "daily_tokens"
)

// Config of the provider. The zero value is right for production.
type Config = provider.Config

// Pipedrive is the provider.Provider.
type Pipedrive struct {
	config Config
	mu     sync.Mutex
	fields map[string]string // code of the reference field by connection and kind
	spent  map[string]*budget
}

var _ provider.Seldom = (*Pipedrive)(nil)

// New returns the provider. A call has 15 s unless c says otherwise.
func New(c Config) *Pipedrive {
	return &Pipedrive{config: c.Filled(15 * time.Second), fields: map[string]string{}, spent: map[string]*budget{}}
}

// Name returns ID.
func (p *Pipedrive) Name() string { return ID }

// Card returns Pipedrive's row of the register. Birthday, notes and messengers
// exist in Pipedrive's API and are not in its row; nor is a deal's title sent,
// in which a studio may have written a student's name.
func (p *Pipedrive) Card() provider.Card {
	return provider.Card{
		Name:       "Pipedrive",
		Nature:     "Prospect and customer relationship management",
		DataShared: "Name, email, org address, country, phone, billing information",
		Location:   "US",
		Contact:    "privacy@pipedrive.com",
		Classes: []provider.DataClass{provider.Name, provider.Email, provider.OrgAddress, provider.Country, provider.Phone,
			provider.BillingInfo},
		Hosts:     []string{"api.pipedrive.com"},
		Headers:   []string{"X-Api-Token"},
		Calls:     calls(),
		SafeRetry: 0, // no keys: after an unknown outcome Reconcile looks for the reference
	}
}

// Check implements provider.Provider: it asks whose token it is.
func (p *Pipedrive) Check(ctx context.Context, c provider.Connection) error {
	var me struct {
		Data struct {
			Company int64 `json:"company_id"`
		} `json:"data"`
	}
	if err := p.call(ctx, c, ask{name: "get own user", method: http.MethodGet, path: "/v1/users/me", into: &me, urgent: true}); err != nil {
		return err
	}
	if want := c.Options[OptionCompany]; want != "" && want != strconv.FormatInt(me.Data.Company, 10) {
		return &provider.Error{Provider: ID, Class: provider.Auth, Code: "the token is of another company than the option " + OptionCompany}
	}
	return nil
}

// ask is one call; name is that of the card.
type ask struct {
	name, method, path string
	body, into         any
	urgent             bool // may use the last part of the day's budget
}

func (p *Pipedrive) call(ctx context.Context, c provider.Connection, a ask) error {
	if err := p.spend(c, costs()[a.name], a.urgent); err != nil {
		return err
	}
	client := provider.Client{Vendor: ID, Card: p.Card(), Connection: c, Config: p.config, Refine: p.refine}
	_, err := client.Do(ctx, provider.Request{
		Method: a.method, URL: c.Endpoint(vendorURL) + a.path, Body: a.body, Into: a.into,
		Header: http.Header{"X-Api-Token": {c.Credential.Reveal()}},
	})
	return err
}

// refine reads the code and when the burst's window ends. Messages repeat what
// was sent.
func (p *Pipedrive) refine(e *provider.Error, header http.Header, body []byte) {
	if seconds, err := strconv.Atoi(header.Get("X-Ratelimit-Reset")); err == nil && e.Class == provider.RateLimited {
		e.RetryAt = p.config.Now().Add(time.Duration(seconds) * time.Second)
	}
	if e.Status == http.StatusPaymentRequired {
		e.Class = provider.Auth // the account is closed until somebody pays
	}
	var refusal struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(body, &refusal) == nil {
		e.Code = refusal.Code
	}
}

func permanent(code string) error {
	return &provider.Error{Provider: ID, Class: provider.Permanent, Code: code}
}

// stageOption is one pair of the option: a stage in the studio's words, and
// Pipedrive's.
type stageOption struct {
	word string
	id   int64
}

// stages reads the option.
func stages(c provider.Connection) []stageOption {
	var list []stageOption
	for _, pair := range strings.Split(c.Options[OptionStages], ",") {
		word, number, _ := strings.Cut(pair, "=")
		if id, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64); err == nil {
			list = append(list, stageOption{strings.TrimSpace(word), id})
		}
	}
	return list
}

// stageOf returns Pipedrive's stage of the studio's words.
func stageOf(c provider.Connection, word string) (int64, bool) {
	for _, stage := range stages(c) {
		if strings.EqualFold(stage.word, strings.TrimSpace(word)) {
			return stage.id, true
		}
	}
	return 0, false
}

// studioStage returns the studio's words for Pipedrive's stage.
func studioStage(c provider.Connection, id int64) (string, bool) {
	for _, stage := range stages(c) {
		if stage.id == id {
			return stage.word, true
		}
	}
	return "", false
}
