package fake

import (
	"crypto/sha1" // Help Scout signs with nothing else
	"encoding/base64"
	"net/http"
)

// acts are what the page offers.
func (f *HelpScout) acts() []offer {
	var offers []offer
	for _, c := range f.conversations {
		id, _ := c["id"].(string)
		offers = append(offers, offer{"reply", id})
		if c["status"] != "closed" {
			offers = append(offers, offer{"close", id})
		}
	}
	return offers
}

// done has an agent reply in a conversation, or close it.
func (f *HelpScout) done(act, id string) *message {
	f.mu.Lock()
	conversation := find(f.conversations, id)
	event := ""
	switch {
	case conversation == nil:
	case act == "reply":
		event = "convo.agent.reply.created"
		f.append(conversation, "reply", "<p>Thank you for writing to us.</p>", "web")
	case act == "close" && conversation["status"] != "closed":
		event = "convo.status"
		conversation["status"], conversation["userUpdatedAt"] = "closed", f.stamp()
	}
	if event == "" {
		f.mu.Unlock()
		return nil
	}
	body := shown(conversation)
	f.mu.Unlock()
	return &message{to: f.hook(id), header: map[string]string{"X-HelpScout-Event": event}, body: body}
}

// signed signs a message as Help Scout does.
func (f *HelpScout) signed(r *http.Request, secret string, body []byte) {
	r.Header.Set("X-HelpScout-Signature", base64.StdEncoding.EncodeToString(mac(sha1.New, secret, string(body))))
}
