package destination

import (
	"errors"
	"strings"

	"github.com/barrehq/barre/internal/secret"
)

// errCredential never says which part is wrong, nor shows it.
var errCredential = errors.New("destination: the credential does not fit the provider and mode")

// StripeKey is the Check of stripe: a secret or restricted key whose name says
// that it is of the asked mode, so that no test moves real money.
func StripeKey(credential secret.String, live bool) (secret.String, error) {
	world := "test"
	if live {
		world = "live"
	}
	for _, prefix := range []string{"sk_", "rk_"} {
		if rest, ok := strings.CutPrefix(credential.Reveal(), prefix+world+"_"); ok && plain(rest) {
			return credential, nil
		}
	}
	return "", errCredential
}

// CustomerIOKey is the Check of customerio: siteId:apiKey, or both with the key
// of the App API as a third part. Customer.io's keys do not tell a mode.
func CustomerIOKey(credential secret.String, _ bool) (secret.String, error) {
	parts := strings.Split(credential.Reveal(), ":")
	if len(parts) == 2 {
		parts = append(parts, "")
	}
	if len(parts) != 3 || !plain(parts[0]) || !plain(parts[1]) || parts[2] != "" && !plain(parts[2]) {
		return "", errCredential
	}
	return secret.String(strings.Join(parts, ":")), nil
}

// PlainKey is the Check of a provider whose keys are any one text.
func PlainKey(credential secret.String, _ bool) (secret.String, error) {
	if !plain(credential.Reveal()) {
		return "", errCredential
	}
	return credential, nil
}

// PairKey is the Check of a provider whose credential is id:secret.
func PairKey(credential secret.String, _ bool) (secret.String, error) {
	id, key, ok := strings.Cut(credential.Reveal(), ":")
	if !ok || !plain(id) || !plain(key) {
		return "", errCredential
	}
	return credential, nil
}

// plain keeps out what could end a header or hide in a terminal.
func plain(part string) bool {
	return part != "" && !strings.ContainsFunc(part, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
