package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/key"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
)

// TestWrappedKeyset: with a key service, the keyset lies nowhere in the clear,
// and every start finds the same.
func TestWrappedKeyset(t *testing.T) {
	outer, err := sealed.Generate()
	if err != nil {
		t.Fatal(err)
	}
	service, ctx, conf := key.Local{Box: outer}, t.Context(), &Config{DataDir: t.TempDir()}
	first, err := wrappedKeys(ctx, conf, service)
	if err != nil {
		t.Fatal(err)
	}
	value, err := first.Seal([]byte("secret"), uuid.Nil, "column")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(conf.DataDir, "keys", "sealing.wrapped"))
	if err != nil || !strings.HasPrefix(string(text), wrappedBy) || bytes.Contains(text, []byte("AesGcmKey")) {
		t.Errorf("kept as %.60q, %v", text, err)
	}
	for what, c := range map[string]*Config{
		"a second start": conf, "the environment": {SealingKeys: secret.String(text)},
	} {
		again, err := wrappedKeys(ctx, c, service)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if plain, err := again.Open(value, uuid.Nil, "column"); err != nil || string(plain) != "secret" {
			t.Errorf("%s has other keys: %v", what, err)
		}
	}
	clear, err := first.Text()
	if err != nil {
		t.Fatal(err)
	}
	other, err := sealed.Generate()
	if err != nil {
		t.Fatal(err)
	}
	for what, try := range map[string]func() error{
		"a keyset in the clear": func() error { _, err := wrappedKeys(ctx, &Config{SealingKeys: clear}, service); return err },
		"another key service":   func() error { _, err := wrappedKeys(ctx, conf, key.Local{Box: other}); return err },
		"no base64":             func() error { _, err := wrappedKeys(ctx, &Config{SealingKeys: "wrapped:%"}, service); return err },
	} {
		if try() == nil {
			t.Errorf("%s was taken", what)
		}
	}
}

// TestNumbersInTheLog: whatever logs them, they are not written.
func TestNumbersInTheLog(t *testing.T) {
	var out bytes.Buffer
	log := newLog(&out, slog.LevelDebug)
	log.With("who", "card 4111111111111111").WithGroup("g").Error("SSN 123-45-6789", "text", "4111 1111 1111 1111", "error", fmt.Errorf("key (card)=(378282246310005): %w", errors.New("passport X1234567")), "n", 7)
	for _, number := range []string{"4111", "6789", "3782", "X1234567"} {
		if strings.Contains(out.String(), number) {
			t.Errorf("the log has %s: %s", number, out.String())
		}
	}
	if !strings.Contains(out.String(), "number removed") || !strings.Contains(out.String(), `"n":7`) {
		t.Errorf("the log lacks the rest: %s", out.String())
	}
}
