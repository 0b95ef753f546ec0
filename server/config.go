package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/barrehq/barre/internal/limit"
	"github.com/barrehq/barre/internal/secret"
)

// Config is everything that the environment can say. It is read here alone.
type Config struct {
	Address        string
	MetricsAddress string
	Environment    string
	DataDir        string
	StorageURL     string
	Region         string // that stores and key services must be of; empty for any
	DatabaseURL    secret.String
	SystemURL      secret.String
	OwnerURL       secret.String
	BackupURL      secret.String
	Backups        bool
	DrillEvery     time.Duration
	RedisURL       secret.String
	// RedisUnverified takes any certificate of Redis.
	RedisUnverified bool
	MaxConns        int
	Instances       int
	LimitFactor     float64
	AnomalyFactor   float64 // 0 watches nothing
	SealingKeys     secret.String
	KeyURL          string // of the key service; empty for the keyset itself
	CursorKey       secret.String
	AuditKey        secret.String
	VendorURL       map[string]string // by the provider's name; none where it is the vendor's own
	Hosting         []string
	Proofs          string // file; empty is the one of the data folder
	Statements      string // file; empty for none
	Hosts           []string
	ConsentURL      string
	TrustProxy      bool
	Playground      bool
	Introspection   bool
	WorkerInServer  bool
	LogLevel        slog.Level
	TraceEndpoint   string
	DrainTimeout    time.Duration
	TLSCertificate  string // paths of PEM files
	TLSKey          string
	SecurityContact string
	SecurityExpires time.Time
	// Of the demo alone: what connects its first studio to the real vendors.
	StripeKey     secret.String
	CustomerIOKey secret.String
	// Of listen alone: the API that it follows.
	ListenURL string
	ListenKey secret.String

	logFolder string // of the private database: where finished segments of its log wait

	log io.Writer // where log lines go; nil is the standard error
}

// logTo is where log lines go.
func (c *Config) logTo() io.Writer { return cmp.Or[io.Writer](c.log, os.Stderr) }

// ownKey is a real account's, of whoever runs the demo.
func (c *Config) ownKey(vendor string) secret.String {
	switch vendor {
	case "stripe":
		return c.StripeKey
	case "customerio":
		return c.CustomerIOKey
	}
	return ""
}

// Development reports whether weak defaults are acceptable.
func (c *Config) Development() bool { return c.Environment == "development" }

// variable is one variable of the environment.
type variable struct {
	name, standard, about string
	set                   func(*Config, string) error
}

