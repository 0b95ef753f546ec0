package staff

import (
	"context"
	"strings"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/staffaccount"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/factor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
)

// Add makes an account for a person of the operator's staff and returns its
// credential and its authenticator app, which are shown once. Together they ask
// for access; they open no studio. A person whose account was revoked gets new
// ones.
func (d *Desk) Add(ctx context.Context, email, name string) (token secret.String, app factor.App, err error) {
	email, name = strings.ToLower(strings.TrimSpace(email)), strings.TrimSpace(name)
	if !strings.Contains(email, "@") || name == "" {
		return "", app, fault.New(fault.BadUserInput, "give an e-mail address and a name")
	}
	app, sealed, err := d.newFactor(email)
	if err != nil {
		return "", app, err
	}
	token, stored := credential.New(credential.StaffKey, "")
	err = d.store.InTx(platform(ctx, "add an account of staff"), func(ctx context.Context) error {
		client := d.store.Client(ctx).StaffAccount
		found, err := client.Query().Where(staffaccount.Email(email)).Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return client.Create().SetEmail(email).SetName(name).SetTokenHash(stored.Hash[:]).SetFactorSecret(sealed).Exec(ctx)
		case err != nil:
			return err
		case found.RevokedAt == nil:
			return fault.New(fault.BadUserInput, "%s has an account; revoke it first", email)
		}
		return found.Update().SetName(name).SetTokenHash(stored.Hash[:]).SetFactorSecret(sealed).ClearRevokedAt().Exec(ctx)
	})
	if err != nil {
		return "", factor.App{}, err
	}
	return token, app, nil
}

// Revoke ends an account and, with it, every access of the person, within a second.
func (d *Desk) Revoke(ctx context.Context, email string) error {
	return d.store.InTx(platform(ctx, "revoke an account of staff"), func(ctx context.Context) error {
		found, err := d.store.Client(ctx).StaffAccount.Query().
			Where(staffaccount.Email(strings.ToLower(strings.TrimSpace(email))), staffaccount.RevokedAtIsNil()).Only(ctx)
		if ent.IsNotFound(err) {
			return nobody(email)
		}
		if err != nil {
			return err
		}
		return found.Update().SetRevokedAt(d.moment()).Exec(ctx)
	})
}

func nobody(email string) error {
	return fault.New(fault.BadUserInput, "nobody of the staff has the address %s", email)
}
