package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/staff"
)

var errStaffUsage = errors.New("barre staff add EMAIL NAME, or barre staff revoke EMAIL")

// runStaff keeps the accounts of the operator's staff.
func runStaff(ctx context.Context, c call) error {
	conf, err := c.config()
	if err != nil {
		return err
	}
	return withDatabase(ctx, conf, func() (err error) {
		app := &App{Config: conf, Log: newLog(conf.logTo(), conf.LogLevel), watch: newObserver()}
		defer func() { err = errors.Join(err, app.Close()) }()
		if err := app.openStore(ctx); err != nil {
			return err
		}
		desk := staff.New(app.Store, auth.NewDoor(app.Store, auth.Config{Log: app.Log}), staff.Config{})
		switch {
		case len(c.args) == 3 && c.args[0] == "add":
			token, err := desk.Add(ctx, c.args[1], c.args[2])
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s\n\nThis is shown once. It opens no studio by itself: ask for access to one with the mutation requestStaffAccess.\n", token.Reveal())
			return nil
		case len(c.args) == 2 && c.args[0] == "revoke":
			if err := desk.Revoke(ctx, c.args[1]); err != nil {
				return err
			}
			fmt.Fprintln(c.out, "The account is revoked, and with it every access of the person.")
			return nil
		}
		return misuse{errStaffUsage}
	})
}