// variables is the whole of the configuration; the table in the README is
// printed from it.
var variables = []variable{
	{"BARRE_ENVIRONMENT", "production", "`development` allows weak defaults: plain http, loopback webhooks, generated keys", oneOf(func(c *Config) *string { return &c.Environment }, "development", "production")},
	{"BARRE_ADDRESS", "127.0.0.1:8080", "where requests are served, host:port", address(func(c *Config) *string { return &c.Address })},
	{"BARRE_METRICS_ADDRESS", "127.0.0.1:9090", "where `/metrics` is served, apart from the public address", address(func(c *Config) *string { return &c.MetricsAddress })},
	{"BARRE_DATA_DIR", ".barre", "folder of the private database, generated keys and, unless `BARRE_STORAGE_URL` says otherwise, files; several machines share it", plain(func(c *Config) *string { return &c.DataDir })},
	{"BARRE_STORAGE_URL", "", "where files such as exports are kept: `s3://bucket?region=us-east-1`, `gs://bucket` or `file:///folder`; empty keeps them in the data folder", bucket},
	{"DATABASE_URL", "", "Postgres as the role `barre_app`; empty runs a private one", database(func(c *Config) *secret.String { return &c.DatabaseURL })},
	{"SYSTEM_DATABASE_URL", "", "the same database as the role `barre_system`", database(func(c *Config) *secret.String { return &c.SystemURL })},
	{"OWNER_DATABASE_URL", "", "the same database as the role `barre_owner`, for `barre migrate` alone", database(func(c *Config) *secret.String { return &c.OwnerURL })},
	{"BACKUP_DATABASE_URL", "", "the same database as a role that may replicate it, or at least dump all of it, for backups; the private one needs none", database(func(c *Config) *secret.String { return &c.BackupURL })},
	{"BARRE_BACKUPS", "true", "whether the worker takes a backup each day, of a private database or that of `BACKUP_DATABASE_URL`", flag(func(c *Config) *bool { return &c.Backups })},
	{"BARRE_DRILL_EVERY", "168h", "how often the worker brings the newest backup back beside the database, to prove that it can: 24h to 8760h, or 0 for never, as a role that may only replicate cannot", drills},
	{"REDIS_URL", "", "Redis that several servers share limits in; empty limits in process", redisURL},
	{"REDIS_TLS_INSECURE_SKIP_VERIFY", "false", "whether a rediss:// server may have a certificate that nobody vouches for, as Heroku's has", flag(func(c *Config) *bool { return &c.RedisUnverified })},
	{"BARRE_MAX_CONNECTIONS", "20", "connections to Postgres for requests, 2 to 500", number(func(c *Config) *int { return &c.MaxConns }, 2, 500)},
	{"BARRE_INSTANCES", "1", "how many servers run, which share the limits while Redis is lost", number(func(c *Config) *int { return &c.Instances }, 1, 1000)},
	{"BARRE_LIMIT_FACTOR", "1", "multiplies every plan's limits, 0.01 to 100000", factor(func(c *Config) *float64 { return &c.LimitFactor }, 0.01)},
	{"BARRE_ANOMALY_FACTOR", "1", "multiplies the thresholds of unusual behavior, as BARRE_LIMIT_FACTOR does where it is above 1, up to 100000; 0 watches nothing", factor(func(c *Config) *float64 { return &c.AnomalyFactor }, 0)},
	{"BARRE_SEALING_KEYS", "", "keyset that seals stored credentials; empty keeps one in the data folder", hidden(func(c *Config) *secret.String { return &c.SealingKeys })},
	{"BARRE_REGION", "", "region that data may not leave, such as `us-east-1`: what the addresses of files and of the key service name must be of it; empty for any", plain(func(c *Config) *string { return &c.Region })},
	{"BARRE_KEY_URL", "local:", "what wraps the keys of encrypted values: `local:` is the keyset above; `awskms:///KEY?region=us-east-1` or `gcpkms://projects/…/cryptoKeys/…` a key service, which then wraps the keyset as well", keyService},
	{"BARRE_CURSOR_KEY", "", "at least 32 characters that protect cursors; empty keeps one in the data folder", hidden(func(c *Config) *secret.String { return &c.CursorKey })},
	{"BARRE_AUDIT_KEY", "", "32 random bytes in base64 with which audit logs are signed; empty keeps some in the data folder", hidden(func(c *Config) *secret.String { return &c.AuditKey })},
	{"BARRE_STRIPE_URL", "", "address of Stripe's API; empty is Stripe itself", vendorURL("stripe")},
	{"BARRE_RECURLY_URL", "", "address of Recurly's API; empty is Recurly itself", vendorURL("recurly")},
	{"BARRE_PAYCOVE_URL", "", "address of PayCove's API; empty is PayCove itself", vendorURL("paycove")},
	{"BARRE_CUSTOMERIO_URL", "", "address of Customer.io's API; empty is Customer.io itself", vendorURL("customerio")},
	{"BARRE_HELPSCOUT_URL", "", "address of Help Scout's API; empty is Help Scout itself", vendorURL("helpscout")},
	{"BARRE_PIPEDRIVE_URL", "", "address of Pipedrive's API; empty is Pipedrive itself", vendorURL("pipedrive")},
	{"BARRE_FUSIONAUTH_URL", "", "address of your FusionAuth, such as https://auth.barre.example; empty lets no studio connect one", vendorURL("fusionauth")},
	{"BARRE_HOSTING", "", "who hosts this server, for the register of sub-processors: `aws`, `heroku` or both, separated by a comma", list(func(c *Config) *[]string { return &c.Hosting })},
	{"BARRE_PROOFS", "", "file of what `make prove` found, for `/trust`; empty is `proofs.json` in the data folder, without which nothing counts as proven", plain(func(c *Config) *string { return &c.Proofs })},
	{"BARRE_STATEMENTS", "", "file of what the operator states where nothing can be proven, for `/trust`; empty for none", plain(func(c *Config) *string { return &c.Statements })},
	{"BARRE_TLS_CERTIFICATE", "", "PEM file of the certificate with its chain, to serve TLS 1.2 and later directly; renewed files are noticed within a minute", plain(func(c *Config) *string { return &c.TLSCertificate })},
	{"BARRE_TLS_KEY", "", "PEM file of the certificate's private key", plain(func(c *Config) *string { return &c.TLSKey })},
	{"BARRE_SECURITY_CONTACT", "", "where holes are reported, as a mailto: or https: address, for `/.well-known/security.txt`", contact},
	{"BARRE_SECURITY_EXPIRES", "", "the day from which security.txt is no longer served, at most a year ahead, such as 2027-06-30", day},
	{"BARRE_HOSTS", "", "Barre's own hosts, separated by commas, such as api.barre.example", list(func(c *Config) *[]string { return &c.Hosts })},
	{"BARRE_CONSENT_URL", "", "page of your frontend that asks a studio whether to let an app in; empty lets nobody install one", plain(func(c *Config) *string { return &c.ConsentURL })},
	{"BARRE_TRUST_PROXY", "false", "whether the last X-Forwarded-For is the caller's address", flag(func(c *Config) *bool { return &c.TrustProxy })},
	{"BARRE_PLAYGROUND", "false", "whether `/playground` is served", flag(func(c *Config) *bool { return &c.Playground })},
	{"BARRE_INTROSPECTION", "false", "whether callers without a secret key may introspect the schema", flag(func(c *Config) *bool { return &c.Introspection })},
	{"BARRE_WORKER", "true", "whether `barre serve` also delivers events", flag(func(c *Config) *bool { return &c.WorkerInServer })},
	{"BARRE_LOG_LEVEL", "info", "`debug`, `info`, `warn` or `error`", level},
	{"OTEL_EXPORTER_OTLP_ENDPOINT", "", "where traces are sent; empty sends none", web(func(c *Config) *string { return &c.TraceEndpoint })},
	{"STRIPE_SECRET_KEY", "", "for `barre demo`: connects its first studio to your Stripe account instead of a fake", hidden(func(c *Config) *secret.String { return &c.StripeKey })},
	{"CUSTOMERIO_CREDENTIAL", "", "for `barre demo`: siteId:apiKey of your Customer.io workspace instead of a fake", hidden(func(c *Config) *secret.String { return &c.CustomerIOKey })},
	{"BARRE_URL", "http://127.0.0.1:8080/graphql", "for `barre listen`: the API whose feed to follow", web(func(c *Config) *string { return &c.ListenURL })},
	{"BARRE_SECRET_KEY", "", "for `barre listen`: a secret key with the scope event:read", hidden(func(c *Config) *secret.String { return &c.ListenKey })},
	{"BARRE_DRAIN", "25s", "how long requests and deliveries may finish at shutdown, 1s to 10m", drain},
}

