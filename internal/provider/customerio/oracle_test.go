package customerio_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/testkit/node"
)

// TestVerifyAsVendor holds that Customer.io's own client and we agree on what
// is signed and what is not.
func TestVerifyAsVendor(t *testing.T) {
	packages := node.Install(t, "testdata")
	b := newBench(t, plain)
	b.connection.Secrets = []secret.String{"key"}
	at := fmt.Sprint(b.now.Unix())
	body := `{"metric":"bounced","event_id":"e1","object_type":"email","data":{"recipient":"zoë@example.com"}}`
	sign := func(key, text string) string {
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write([]byte("v0:" + at + ":" + text))
		return hex.EncodeToString(mac.Sum(nil))
	}
	for name, signature := range map[string]string{
		"ours": sign("key", body), "another key": sign("other", body), "another body": sign("key", body+" "), "nothing": "00",
	} {
		out := node.Run(t, packages, filepath.Join("testdata", "verify.mjs"), "key", at, body, signature)
		header := http.Header{}
		header.Set("X-CIO-Timestamp", at)
		header.Set("X-CIO-Signature", signature)
		_, err := b.provider.Verify(b.connection, header, []byte(body), b.now)
		if theirs := strings.TrimSpace(out) == "true"; theirs != (err == nil) || theirs != (name == "ours") {
			t.Errorf("%s: Customer.io's client says %t, we say %v", name, theirs, err)
		}
	}
}
