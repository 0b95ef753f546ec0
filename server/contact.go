package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxContactAge is how far ahead the end of security.txt may lie: RFC 9116
// recommends less than a year, so that nobody writes to whoever has left.
const maxContactAge = 366 * 24 * time.Hour

// contactNotice is how long before the day the doctor speaks of it.
const contactNotice = 30 * 24 * time.Hour

// checkContact refuses half a security.txt.
func (c *Config) checkContact() error {
	switch {
	case c.SecurityContact != "" && c.SecurityExpires.IsZero():
		return errors.New("BARRE_SECURITY_CONTACT: it goes together with BARRE_SECURITY_EXPIRES: give both or neither")
	case c.SecurityContact == "" && !c.SecurityExpires.IsZero():
		return errors.New("BARRE_SECURITY_EXPIRES: it goes together with BARRE_SECURITY_CONTACT: give both or neither")
	}
	return nil
}

// securityText serves who to tell of a hole, as RFC 9116 describes. One that
// has expired is not served: it could lead to whoever has left.
func (a *App) securityText(w http.ResponseWriter, r *http.Request) {
	if a.Config.SecurityContact == "" || !time.Now().Before(a.Config.SecurityExpires) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	io.WriteString(w, securityText(a.Config.SecurityContact, a.Config.SecurityExpires, a.Config.Hosts))
}

func securityText(contact string, expires time.Time, hosts []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Contact: %s\nExpires: %s\nPreferred-Languages: en\n", contact, expires.UTC().Format(time.RFC3339))
	for _, host := range hosts {
		fmt.Fprintf(&b, "Canonical: https://%s/.well-known/security.txt\n", host)
	}
	return b.String()
}

// contact is where to write: by mail or on a page.
func contact(c *Config, text string) error {
	u, err := url.Parse(text)
	mail := err == nil && u.Scheme == "mailto" && strings.Contains(u.Opaque, "@")
	page := err == nil && u.Scheme == "https" && u.Host != ""
	if text != "" && (!mail && !page || strings.ContainsAny(text, "\r\n ")) {
		return errors.New("it must be a mailto: or https: address")
	}
	c.SecurityContact = text
	return nil
}

// checkContactDay warns before the day.
func checkContactDay(_ context.Context, c *Config) finding {
	f := finding{about: "security.txt", fine: "none is served; BARRE_SECURITY_CONTACT says where holes are reported"}
	if c.SecurityContact == "" {
		return f
	}
	left := time.Until(c.SecurityExpires)
	if f.fine = "served until " + c.SecurityExpires.Format(time.DateOnly); left < contactNotice {
		f.err = fmt.Errorf("it ends on %s. Give BARRE_SECURITY_EXPIRES a later day", c.SecurityExpires.Format(time.DateOnly))
	}
	return f
}

// day is the end of security.txt.
func day(c *Config, text string) error {
	if text == "" {
		return nil
	}
	end, err := time.Parse(time.DateOnly, text)
	if err != nil || time.Until(end) > maxContactAge {
		return errors.New("it must be a day at most a year ahead, such as 2027-06-30")
	}
	c.SecurityExpires = end
	return nil
}
