package main

import (
	"context"
	"errors"
	flags "flag"
	"fmt"
	"io"
	"strings"

	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/oauth"
)

// runRegister registers a third party's app, which studios can then install.
func runRegister(ctx context.Context, c call) error {
	var in oauth.App
	var scopes, addresses string
	set := flags.NewFlagSet("register-app", flags.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&in.Name, "name", "", "")
	set.StringVar(&in.Publisher, "publisher", "", "")
	set.StringVar(&in.About, "about", "", "")
	set.StringVar(&in.PrivacyURL, "privacy", "", "")
	set.StringVar(&addresses, "redirect", "", "")
	set.StringVar(&scopes, "scopes", "", "")
	set.BoolVar(&in.Public, "public", false, "")
	if err := set.Parse(c.args); err != nil || set.NArg() > 0 {
		return misuse{errors.New("barre register-app --name N --publisher P --about A --privacy https://… --redirect https://…,… --scopes student:read,… [--public]")}
	}
	in.Scopes, in.RedirectURIs = split(scopes), split(addresses)
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
		made, token, err := oauth.New(app.Store, auth.NewDoor(app.Store, auth.Config{Log: app.Log}), oauth.Config{}).Register(ctx, in)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "client_id      %s\n", made.TypeID())
		if token != "" {
			fmt.Fprintf(c.out, "client_secret  %s\n\nThe secret is shown once.\n", token.Reveal())
		}
		return nil
	})
}

// split splits at commas.
func split(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
