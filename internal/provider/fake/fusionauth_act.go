package fake

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
)

// acts are what the page offers.
func (f *FusionAuth) acts() []offer {
	var offers []offer
	for _, user := range f.users {
		if id, _ := user["id"].(string); user["active"] == true {
			offers = append(offers, offer{"change password", id}, offer{"deactivate", id})
		}
	}
	return offers
}

// done has an active user change the password, or an administrator deactivate
// one.
func (f *FusionAuth) done(act, id string) *message {
	f.mu.Lock()
	user := find(f.users, id)
	event := map[string]string{"change password": "user.password.update", "deactivate": "user.deactivate"}[act]
	if event == "" || user == nil || user["active"] != true {
		f.mu.Unlock()
		return nil
	}
	user["active"], user["lastUpdateInstant"] = act != "deactivate", f.stamp()
	shown := clone(user)
	f.mu.Unlock()
	return &message{to: f.hook(id), body: object{"event": object{
		"id": uuid.NewString(), "type": event, "tenantId": uuid.Nil.String(), "createInstant": f.stamp(), "user": shown,
	}}}
}

// signedByToken signs a message as FusionAuth does by HS256: a token says what
// the digest of the body is.
func signedByToken(r *http.Request, secret string, body []byte) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(secret)}, nil)
	if err != nil {
		return // without a signature nobody believes it
	}
	sum := sha256.Sum256(body)
	signed, err := signer.Sign(fmt.Appendf(nil, `{"request_body_sha256":%q}`, base64.StdEncoding.EncodeToString(sum[:])))
	if err != nil {
		return
	}
	if token, err := signed.CompactSerialize(); err == nil {
		r.Header.Set("X-FusionAuth-Signature-JWT", token)
	}
}
