package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/key"
	"github.com/barrehq/barre/internal/keyservice"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
)

// wrappedBy begins a keyset that the key service has wrapped.
const wrappedBy = "wrapped:"

// keysetPlace is what a wrapped keyset is bound to; it is nobody's.
const keysetPlace = "sealing keys"

func (a *App) openKeys(ctx context.Context) (err error) {
	if a.signer, err = openSigner(a.Config); err != nil {
		return err
	}
	if a.Config.KeyURL == "" {
		if a.box, err = localKeys(a.Config); err != nil {
			return fmt.Errorf("BARRE_SEALING_KEYS: %w", err)
		}
		a.service = key.Local{Box: a.box}
		return nil
	}
	keeper, err := keyservice.Open(ctx, a.Config.KeyURL)
	if err != nil {
		return fmt.Errorf("BARRE_KEY_URL: %w", err)
	}
	a.closing(keeper.Close)
	a.service = keeper
	if a.box, err = wrappedKeys(ctx, a.Config, keeper); err != nil {
		return fmt.Errorf("BARRE_SEALING_KEYS: %w", err)
	}
	return nil
}

// openBox opens the keys that seal what is stored, for a command that serves
// nothing.
func (c *Config) openBox(ctx context.Context) (box *sealed.Box, err error) {
	if c.KeyURL == "" {
		box, err = localKeys(c)
	} else {
		keeper, err := keyservice.Open(ctx, c.KeyURL)
		if err != nil {
			return nil, fmt.Errorf("BARRE_KEY_URL: %w", err)
		}
		defer keeper.Close()
		if box, err = wrappedKeys(ctx, c, keeper); err != nil {
			return nil, fmt.Errorf("BARRE_SEALING_KEYS: %w", err)
		}
		return box, nil
	}
	if err != nil {
		return nil, fmt.Errorf("BARRE_SEALING_KEYS: %w", err)
	}
	return box, nil
}

// localKeys are the keyset as it is given, or one in the data folder.
func localKeys(c *Config) (*sealed.Box, error) {
	if c.SealingKeys != "" {
		return sealed.Parse(c.SealingKeys)
	}
	return sealed.Load(filepath.Join(c.DataDir, "keys", "sealing.json"))
}

// wrappedKeys are the keyset that the key service unwraps, given or in the
// data folder.
func wrappedKeys(ctx context.Context, c *Config, service key.Service) (*sealed.Box, error) {
	if c.SealingKeys != "" {
		text, wrapped := strings.CutPrefix(c.SealingKeys.Reveal(), wrappedBy)
		if !wrapped {
			return nil, errors.New("it must be wrapped by the key of BARRE_KEY_URL: barre wrap prints it so")
		}
		return unwrapKeys(ctx, service, text)
	}
	path := filepath.Join(c.DataDir, "keys", "sealing.wrapped")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		box, err := sealed.Generate()
		if err != nil {
			return nil, err
		}
		wrapped, err := wrapKeys(ctx, service, box)
		if err != nil {
			return nil, err
		}
		return box, errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(wrapped), 0o600))
	}
	if err != nil {
		return nil, err
	}
	return unwrapKeys(ctx, service, strings.TrimPrefix(string(text), wrappedBy))
}

func unwrapKeys(ctx context.Context, service key.Service, text string) (*sealed.Box, error) {
	wrapped, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("the wrapped keyset is not base64")
	}
	keys, err := service.Unwrap(ctx, wrapped, uuid.Nil, keysetPlace)
	if err != nil {
		return nil, err
	}
	return sealed.Parse(secret.String(keys))
}

func wrapKeys(ctx context.Context, service key.Service, box *sealed.Box) (string, error) {
	text, err := box.Text()
	if err != nil {
		return "", err
	}
	wrapped, err := service.Wrap(ctx, []byte(text.Reveal()), uuid.Nil, keysetPlace)
	return wrappedBy + base64.StdEncoding.EncodeToString(wrapped), err
}

// openStudioKey opens the key that a studio has named as its own.
func openStudioKey(ctx context.Context, address string) (key.Service, error) {
	if err := keyservice.Check(address); err != nil {
		return nil, err
	}
	return keyservice.Open(ctx, address)
}

// runWrap prints the keyset of BARRE_SEALING_KEYS, or a new one, as the key
// service wraps it.
func runWrap(ctx context.Context, c call) error {
	conf, err := parseConfig(c.env)
	if err == nil && conf.KeyURL == "" {
		err = errors.New("BARRE_KEY_URL: it must name the key that wraps")
	}
	if err != nil {
		return misuse{err}
	}
	keeper, err := keyservice.Open(ctx, conf.KeyURL)
	if err != nil {
		return fmt.Errorf("BARRE_KEY_URL: %w", err)
	}
	defer keeper.Close()
	box, err := sealed.Generate()
	if conf.SealingKeys != "" {
		box, err = sealed.Parse(conf.SealingKeys)
	}
	if err != nil {
		return fmt.Errorf("BARRE_SEALING_KEYS: %w", err)
	}
	text, err := wrapKeys(ctx, keeper, box)
	if err == nil {
		fmt.Fprintln(c.out, text)
	}
	return err
}