// readConfig reads the environment. Its error is one line that names the
// variable and says why.
func readConfig(lookup func(string) (string, bool)) (*Config, error) {
	c, err := parseConfig(lookup)
	if err != nil {
		return nil, err
	}
	return c, cmp.Or(c.checkTLS(), c.checkContact(), c.checkProduction())
}

// parseConfig reads the environment without judging what a server needs: for
// commands that serve nothing.
func parseConfig(lookup func(string) (string, bool)) (*Config, error) {
	c := &Config{}
	for _, v := range variables {
		text, given := lookup(v.name)
		if !given || text == "" {
			text = v.standard
		}
		if err := v.set(c, text); err != nil {
			return nil, fmt.Errorf("%s: %w", v.name, err)
		}
	}
	switch {
	case c.DatabaseURL == "" && c.SystemURL != "":
		return nil, fmt.Errorf("DATABASE_URL: it goes together with SYSTEM_DATABASE_URL: give both or neither")
	case c.DatabaseURL != "" && c.SystemURL == "":
		return nil, fmt.Errorf("SYSTEM_DATABASE_URL: it goes together with DATABASE_URL: give both or neither")
	}
	return c, c.stays()
}

// stays refuses a place of another region than the one that data may not leave.
// A place on this machine has none.
func (c *Config) stays() error {
	if c.Region == "" {
		return nil
	}
	for _, place := range []struct{ name, address string }{{"BARRE_STORAGE_URL", c.StorageURL}, {"BARRE_KEY_URL", c.KeyURL}} {
		u, err := url.Parse(place.address)
		if err != nil || u.Scheme == "" || u.Scheme == "file" {
			continue // judged where it is opened
		}
		if named := u.Query().Get("region"); named != c.Region && !strings.Contains(u.Path, "/locations/"+c.Region+"/") {
			return fmt.Errorf("%s: it must name the region %s of BARRE_REGION, such as by ?region=%s", place.name, c.Region, c.Region)
		}
	}
	return nil
}

func plain(at func(*Config) *string) func(*Config, string) error {
	return func(c *Config, text string) error { *at(c) = text; return nil }
}

func hidden(at func(*Config) *secret.String) func(*Config, string) error {
	return func(c *Config, text string) error { *at(c) = secret.String(text); return nil }
}

func oneOf(at func(*Config) *string, choices ...string) func(*Config, string) error {
	return func(c *Config, text string) error {
		for _, choice := range choices {
			if text == choice {
				*at(c) = text
				return nil
			}
		}
		return fmt.Errorf("it must be %s", strings.Join(choices, " or "))
	}
}

