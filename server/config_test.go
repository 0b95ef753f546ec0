package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// production is an environment that a server accepts.
func production() map[string]string {
	return map[string]string{
		"DATABASE_URL":        "postgres://barre_app:a@db.example/barre?sslmode=verify-full",
		"SYSTEM_DATABASE_URL": "postgres://barre_system:a@db.example/barre?sslmode=verify-full",
		"BARRE_SEALING_KEYS":  "keys", "BARRE_CURSOR_KEY": "0123456789abcdef0123456789abcdef",
	}
}

func reading(env map[string]string) (*Config, error) {
	return readConfig(func(name string) (string, bool) { text, ok := env[name]; return text, ok })
}

func TestConfigRefuses(t *testing.T) {
	for _, c := range []struct{ name, value string }{
		{"BARRE_ENVIRONMENT", "staging"},
		{"BARRE_ADDRESS", "8080"}, {"BARRE_ADDRESS", "localhost:http"}, {"BARRE_ADDRESS", "localhost:70000"},
		{"BARRE_METRICS_ADDRESS", "x"},
		{"DATABASE_URL", "mysql://db.example/barre"}, {"DATABASE_URL", "postgres://%zz"}, {"DATABASE_URL", ""},
		{"DATABASE_URL", "postgres://barre_app:a@db.example/barre?sslmode=prefer"},
		{"SYSTEM_DATABASE_URL", ""}, {"SYSTEM_DATABASE_URL", "db.example"}, {"SYSTEM_DATABASE_URL", "postgres://a@db.example/barre?sslmode=disable"},
		{"OWNER_DATABASE_URL", "file:barre"},
		{"REDIS_URL", "db.example:6379"}, {"REDIS_TLS_INSECURE_SKIP_VERIFY", "sometimes"},
		{"BARRE_MAX_CONNECTIONS", "1"}, {"BARRE_MAX_CONNECTIONS", "many"}, {"BARRE_MAX_CONNECTIONS", "501"},
		{"BARRE_INSTANCES", "0"}, {"BARRE_STORAGE_URL", "ftp://files"}, {"BARRE_STORAGE_URL", "folder"}, {"BARRE_KEY_URL", "kms"}, {"BARRE_KEY_URL", "base64key://"},
		{"BARRE_LIMIT_FACTOR", "0"}, {"BARRE_LIMIT_FACTOR", "NaN"}, {"BARRE_LIMIT_FACTOR", "1e9"},
		{"BARRE_ANOMALY_FACTOR", "-1"}, {"BARRE_ANOMALY_FACTOR", "much"},
		{"DATABASE_URL", "postgres://barre_app:app@db.example/barre?sslmode=require"}, {"SYSTEM_DATABASE_URL", "postgres://barre_system:PASSWORD@127.0.0.1/barre"},
		{"BARRE_SEALING_KEYS", ""}, {"BARRE_CURSOR_KEY", ""}, {"BARRE_CURSOR_KEY", strings.Repeat("key", 20)},
		{"BARRE_FUSIONAUTH_URL", "http://auth.example"},
		{"BARRE_TLS_CERTIFICATE", "tls.crt"}, {"BARRE_TLS_KEY", "tls.key"},
		{"BARRE_SECURITY_CONTACT", "security@example.com"}, {"BARRE_SECURITY_CONTACT", "mailto:security@example.com"}, {"BARRE_SECURITY_CONTACT", "mailto:a@b\nExpires: never"},
		{"BARRE_SECURITY_EXPIRES", "soon"}, {"BARRE_SECURITY_EXPIRES", "2020-01-01"}, {"BARRE_SECURITY_EXPIRES", "2999-01-01"},
		{"BARRE_STRIPE_URL", "stripe"}, {"BARRE_CUSTOMERIO_URL", "ftp://track.example"},
		{"BARRE_RECURLY_URL", "v3"}, {"BARRE_PAYCOVE_URL", "paycove"}, {"BARRE_HELPSCOUT_URL", "x"}, {"BARRE_PIPEDRIVE_URL", "://"}, {"BARRE_FUSIONAUTH_URL", "auth.example"},
		{"BARRE_TRUST_PROXY", "maybe"}, {"BARRE_PLAYGROUND", "on"}, {"BARRE_INTROSPECTION", "2"}, {"BARRE_WORKER", "no"},
		{"BARRE_LOG_LEVEL", "loud"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"},
		{"BARRE_DRAIN", "25"}, {"BARRE_DRAIN", "1ms"}, {"BARRE_DRAIN", "11m"}, {"BARRE_DRILL_EVERY", "1h"}, {"BARRE_DRILL_EVERY", "9000h"}, {"BARRE_DRILL_EVERY", "weekly"},
	} {
		env := production()
		env[c.name] = c.value
		_, err := reading(env)
		if err == nil {
			t.Errorf("%s=%q is accepted", c.name, c.value)
			continue
		}
		if text := err.Error(); !strings.HasPrefix(text, c.name+": ") || strings.Contains(text, "\n") {
			t.Errorf("%s=%q: the error is %q; it must be one line that begins with the name", c.name, c.value, text)
		}
	}
}

func TestConfigAccepts(t *testing.T) {
	if _, err := reading(production()); err != nil {
		t.Errorf("production: %v", err)
	}
	c, err := reading(map[string]string{"BARRE_ENVIRONMENT": "development"})
	if err != nil || !c.Development() || c.Address != "127.0.0.1:8080" {
		t.Errorf("development with nothing else set: %v %+v", err, c)
	}
}

// TestDatabasesAreEncrypted: a platform's address says nothing of TLS.
func TestDatabasesAreEncrypted(t *testing.T) {
	for text, want := range map[string]string{
		"postgres://a:b@db.example:5432/barre":                      "postgres://a:b@db.example:5432/barre?sslmode=require",
		"postgres://a:p%40ss@db.example/barre?application_name=x":   "postgres://a:p%40ss@db.example/barre?application_name=x&sslmode=require",
		"postgres://a:b@db.example/barre?sslmode=verify-full":       "postgres://a:b@db.example/barre?sslmode=verify-full",
		"postgres://a:b@db.example/barre?sslmode=disable":           "postgres://a:b@db.example/barre?sslmode=disable", // refused in production
		"postgres://a:b@127.0.0.1/barre":                            "postgres://a:b@127.0.0.1/barre",
		"postgres://a:b@localhost/barre":                            "postgres://a:b@localhost/barre",
		"postgres://a:b@[::1]:5432/barre":                           "postgres://a:b@[::1]:5432/barre",
		"postgres:///barre?host=%2Frun%2Fpostgresql&user=barre_app": "postgres:///barre?host=%2Frun%2Fpostgresql&user=barre_app",
	} {
		c, err := reading(map[string]string{"BARRE_ENVIRONMENT": "development", "DATABASE_URL": text, "SYSTEM_DATABASE_URL": text})
		if err != nil || c.DatabaseURL.Reveal() != want || c.SystemURL.Reveal() != want {
			t.Errorf("%s becomes %s, %v; want %s", text, c.DatabaseURL.Reveal(), err, want)
		}
	}
}

// TestConfigHidesSecrets covers an error that could quote the value.
func TestConfigHidesSecrets(t *testing.T) {
	for _, name := range []string{"DATABASE_URL", "SYSTEM_DATABASE_URL", "REDIS_URL"} {
		env := production()
		env[name] = "postgres://barre_app:hunter2@db.example:port/barre"
		if _, err := reading(env); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCommands(t *testing.T) {
	explicit := production()
	explicit["BARRE_ENVIRONMENT"] = "production"
	for _, c := range []struct {
		args []string
		env  map[string]string
		code int
		out  string // part of what is printed
		err  string // part of the error
	}{
		{nil, nil, 0, "serve", ""},
		{[]string{"help"}, nil, 0, "doctor", ""},
		{[]string{"--version"}, nil, 0, "barre", ""},
		{[]string{"config"}, nil, 0, "| `DATABASE_URL` |", ""},
		{[]string{"dance"}, nil, 2, "", `"dance"`},
		{[]string{"serve", "now"}, nil, 2, "", "no arguments"},
		{[]string{"serve"}, nil, 2, "", "DATABASE_URL"},
		{[]string{"worker"}, map[string]string{"BARRE_DRAIN": "soon"}, 2, "", "BARRE_DRAIN"},
		{[]string{"migrate"}, nil, 2, "", "OWNER_DATABASE_URL"},
		{[]string{"listen"}, nil, 2, "", "--forward-to"},
		{[]string{"listen", "--forward-to", "http://10.0.0.1:3000"}, nil, 2, "", "this machine"},
		{[]string{"listen", "--forward-to", "http://127.0.0.1:3000"}, nil, 2, "", "BARRE_SECRET_KEY"},
		{[]string{"listen", "--loudly"}, nil, 2, "", "loudly"},
		{[]string{"feature", "list"}, nil, 0, "api-changelog", ""},
		{[]string{"feature", "grant", "north-star"}, nil, 2, "", "STUDIO FEATURE"},
		{[]string{"feature", "grant", "north-star", "api-changelog"}, nil, 2, "", "DATABASE_URL"},
		{[]string{"announce", "--slug", "No Slug", "--title", "x"}, nil, 2, "", "a-z"},
		{[]string{"announce", "--slug", "new-thing", "--title", "x"}, nil, 2, "", "DATABASE_URL"},
		{[]string{"demo"}, explicit, 2, "", "development"},
		{[]string{"doctor"}, nil, 1, "DATABASE_URL", "wrong"},
	} {
		var out bytes.Buffer
		err := run(t.Context(), c.args, func(name string) (string, bool) { text, ok := c.env[name]; return text, ok }, &out)
		if exitCode(err) != c.code || !strings.Contains(out.String(), c.out) {
			t.Errorf("%q: code %d, want %d, printed %q (%v)", c.args, exitCode(err), c.code, out.String(), err)
		}
		if err != nil && !strings.Contains(err.Error(), c.err) || err == nil && c.err != "" {
			t.Errorf("%q: error %v, want one with %q", c.args, err, c.err)
		}
	}
	if exitCode(errors.New("anything else")) != 1 {
		t.Error("an error that is no misuse must end with 1")
	}
}

// Data stay in the region that the operator has named.
func TestRegion(t *testing.T) {
	for _, c := range []struct{ name, value, refused string }{
		{"BARRE_STORAGE_URL", "s3://studio-files?region=us-east-1", ""},
		{"BARRE_STORAGE_URL", "s3://studio-files?region=eu-west-1", "BARRE_STORAGE_URL"},
		{"BARRE_STORAGE_URL", "s3://studio-files", "BARRE_STORAGE_URL"},
		{"BARRE_STORAGE_URL", "gs://studio-files", "BARRE_STORAGE_URL"},
		{"BARRE_STORAGE_URL", "file:///files", ""},
		{"BARRE_KEY_URL", "awskms:///alias/barre?region=eu-west-1", "BARRE_KEY_URL"},
		{"BARRE_KEY_URL", "awskms:///alias/barre?region=us-east-1", ""},
		{"BARRE_KEY_URL", "gcpkms://projects/p/locations/us-east-1/keyRings/r/cryptoKeys/k", ""},
		{"BARRE_KEY_URL", "gcpkms://projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k", "BARRE_KEY_URL"},
	} {
		env := production()
		env["BARRE_REGION"], env[c.name] = "us-east-1", c.value
		_, err := reading(env)
		if (err != nil) != (c.refused != "") || err != nil && !strings.HasPrefix(err.Error(), c.refused+": ") {
			t.Errorf("%s=%s: %v", c.name, c.value, err)
		}
	}
}
