// Package keyservice wraps keys with a key that a cloud's key service holds: AWS
// KMS or Google Cloud KMS. What wraps never leaves its service; what is wrapped
// is worth nothing without it.
package keyservice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"

	"github.com/google/uuid"
	"gocloud.dev/gcerrors"
	"gocloud.dev/secrets"

	_ "gocloud.dev/secrets/awskms" // awskms://
	_ "gocloud.dev/secrets/gcpkms" // gcpkms://
)

// ErrRefused says that the service answered and does not give the key out: it
// was disabled or destroyed, or Barre may not use it any more.
var ErrRefused = errors.New("keyservice: the key service refuses")

// Keys of the services, as whoever owns them names them.
var (
	amazonKey = regexp.MustCompile(`^/?(?:arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)/[A-Za-z0-9/_-]{1,256}|[0-9a-f-]{36}|alias/[A-Za-z0-9/_-]{1,250})$`)
	googleKey = regexp.MustCompile(`^projects/[a-z0-9:.-]{4,64}/locations/[a-z0-9-]{1,63}/keyRings/[A-Za-z0-9_-]{1,63}/cryptoKeys/[A-Za-z0-9_-]{1,63}$`)
	region    = regexp.MustCompile(`^[a-z]{2}(?:-[a-z]+)+-\d$`)
)

// Check refuses an address that a studio may not give: only a key by its name
// and region, and nothing that leads the server elsewhere.
func Check(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Fragment != "" {
		return errors.New("it is no address of a key")
	}
	switch u.Scheme {
	case "awskms":
		query := u.Query()
		if !amazonKey.MatchString(u.Host+u.Path) || len(query) != 1 || len(query["region"]) != 1 || !region.MatchString(query.Get("region")) {
			return errors.New("it must look like awskms:///arn:aws:kms:us-east-1:111122223333:key/ID?region=us-east-1")
		}
	case "gcpkms":
		if !googleKey.MatchString(u.Host+u.Path) || u.RawQuery != "" {
			return errors.New("it must look like gcpkms://projects/NAME/locations/LOCATION/keyRings/RING/cryptoKeys/KEY")
		}
	default:
		return errors.New("it must begin with awskms:// or gcpkms://")
	}
	return nil
}

// Open opens the key of an address that the operator trusts, such as
//
//	awskms:///arn:aws:kms:us-east-1:111122223333:key/ID?region=us-east-1
//	gcpkms://projects/NAME/locations/LOCATION/keyRings/RING/cryptoKeys/KEY
//
// with the credentials of the environment. Check addresses of studios first.
func Open(ctx context.Context, address string) (*Keeper, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "awskms" && u.Scheme != "gcpkms" {
		return nil, errors.New("keyservice: the address must begin with awskms:// or gcpkms://")
	}
	keeper, err := secrets.OpenKeeper(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("keyservice: %w", err)
	}
	return NewKeeper(keeper), nil
}

// Keeper is a key of a cloud's service.
type Keeper struct{ keeper *secrets.Keeper }

// NewKeeper returns the service of an open keeper.
func NewKeeper(keeper *secrets.Keeper) *Keeper { return &Keeper{keeper} }

// Close gives the connection to the service back.
func (k *Keeper) Close() error { return k.keeper.Close() }

// Wrap encrypts what is small, such as a key, for one place of one tenant.
func (k *Keeper) Wrap(ctx context.Context, plaintext []byte, tenant uuid.UUID, place string) ([]byte, error) {
	wrapped, err := k.keeper.Encrypt(ctx, append(label(tenant, place), plaintext...))
	return wrapped, explain(err)
}

// Unwrap opens what Wrap made for the same tenant and place.
func (k *Keeper) Unwrap(ctx context.Context, wrapped []byte, tenant uuid.UUID, place string) ([]byte, error) {
	labeled, err := k.keeper.Decrypt(ctx, wrapped)
	if err != nil {
		return nil, explain(err)
	}
	plaintext, ours := bytes.CutPrefix(labeled, label(tenant, place))
	if !ours {
		return nil, fmt.Errorf("%w: it was wrapped for something else", ErrRefused)
	}
	return plaintext, nil
}

// label stands in front of what is wrapped, as not every service binds
// ciphertexts to where they belong.
func label(tenant uuid.UUID, place string) []byte {
	return []byte("barre/wrapped/1\n" + tenant.String() + "\n" + place + "\n")
}

// explain tells a service that refuses from one that cannot be reached.
func explain(err error) error {
	if err == nil {
		return nil
	}
	switch gcerrors.Code(err) {
	case gcerrors.DeadlineExceeded, gcerrors.Canceled, gcerrors.ResourceExhausted, gcerrors.Internal:
		return fmt.Errorf("keyservice: %w", err)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}
