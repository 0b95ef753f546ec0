package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/staff"
)

var errStaffUsage = errors.New("barre staff add EMAIL NAME, barre staff factor EMAIL, or barre staff revoke EMAIL")

// runStaff keeps the accounts of the operator's staff.
func runStaff(ctx context.Context, c call) error {
	wanted := map[string]int{"add": 3, "factor": 2, "revoke": 2}
	if len(c.args) == 0 || len(c.args) != wanted[c.args[0]] {
		return misuse{errStaffUsage}
	}
	conf, err := c.config()
	if err != nil {
		return err
	}
	return withDatabase(ctx, conf, func() (err error) {
		app := &App{Config: conf, Log: newLog(conf.logTo(), conf.LogLevel), watch: newObserver()}
		defer func() { err = errors.Join(err, app.Close()) }()
		if err := app.openKeys(ctx); err != nil {
			return err
		}
		if err := app.openStore(ctx); err != nil {
			return err
		}
		desk := staff.New(app.Store, auth.NewDoor(app.Store, auth.Config{Log: app.Log}), staff.Config{Box: app.box})
		switch c.args[0] {
		case "add":
			token, app, err := desk.Add(ctx, c.args[1], c.args[2])
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s\n\n", token.Reveal())
			showApp(c.out, app.Address, app.Secret)
			fmt.Fprintln(c.out, "They open no studio by themselves: ask for access to one with the mutation requestStaffAccess and a code of the app.")
			return nil
		case "factor":
			app, err := desk.ReplaceFactor(ctx, c.args[1])
			if err != nil {
				return err
			}
			showApp(c.out, app.Address, app.Secret)
			return nil
		default:
			if err := desk.Revoke(ctx, c.args[1]); err != nil {
				return err
			}
			fmt.Fprintln(c.out, "The account is revoked, and with it every access of the person.")
			return nil
		}
	})
}

// showApp prints what sets an authenticator app up.
func showApp(out io.Writer, address, key secret.String) {
	fmt.Fprintf(out, "Authenticator app: %s\nKey to type in: %s\n\nThis is shown once.\n", address.Reveal(), key.Reveal())
}
