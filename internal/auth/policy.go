package auth

import (
	"context"
	"net/url"
	"strings"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/tenant"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// SignInPolicy is how a studio's people sign in. What is nil stays as it is.
type SignInPolicy struct {
	RequiresSecondFactor *bool
	PasswordPolicy       *tenant.PasswordPolicy
	SessionIdleMinutes   *int
	AccountURL           *string
}

// UpdateSignInPolicy changes how the studio's people sign in. OWNER and ADMIN
// may call it; whoever requires a second factor of everybody has proven one.
// It takes effect within a second, also for sessions that are open: those
// without the factor can then only enroll one.
func (i *Identity) UpdateSignInPolicy(ctx context.Context, in SignInPolicy) (*ent.Tenant, error) {
	v, err := keeper(ctx, "change how people sign in")
	if err != nil {
		return nil, err
	}
	if err := in.check(v); err != nil {
		return nil, err
	}
	var changed *ent.Tenant
	err = i.store.InTx(ctx, func(ctx context.Context) (err error) {
		update := i.store.Client(ctx).Tenant.UpdateOneID(v.TenantID)
		if in.RequiresSecondFactor != nil {
			update.SetRequiresSecondFactor(*in.RequiresSecondFactor)
		}
		if in.PasswordPolicy != nil {
			update.SetPasswordPolicy(*in.PasswordPolicy)
		}
		if in.SessionIdleMinutes != nil {
			update.SetSessionIdleMinutes(*in.SessionIdleMinutes)
		}
		if in.AccountURL != nil {
			update.SetAccountURL(*in.AccountURL)
		}
		changed, err = update.Save(ctx)
		if err == nil {
			i.store.AfterCommit(ctx, func() { i.door.Forget(v.TenantID) })
		}
		return err
	})
	return changed, err
}

// check says what is wrong with the input.
func (in SignInPolicy) check(v *viewer.Viewer) error {
	switch {
	case in.RequiresSecondFactor != nil && *in.RequiresSecondFactor && v.SecondFactorAt.IsZero():
		return fault.User(fault.WrongState, []string{"input", "requiresSecondFactor"}, "Set up a second factor of your own first; without one you would lock yourself out.")
	case in.SessionIdleMinutes != nil && tenant.SessionIdleMinutesValidator(*in.SessionIdleMinutes) != nil:
		return fault.User(fault.Invalid, []string{"input", "sessionIdleMinutes"}, "Give 5 to 10080 minutes, which is a week.")
	case in.AccountURL != nil && *in.AccountURL != "" && !pageAddress(*in.AccountURL):
		return fault.User(fault.Invalid, []string{"input", "accountUrl"}, "Give the address of a page by https, without a fragment, such as https://classes.example.com/account.")
	}
	return nil
}

// pageAddress reports whether text is the address of a page to which mail may
// lead: by https, or on the machine itself.
func pageAddress(text string) bool {
	u, err := url.Parse(text)
	if err != nil || len(text) > 2048 || u.Host == "" || u.User != nil || u.Fragment != "" || strings.Contains(text, "#") {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost")
}
