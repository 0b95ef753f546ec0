package pipedrive

import (
	"crypto/sha256"
	"strconv"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// defaultTokens is the daily budget of the smallest plan with one seat.
const defaultTokens = 30_000

// reserve is the part of the budget that only what is urgent may use, in
// percent: people wait for a deal to move, nobody for an address to be copied.
const reserve = 20

// budget is what one account has used of its tokens today, as far as this
// process knows: others may use the same.
type budget struct {
	day  time.Time
	used int
}

// spend takes tokens from the day's budget, or says when there are new ones.
// Pipedrive counts days in UTC.
func (p *Pipedrive) spend(c provider.Connection, tokens int, urgent bool) error {
	limit := defaultTokens
	if n, err := strconv.Atoi(c.Options[OptionDailyTokens]); err == nil && n > 0 {
		limit = n
	}
	if !urgent {
		limit -= limit * reserve / 100
	}
	today := p.config.Now().UTC().Truncate(24 * time.Hour)
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.spent[account(c)]
	if b == nil || b.day != today {
		b = &budget{day: today}
		p.spent[account(c)] = b
	}
	if b.used+tokens > limit {
		return &provider.Error{Provider: ID, Class: provider.RateLimited, Code: "daily budget of API tokens", RetryAt: today.Add(24 * time.Hour)}
	}
	b.used += tokens
	return nil
}

// account names a connection among those that this process knows.
func account(c provider.Connection) string {
	sum := sha256.Sum256([]byte(c.BaseURL + "\n" + c.Credential.Reveal()))
	return string(sum[:])
}
