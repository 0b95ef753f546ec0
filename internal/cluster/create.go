package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// prepare makes what a start needs.
func (c *Cluster) prepare(ctx context.Context, config Config) (r runner, err error) {
	if r, err = c.furnish(ctx, config.Scratch); err != nil || !config.Archive {
		return r, err
	}
	return r, r.account.folder(c.home.log())
}

// furnish finds the binaries and the account, and makes the data on first use.
func (c *Cluster) furnish(ctx context.Context, scratch bool) (r runner, err error) {
	if scratch {
		if err := c.home.discard(); err != nil {
			return r, err
		}
		c.home.root = c.home.dir
	}
	text, _ := os.ReadFile(filepath.Join(c.home.data(), "PG_VERSION"))
	if r.bin, err = findBinaries(ctx, firstNumber(string(text))); err != nil {
		return r, err
	}
	if r.account, err = accountFor(c.home); err != nil {
		return r, err
	}
	if !c.home.made() {
		return r, c.create(r, scratch)
	}
	if _, err := c.home.password(); err != nil {
		return r, err
	}
	// A copied directory may have lost its owner, which Postgres insists on.
	if owned(c.home.data(), r.account.id()) != nil {
		err = r.account.give(c.home.data())
	}
	return r, errors.Join(err, c.home.disown())
}

// create makes the data. An interrupted one is never taken for a cluster:
// initdb works beside the final place, and the note is written last.
func (c *Cluster) create(r runner, scratch bool) error {
	if exists(c.home.note()) {
		return fmt.Errorf("%s says that the data is in %s, but there is none: "+
			"bring it back, or begin anew with `make reset`", c.home.note(), c.home.data())
	}
	settled, err := c.home.settle(r)
	if err != nil {
		return err
	}
	c.home = settled
	if !c.home.made() {
		if err := c.home.initialize(r, scratch); err != nil {
			return err
		}
	}
	if c.home.root == c.home.dir {
		return nil
	}
	return os.WriteFile(c.home.note(), []byte(c.home.root+"\n"), 0o600)
}

// initialize runs initdb.
func (h home) initialize(r runner, scratch bool) error {
	if err := os.RemoveAll(h.fresh()); err != nil {
		return err
	}
	if err := os.Mkdir(h.fresh(), 0o700); err != nil {
		return err
	}
	if err := r.account.give(h.fresh()); err != nil {
		return err
	}
	file, err := h.passwordFile(r.account)
	if err != nil {
		return err
	}
	defer os.Remove(file)
	args := []string{"-D", h.fresh(), "--username=" + Superuser, "--pwfile=" + file, "--auth=scram-sha-256",
		"--encoding=UTF8", "--data-checksums", "--no-instructions"}
	if scratch {
		args = append(args, "--no-sync")
	}
	if err := runInitdb(r, h.fresh(), args); err != nil {
		return err
	}
	return os.Rename(h.fresh(), h.data())
}

// runInitdb tries C.UTF-8 and, on systems without it, C, which sorts alike.
func runInitdb(r runner, dir string, args []string) error {
	var failure error
	for _, locale := range []string{"C.UTF-8", "C"} {
		out, err := r.command(dir, "initdb", append(args, "--locale="+locale)...).CombinedOutput()
		if err == nil {
			return nil
		}
		failure = fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return failure
}

// passwordFile hands the superuser's password to initdb, in a file that only
// the account can read. The caller removes it.
func (h home) passwordFile(who *account) (string, error) {
	password, err := h.password()
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(h.root, "password-*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(password.Reveal() + "\n")
	if err = errors.Join(err, f.Close(), who.give(f.Name())); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}
