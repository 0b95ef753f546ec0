package staff

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/staffaccount"
	"github.com/barrehq/barre/internal/factor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
)

// issuer is the name under which an authenticator app shows accounts of staff.
const issuer = "Barre staff"

// errNoBox says that this Desk was made without what second factors need.
var errNoBox = errors.New("staff: nothing to seal with")

// factorColumn is what the secret of an account's app is sealed for.
func factorColumn(email string) string { return "staff_accounts.factor_secret " + email }

// newFactor makes an authenticator app for an account, and its secret as it is
// stored.
func (d *Desk) newFactor(email string) (app factor.App, sealed []byte, err error) {
	if d.conf.Box == nil {
		return app, nil, errNoBox
	}
	if app, err = factor.NewApp(issuer, email); err != nil {
		return app, nil, err
	}
	sealed, err = d.conf.Box.Seal([]byte(app.Secret.Reveal()), uuid.Nil, factorColumn(email))
	return app, sealed, err
}

// ReplaceFactor gives an account another authenticator app, which is shown
// once; the one before serves no longer.
func (d *Desk) ReplaceFactor(ctx context.Context, email string) (app factor.App, err error) {
	email = strings.ToLower(strings.TrimSpace(email))
	app, sealed, err := d.newFactor(email)
	if err != nil {
		return app, err
	}
	ctx = platform(ctx, "give an account of staff another authenticator app")
	changed, err := d.store.Client(ctx).StaffAccount.Update().
		Where(staffaccount.Email(email), staffaccount.RevokedAtIsNil()).SetFactorSecret(sealed).Save(ctx)
	if err == nil && changed == 0 {
		err = nobody(email)
	}
	return app, err
}

// prove takes a code of the authenticator app of an account, once. Too many
// wrong ones make every further one wait.
func (d *Desk) prove(ctx context.Context, account uuid.UUID, code string) error {
	across := platform(ctx, "prove who of the staff asks")
	who, err := d.store.Client(across).StaffAccount.Get(across, account)
	switch {
	case err != nil:
		return err
	case sealedFactor(who) == nil:
		return fault.New(fault.SecondFactorRequired, "Your account has no authenticator app, without which nobody of the staff asks for access. Have one set up: barre staff factor %s.", who.Email)
	case strings.TrimSpace(code) == "":
		return fault.New(fault.SecondFactorRequired, "Give the code that your authenticator app shows.")
	case d.conf.Box == nil || d.conf.Gate == nil:
		return errNoBox
	}
	err = d.conf.Gate.Attempt(ctx, "staff "+account.String(), func() error { return d.take(across, who, code) })
	if fault.CodeOf(err) == fault.SignInFailed {
		return wrongCode() // in the same words where nothing was tried
	}
	return err
}

// sealedFactor is the secret of an account's app as it is stored; nil where it
// has none.
func sealedFactor(who *ent.StaffAccount) []byte {
	if who.FactorSecret == nil {
		return nil
	}
	return *who.FactorSecret // nil for NULL, which ent reads as a pointer to it
}

// take takes a code of the step after the last one that was taken.
func (d *Desk) take(ctx context.Context, who *ent.StaffAccount, code string) error {
	app, err := d.conf.Box.Open(sealedFactor(who), uuid.Nil, factorColumn(who.Email))
	if err != nil {
		return err
	}
	step, ok := factor.Step(secret.String(app), code, d.conf.Now())
	if !ok {
		return wrongCode()
	}
	taken, err := d.store.Client(ctx).StaffAccount.Update().
		Where(staffaccount.ID(who.ID), staffaccount.FactorStepLT(step), staffaccount.RevokedAtIsNil()).SetFactorStep(step).Save(ctx)
	if err == nil && taken == 0 {
		err = wrongCode()
	}
	return err
}

func wrongCode() error {
	return fault.User(fault.SignInFailed, []string{"input", "code"}, "The code is wrong or was used already, or too many attempts have failed. Wait for the next one.")
}
