package main

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/barrehq/barre/internal/secret"
)

// checkProduction refuses in production what is only fit for one machine. Its
// error is one line that begins with the variable.
func (c *Config) checkProduction() error {
	if c.Development() {
		return nil
	}
	for _, check := range []func() error{c.checkGiven, c.checkDatabases, c.checkSecrets, c.checkVendors} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

type given struct {
	name  string
	value secret.String
}

func (c *Config) databases() []given {
	return []given{{"DATABASE_URL", c.DatabaseURL}, {"SYSTEM_DATABASE_URL", c.SystemURL}}
}

func (c *Config) checkGiven() error {
	for _, v := range append(c.databases(), given{"BARRE_SEALING_KEYS", c.SealingKeys}, given{"BARRE_CURSOR_KEY", c.CursorKey}) {
		if v.value == "" {
			return fmt.Errorf("%s: it must be set in production; BARRE_ENVIRONMENT=development does without", v.name)
		}
	}
	return nil
}

// checkDatabases wants the way to another machine encrypted.
func (c *Config) checkDatabases() error {
	for _, v := range c.databases() {
		u, _ := url.Parse(v.value.Reveal())
		if mode := u.Query().Get("sslmode"); !onThisMachine(u) && mode != "require" && mode != "verify-ca" && mode != "verify-full" {
			return fmt.Errorf("%s: it must say sslmode=require, verify-ca or verify-full", v.name)
		}
	}
	return nil
}

// knownPasswords are those of examples, ours among them.
var knownPasswords = []string{
	"app", "system", "owner", "barre", "barre_app", "barre_system", "barre_owner", "postgres", "password", "secret", "changeme", "change-me", "…",
}

// fewCharacters is how few different ones a key that somebody made up has.
const fewCharacters = 8

// checkSecrets refuses what everybody knows or could guess.
func (c *Config) checkSecrets() error {
	for _, v := range c.databases() {
		u, _ := url.Parse(v.value.Reveal())
		if password, _ := u.User.Password(); slices.Contains(knownPasswords, strings.ToLower(password)) {
			return fmt.Errorf("%s: its password is one that everybody knows; give the role another", v.name)
		}
	}
	if different(c.CursorKey.Reveal()) < fewCharacters {
		return errors.New("BARRE_CURSOR_KEY: it can be guessed; take 32 random characters, as openssl rand -hex 32 prints them")
	}
	return nil
}

func different(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// checkVendors wants credentials encrypted on their way to a vendor.
func (c *Config) checkVendors() error {
	for name, address := range c.VendorURL {
		if u, err := url.Parse(address); err == nil && u.Scheme == "http" && !onThisMachine(u) {
			return fmt.Errorf("BARRE_%s_URL: it must be an https address; credentials are sent there", strings.ToUpper(name))
		}
	}
	return nil
}

// remarks are what is not refused and still worth a line at the start.
func (c *Config) remarks() []string {
	if c.Development() {
		return nil
	}
	var list []string
	for _, r := range []struct {
		is    bool
		about string
	}{
		{c.Playground, "BARRE_PLAYGROUND: the playground is served to everybody"},
		{c.Introspection, "BARRE_INTROSPECTION: everybody may introspect the schema"},
		{c.RedisUnverified, "REDIS_TLS_INSECURE_SKIP_VERIFY: nobody vouches for the Redis server"},
		{c.TLSCertificate == "" && !c.TrustProxy, "BARRE_TLS_CERTIFICATE: requests are served in plain text; a proxy in front must end TLS, and BARRE_TRUST_PROXY say so"},
		{c.SecurityContact == "", "BARRE_SECURITY_CONTACT: whoever finds a hole is not told where to report it"},
	} {
		if r.is {
			list = append(list, r.about)
		}
	}
	return list
}
