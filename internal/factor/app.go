// Package factor holds what people prove beside or instead of a password: the
// codes of an authenticator app, passkeys and recovery codes. It knows no
// database; what it returns for storing is to be sealed.
package factor

import (
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/barrehq/barre/internal/secret"
)

const (
	period     = 30 // seconds for which a code stands
	secretSize = 20 // bytes, as RFC 4226 recommends
)

// App is an authenticator app as it is set up: by the secret, or by the address
// that holds it, which is shown as a picture to be photographed.
type App struct {
	Secret  secret.String
	Address secret.String // otpauth://totp/…
}

// NewApp returns a new secret for account, a name under which the app shows it
// beside that of the studio.
func NewApp(studio, account string) (App, error) {
	// A colon would end the studio's name in the app.
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: strings.ReplaceAll(studio, ":", " "), AccountName: strings.ReplaceAll(account, ":", " "), SecretSize: secretSize,
	})
	if err != nil {
		return App{}, err
	}
	return App{Secret: secret.String(key.Secret()), Address: secret.String(key.URL())}, nil
}

// Step returns the time step to which a code of the app belongs: the one of
// now, or that before or after it, as clocks differ. A caller that takes each
// step once refuses a code that somebody has looked on and repeats.
func Step(app secret.String, code string, now time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(code, " ", "")
	current := now.Unix() / period
	for _, step := range []int64{current, current - 1, current + 1} {
		same, err := hotp.ValidateCustom(code, uint64(step), app.Reveal(), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && same {
			return step, true
		}
	}
	return 0, false
}
