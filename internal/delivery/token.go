package delivery

import (
	"bytes"
	"context"
	"net/http"
	"sync"

	"github.com/google/uuid"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

// tokens remembers what authorization servers gave out, until it expires, is
// refused, or the credential behind it changes.
type tokens struct {
	flights singleflight.Group
	mu      sync.Mutex
	kept    map[uuid.UUID]kept
}

type kept struct {
	credential []byte // sealed, as it was
	token      *oauth2.Token
}

func (k *tokens) get(endpoint uuid.UUID, credential []byte) *oauth2.Token {
	k.mu.Lock()
	defer k.mu.Unlock()
	if found := k.kept[endpoint]; found.token.Valid() && bytes.Equal(found.credential, credential) {
		return found.token
	}
	return nil
}

func (k *tokens) put(endpoint uuid.UUID, credential []byte, token *oauth2.Token) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept[endpoint] = kept{credential, token}
}

func (k *tokens) forget(endpoint uuid.UUID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.kept, endpoint)
}

// authorization returns the value of that header for an endpoint; empty where
// it asks for none.
func (w *Worker) authorization(ctx context.Context, t *task) (secret.String, error) {
	if t.endpoint.auth == string(webhookendpoint.AuthNONE) {
		return "", nil
	}
	access, err := destination.OpenAccess(w.box, t.Tenant, t.endpoint.id, t.endpoint.access)
	if err != nil {
		return "", err
	}
	if access.Basic != nil {
		return webhook.Basic(access.Basic.User, access.Basic.Password), nil
	}
	token, err := w.token(ctx, t.endpoint, *access.Grant)
	if err != nil {
		return "", err
	}
	var r http.Request
	r.Header = http.Header{}
	token.SetAuthHeader(&r)
	return secret.String(r.Header.Get("Authorization")), nil
}

// token returns one that is valid. Many that need one at once ask for it once.
func (w *Worker) token(ctx context.Context, e *endpoint, g webhook.Grant) (*oauth2.Token, error) {
	if token := w.tokens.get(e.id, e.access); token != nil {
		return token, nil
	}
	made, err, _ := w.tokens.flights.Do(e.id.String()+string(e.access), func() (any, error) {
		if token := w.tokens.get(e.id, e.access); token != nil {
			return token, nil
		}
		token, err := w.cfg.Sender.Token(context.WithoutCancel(ctx), g)
		if err == nil {
			w.tokens.put(e.id, e.access, token)
		}
		return token, err
	})
	if err != nil {
		return nil, err
	}
	return made.(*oauth2.Token), nil
}