func address(at func(*Config) *string) func(*Config, string) error {
	return func(c *Config, text string) error {
		_, port, err := net.SplitHostPort(text)
		if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
			return fmt.Errorf("it must be host:port, such as 127.0.0.1:8080")
		}
		*at(c) = text
		return nil
	}
}

func database(at func(*Config) *secret.String) func(*Config, string) error {
	return func(c *Config, text string) error {
		u, err := url.Parse(text)
		if text != "" && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql") {
			return fmt.Errorf("it must begin with postgres://")
		}
		if text != "" {
			text = encrypted(u)
		}
		*at(c) = secret.String(text)
		return nil
	}
}

// encrypted asks for TLS where an address of another machine does not say:
// what the drivers assume then differs between them and their releases.
func encrypted(u *url.URL) string {
	query := u.Query()
	if query.Get("sslmode") == "" && !onThisMachine(u) {
		query.Set("sslmode", "require")
		u.RawQuery = query.Encode()
	}
	return u.String()
}

// onThisMachine reports whether an address leads to this machine. One without a host
// does, by a socket, which the query may name.
func onThisMachine(u *url.URL) bool {
	host := u.Hostname()
	return host == "" || host == "localhost" || net.ParseIP(host).IsLoopback()
}

func (c *Config) dialRedis() (*redis.Client, error) {
	if c.RedisUnverified {
		return limit.DialUnverified(c.RedisURL.Reveal())
	}
	return limit.Dial(c.RedisURL.Reveal())
}

func redisURL(c *Config, text string) error {
	if u, err := url.Parse(text); text != "" && (err != nil || u.Scheme != "redis" && u.Scheme != "rediss") {
		return fmt.Errorf("it must begin with redis:// or rediss://")
	}
	c.RedisURL = secret.String(text)
	return nil
}

func web(at func(*Config) *string) func(*Config, string) error {
	return func(c *Config, text string) error {
		if u, err := url.Parse(text); text != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("it must be an http or https address")
		}
		*at(c) = text
		return nil
	}
}

// keyService is judged whole when it is opened; here, that it is one.
func keyService(c *Config, text string) error {
	scheme, _, _ := strings.Cut(text, "://")
	switch {
	case text == "local:":
		text = ""
	case scheme != "awskms" && scheme != "gcpkms":
		return fmt.Errorf("it must be local: or begin with awskms:// or gcpkms://")
	}
	c.KeyURL = text
	return nil
}

// bucket is judged whole when it is opened; here, that it is one.
func bucket(c *Config, text string) error {
	scheme, _, _ := strings.Cut(text, "://")
	if text != "" && scheme != "file" && scheme != "s3" && scheme != "gs" {
		return fmt.Errorf("it must begin with s3://, gs:// or file://")
	}
	c.StorageURL = text
	return nil
}

// vendorURL is where a vendor is reached in place of its own address.
func vendorURL(name string) func(*Config, string) error {
	return func(c *Config, text string) error {
		var address string
		if err := web(func(*Config) *string { return &address })(c, text); err != nil {
			return err
		}
		if c.VendorURL == nil {
			c.VendorURL = map[string]string{}
		}
		c.VendorURL[name] = address
		return nil
	}
}

func number(at func(*Config) *int, least, most int) func(*Config, string) error {
	return func(c *Config, text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			return fmt.Errorf("it must be a whole number from %d to %d", least, most)
		}
		*at(c) = n
		return nil
	}
}

func factor(at func(*Config) *float64, least float64) func(*Config, string) error {
	return func(c *Config, text string) error {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !(f >= least && f <= 100000) {
			return fmt.Errorf("it must be a number from %v to 100000", least)
		}
		*at(c) = f
		return nil
	}
}

func flag(at func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, text string) error {
		on, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("it must be true or false")
		}
		*at(c) = on
		return nil
	}
}

func list(at func(*Config) *[]string) func(*Config, string) error {
	return func(c *Config, text string) error {
		for _, item := range strings.Split(text, ",") {
			if item = strings.TrimSpace(item); item != "" {
				*at(c) = append(*at(c), item)
			}
		}
		return nil
	}
}

func level(c *Config, text string) error {
	if err := c.LogLevel.UnmarshalText([]byte(text)); err != nil {
		return fmt.Errorf("it must be debug, info, warn or error")
	}
	return nil
}

func drills(c *Config, text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d != 0 && (d < 24*time.Hour || d > 8760*time.Hour) {
		return errors.New("it must be a time from 24h to 8760h, such as 168h, or 0")
	}
	c.DrillEvery = d
	return nil
}

func drain(c *Config, text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Second || d > 10*time.Minute {
		return fmt.Errorf("it must be a time from 1s to 10m, such as 25s")
	}
	c.DrainTimeout = d
	return nil
}
