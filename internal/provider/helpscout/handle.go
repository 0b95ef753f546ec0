package helpscout

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"github.com/barrehq/barre/internal/provider"
)

// Handle implements provider.Provider. The message says which conversation;
// what was written in it, and where it stands, the API says.
func (h *HelpScout) Handle(ctx context.Context, c provider.Connection, in provider.Inbound) ([]provider.Fact, error) {
	switch in.Type {
	case "convo.agent.reply.created", "convo.customer.reply.created", "convo.status":
	default:
		return nil, nil
	}
	var found conversation
	_, err := h.call(ctx, c, provider.Request{Method: http.MethodGet, URL: "/v2/conversations/" + in.Object, Into: &found})
	if provider.Gone(err) {
		return nil, nil // deleted since
	}
	if err != nil {
		return nil, err
	}
	subject := ticketOf(found)
	facts := []provider.Fact{}
	if in.Type != "convo.status" {
		messages, err := h.messages(ctx, c, in.Object)
		if err != nil {
			return nil, err
		}
		facts = replies(subject, messages)
	}
	if status, known := ticketStatus(found.Status); known {
		facts = append(facts, provider.TicketMoved{Subject: subject, Status: status, At: found.UpdatedAt})
	}
	return facts, nil
}

// replies are the published words of both sides: neither notes among the staff
// nor what was sent from here, which has the source "api".
func replies(subject provider.Subject, messages []message) []provider.Fact {
	var facts []provider.Fact
	for _, m := range messages {
		author := provider.Staff
		switch {
		case m.State != "" && m.State != "published", m.Source.Type == "api":
			continue
		case m.Type == "customer":
			author = provider.Family
		case m.Type != "message":
			continue
		}
		facts = append(facts, provider.SupportReplied{
			Subject: subject, Reference: strconv.FormatInt(m.ID, 10), Author: author, Text: plain(m.Body), At: m.CreatedAt,
		})
	}
	return facts
}

func ticketStatus(text string) (provider.TicketStatus, bool) {
	switch text {
	case "active", "open":
		return provider.TicketOpen, true
	case "pending":
		return provider.TicketPending, true
	case "closed":
		return provider.TicketClosed, true
	}
	return "", false // spam
}

// plain returns the text of HTML: what is read in it, with its lines.
func plain(markup string) string {
	var text strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(markup))
	for hidden := ""; ; {
		kind := tokens.Next()
		name, _ := tokens.TagName()
		switch tag := string(name); {
		case kind == html.ErrorToken:
			return strings.TrimSpace(text.String())
		case kind == html.StartTagToken && (tag == "style" || tag == "script"):
			hidden = tag
		case kind == html.EndTagToken && tag == hidden:
			hidden = ""
		case tag == "br", kind == html.EndTagToken && (tag == "p" || tag == "div" || tag == "li"):
			text.WriteString("\n")
		case kind == html.TextToken && hidden == "":
			text.Write(tokens.Text())
		}
	}
}
