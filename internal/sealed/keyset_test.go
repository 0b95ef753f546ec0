package sealed_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"

	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
)

func opens(t *testing.T, box *sealed.Box, value []byte) bool {
	t.Helper()
	plain, err := box.Open(value, tenant, column)
	return err == nil && bytes.Equal(plain, canary)
}

func TestRotate(t *testing.T) {
	box, seal := must[*sealed.Box](t), must[[]byte](t)
	first := newBox(t)
	value := seal(first.Seal(canary, tenant, column))
	second := box(first.Rotate())
	if !opens(t, second, value) || first.Stale(value) || !second.Stale(value) {
		t.Error("after a rotation an old value has to open and be stale")
	}
	fresh := seal(second.Seal(canary, tenant, column))
	if opens(t, first, fresh) || !opens(t, second, fresh) || second.Stale(fresh) {
		t.Error("after a rotation the new key has to seal")
	}
	last := box(second.Retire())
	if opens(t, last, value) || !opens(t, last, fresh) {
		t.Error("a retired key still opens, or the primary does not")
	}
	if !second.Stale(nil) || !second.Stale(canary) {
		t.Error("what no key sealed counts as fresh")
	}
}

// Two processes share values through every step of a prepared rotation.
func TestPrepare(t *testing.T) {
	box, seal := must[*sealed.Box](t), must[[]byte](t)
	first := newBox(t)
	prepared := box(first.Prepare())
	if !opens(t, first, seal(prepared.Seal(canary, tenant, column))) {
		t.Error("a prepared key already seals")
	}
	rotated := box(prepared.Rotate())
	value := seal(rotated.Seal(canary, tenant, column))
	if !opens(t, prepared, value) || opens(t, first, value) {
		t.Error("Rotate did not take the prepared key")
	}
}

func TestText(t *testing.T) {
	first := newBox(t)
	value := must[[]byte](t)(first.Seal(canary, tenant, column))
	text := must[secret.String](t)(first.Text())
	plain, err := base64.StdEncoding.DecodeString(text.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]string{
		"base64": text.Reveal(), "JSON": string(plain), "a line of a file": text.Reveal() + "\n",
	} {
		if again, err := sealed.Parse(secret.String(form)); err != nil || !opens(t, again, value) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if shown := fmt.Sprintf("%v %s %q", text, text, text); strings.Contains(shown, text.Reveal()[:16]) {
		t.Errorf("the keyset is printed: %s", shown)
	}
}

func keysetJSON(t *testing.T, template *tinkpb.KeyTemplate) string {
	t.Helper()
	handle, err := keyset.NewHandle(template)
	if err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&data)); err != nil {
		t.Fatal(err)
	}
	return data.String()
}

func TestParseRefuses(t *testing.T) {
	const marker = "c2VjcmV0bWFya2Vy"
	for name, text := range map[string]string{
		"empty":               "",
		"empty JSON":          "{}",
		"no keyset":           `{"key":"` + marker + `"}`,
		"not base64":          "%" + marker,
		"base64 of nothing":   marker,
		"a MAC key":           keysetJSON(t, mac.HMACSHA256Tag256KeyTemplate()),
		"another cipher":      keysetJSON(t, aead.XChaCha20Poly1305KeyTemplate()),
		"a key with no form":  keysetJSON(t, aead.AES256GCMNoPrefixKeyTemplate()),
		"a primary that went": strings.Replace(keysetJSON(t, aead.AES256GCMKeyTemplate()), `"primaryKeyId":`, `"primaryKeyId":1`, 1),
	} {
		box, err := sealed.Parse(secret.String(text))
		if err == nil || box != nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		if strings.Contains(err.Error(), marker) {
			t.Errorf("%s: the error shows the text: %v", name, err)
		}
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "fields.json")
	boxes := make([]*sealed.Box, 8)
	var group sync.WaitGroup
	for i := range boxes {
		group.Go(func() {
			var err error
			if boxes[i], err = sealed.Load(path); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}
	value := must[[]byte](t)(boxes[0].Seal(canary, tenant, column))
	for i, box := range boxes {
		if !opens(t, box, value) {
			t.Errorf("process %d of those that started together has other keys", i)
		}
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", name, info, err, want)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("files left behind: %v, %v", left, err)
	}
}

func TestSave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fields.json")
	box := must[*sealed.Box](t)
	first := box(sealed.Load(path))
	value := must[[]byte](t)(first.Seal(canary, tenant, column))
	if err := box(first.Rotate()).Save(path); err != nil {
		t.Fatal(err)
	}
	again := box(sealed.Load(path))
	if !opens(t, again, value) || !again.Stale(value) {
		t.Error("the saved keyset is not the rotated one")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("saved as %v, %v", info, err)
	}
}

func TestLoadRefuses(t *testing.T) {
	dir := t.TempDir()
	broken, open := filepath.Join(dir, "broken.json"), filepath.Join(dir, "open.json")
	if err := os.WriteFile(broken, []byte(`{"primaryKeyId":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sealed.Load(broken); err == nil || !strings.Contains(err.Error(), broken) {
		t.Errorf("a broken keyset: %v", err)
	}
	if data, err := os.ReadFile(broken); err != nil || string(data) != `{"primaryKeyId":1}` {
		t.Errorf("a broken keyset was replaced: %q, %v", data, err)
	}
	if _, err := sealed.Load(open); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := sealed.Load(open); err == nil || !strings.Contains(err.Error(), "0600") {
		t.Errorf("a keyset that others can read: %v", err)
	}
}

func TestLoadKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "cursor")
	first, err := sealed.LoadKey(path, 32)
	if err != nil || len(first) != 32 || bytes.Equal(first, make([]byte, 32)) {
		t.Fatalf("LoadKey: %d bytes, %v", len(first), err)
	}
	if again, err := sealed.LoadKey(path, 32); err != nil || !bytes.Equal(again, first) {
		t.Errorf("LoadKey forgot its key: %v", err)
	}
	if _, err := sealed.LoadKey(path, 64); err == nil {
		t.Error("a key of another size was accepted")
	}
}
