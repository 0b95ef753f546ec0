package main

import (
	"context"
	"encoding/base64"
	"errors"
	goflag "flag" // flag is a kind of variable in config.go
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/barrehq/barre/internal/audit"
	"github.com/barrehq/barre/internal/sealed"
)

// openSigner returns what signs audit logs.
func openSigner(c *Config) (*audit.Signer, error) {
	seed, err := base64.StdEncoding.DecodeString(c.AuditKey.Reveal())
	if c.AuditKey == "" {
		seed, err = sealed.LoadKey(filepath.Join(c.DataDir, "keys", "audit"), audit.SeedSize)
	}
	if err != nil {
		return nil, fmt.Errorf("BARRE_AUDIT_KEY: %w", err)
	}
	signer, err := audit.NewSigner(seed)
	if err != nil {
		return nil, fmt.Errorf("BARRE_AUDIT_KEY: %w", err)
	}
	return signer, nil
}

// auditLog writes the log of the studio of ctx for an export.
func (a *App) auditLog(ctx context.Context, to io.Writer) (int64, error) {
	return audit.NewLog(a.Store).WriteTo(ctx, to, a.signer, time.Now())
}

const auditUsage = "usage: barre audit verify FILE [--key KEY], or barre audit key"

// runAudit verifies an exported log without asking anybody, or prints the key
// to verify with.
func runAudit(_ context.Context, c call) error {
	switch {
	case len(c.args) == 1 && c.args[0] == "key":
		conf, err := parseConfig(c.env)
		if err != nil {
			return misuse{err}
		}
		signer, err := openSigner(conf)
		if err != nil {
			return misuse{err}
		}
		fmt.Fprintln(c.out, signer.Public())
		return nil
	case len(c.args) > 1 && c.args[0] == "verify":
		return verifyLog(c.out, c.args[1], c.args[2:])
	}
	return misuse{errors.New(auditUsage)}
}

func verifyLog(out io.Writer, path string, rest []string) error {
	set := goflag.NewFlagSet("audit verify", goflag.ContinueOnError)
	set.SetOutput(io.Discard)
	given := set.String("key", "", "")
	if err := set.Parse(rest); err != nil || set.NArg() > 0 {
		return misuse{errors.New(auditUsage)}
	}
	var trusted []audit.PublicKey
	if *given != "" {
		key, err := audit.ParsePublicKey(*given)
		if err != nil {
			return misuse{err}
		}
		trusted = append(trusted, key)
	}
	file, err := os.Open(path)
	if err != nil {
		return misuse{err}
	}
	defer file.Close()
	report, err := audit.Verify(file, trusted...)
	if err != nil {
		return err
	}
	return verdict(out, report, *given != "")
}

// verdict prints what was found; it is an error where the log does not hold.
func verdict(out io.Writer, r *audit.Report, trusted bool) error {
	fmt.Fprintf(out, "Audit log of the tenant %s: %d entries, from %d to %d, and %d anchors.\n", r.Tenant, r.Entries, r.First, r.Last, r.Anchors)
	if !trusted {
		fmt.Fprintf(out, "Signatures were held against the key that the file names, %s. Give --key with the one you know.\n", r.Key)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(out, "%s: %s\n", f.Kind, f.Text)
	}
	if len(r.Findings) > 0 {
		return fmt.Errorf("the log does not hold: %d findings", len(r.Findings))
	}
	fmt.Fprintln(out, "The log holds: nothing was changed, removed or inserted.")
	return nil
}
