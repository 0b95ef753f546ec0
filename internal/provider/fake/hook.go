package fake

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"net/http"
	"strings"
	"time"
)

// Hook is where a studio listens to a stand-in.
type Hook struct {
	Tenant     string // the studio's public id
	Credential string // with which the studio calls the stand-in; what comes before a colon says who it is
	URL        string
	Secret     string // what messages prove themselves with
}

// Listen has the studio told of what is done at the stand-in with its records.
func (d *desk) Listen(h Hook) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hooks[caller(h.Credential)] = h
}

// caller is who a credential says that it is.
func caller(credential string) string {
	name, _, _ := strings.Cut(credential, ":")
	return name
}

// own takes down that a record is of whoever makes the call under way, who is
// told of it.
func (d *desk) own(record any) { d.owners[fmt.Sprint(record)] = d.calling }

// hook is where whoever has the record listens; nil for nowhere.
func (d *desk) hook(record any) *Hook {
	d.mu.Lock()
	defer d.mu.Unlock()
	h, listens := d.hooks[d.owners[fmt.Sprint(record)]]
	if !listens {
		return nil
	}
	return &h
}

// offer is something that can be done with a record, by a form that is posted to
// "/_act".
type offer struct{ Act, On string }

// message is what a vendor tells of something that was done.
type message struct {
	to     *Hook // nil for nobody
	body   any
	header map[string]string
}

// serveAct lets somebody do something at the vendor, from the page or by a form
// with act and on, and tells the studio.
func (d *desk) serveAct(w http.ResponseWriter, r *http.Request) {
	told := d.act(r.PostFormValue("act"), r.PostFormValue("on"))
	if told == nil {
		http.Error(w, "nothing of the kind can be done with this record", http.StatusConflict)
		return
	}
	if told.to != nil {
		if err := d.send(r.Context(), *told); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// send delivers a message, signed as the vendor signs.
func (d *desk) send(ctx context.Context, m message) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	body, err := json.Marshal(m.body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.to.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	for name, value := range m.header {
		request.Header.Set(name, value)
	}
	if d.sign != nil {
		d.sign(request, m.to.Secret, body)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the webhook was answered %s", answer.Status)
	}
	return nil
}

// mac is the keyed digest of a text.
func mac(kind func() hash.Hash, secret, text string) []byte {
	m := hmac.New(kind, []byte(secret))
	m.Write([]byte(text))
	return m.Sum(nil)
}

// hexMAC is the form that most vendors write it in.
func hexMAC(secret, text string) string { return hex.EncodeToString(mac(sha256.New, secret, text)) }
