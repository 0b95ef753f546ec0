package webhook_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

func newPair(t testing.TB) (private secret.String, public string) {
	t.Helper()
	private, err := webhook.NewPrivateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if public, err = webhook.PublicKey(private); err != nil {
		t.Fatal(err)
	}
	return private, public
}

// The standard library verifies what we sign, and we verify what it signs.
func TestAsymmetric(t *testing.T) {
	private, public := newPair(t)
	now, body := time.Unix(1_700_000_000, 0), []byte(`{"a":1}`)
	header := signed(t, now, body, private)
	text, found := strings.CutPrefix(header.Get(webhook.HeaderSignature), "v1a,")
	sum, err := base64.StdEncoding.DecodeString(text)
	point, bad := base64.StdEncoding.DecodeString(strings.TrimPrefix(public, "whpk_"))
	if !found || err != nil || bad != nil || !ed25519.Verify(point, []byte(messageID+`.1700000000.{"a":1}`), sum) {
		t.Fatalf("the signature %q does not verify with %q", text, public)
	}
	_, stranger := newPair(t)
	for name, c := range map[string]struct {
		key  secret.String
		body string
		want error
	}{
		"genuine":       {secret.String(public), `{"a":1}`, nil},
		"other body":    {secret.String(public), `{"a":2}`, webhook.ErrSignature},
		"other key":     {secret.String(stranger), `{"a":1}`, webhook.ErrSignature},
		"shared secret": {newSecret(t), `{"a":1}`, webhook.ErrSignature},
	} {
		if err := webhook.Verify([]secret.String{c.key}, header, []byte(c.body), now); !errors.Is(err, c.want) {
			t.Errorf("%s: Verify = %v; want %v", name, err, c.want)
		}
	}
}

// A receiver needs one of the two kinds of key, whichever it has.
func TestBothKinds(t *testing.T) {
	shared, now, body := newSecret(t), time.Now(), []byte(`{}`)
	private, public := newPair(t)
	header := signed(t, now, body, shared, private)
	for _, key := range []secret.String{shared, secret.String(public), private} {
		if err := webhook.Verify([]secret.String{key}, header, body, now); err != nil {
			t.Errorf("Verify = %v", err)
		}
	}
	if _, err := webhook.Sign([]secret.String{secret.String(public)}, messageID, now, body); err == nil {
		t.Error("a public key signs")
	}
	// The public key is known to everybody: it must not work as a shared secret.
	forged := headers(messageID, now, strings.Replace(header.Get(webhook.HeaderSignature), "v1a,", "v1,", 1))
	if err := webhook.Verify([]secret.String{secret.String(public)}, forged, body, now); err == nil {
		t.Error("a relabeled signature is accepted")
	}
}

func TestPublicJWK(t *testing.T) {
	// Key, thumbprint and form are those of RFC 8037, appendix A.
	seed, err := base64.RawURLEncoding.DecodeString("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
	if err != nil {
		t.Fatal(err)
	}
	private := secret.String("whsk_" + base64.StdEncoding.EncodeToString(ed25519.NewKeyFromSeed(seed)))
	key, err := webhook.PublicJWK(private)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(key)
	want := `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","use":"sig","alg":"EdDSA"}`
	if err != nil || string(got) != want {
		t.Errorf("PublicJWK = %s, %v; want %s", got, err, want)
	}
	for _, wrong := range []secret.String{newSecret(t), "", "whsk_AAAA"} {
		if _, err := webhook.PublicJWK(wrong); err == nil {
			t.Error("PublicJWK accepts what is no private key")
		}
	}
}

func TestBasic(t *testing.T) {
	r := http.Request{Header: http.Header{"Authorization": {webhook.Basic("ada", "pa:ss").Reveal()}}}
	if user, password, ok := r.BasicAuth(); !ok || user != "ada" || password != "pa:ss" {
		t.Errorf("BasicAuth = %q, %q, %v", user, password, ok)
	}
}
