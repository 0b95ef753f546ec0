package auth

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/barrehq/barre/internal/fault"
)

// address returns an e-mail address as it is stored and found: without space
// around it, in lower case.
func address(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text || len(text) > 254 || !utf8.ValidString(text) {
		return "", fault.User(fault.Invalid, []string{"input", "email"}, "Give an e-mail address, such as ada@example.com.")
	}
	return text, nil
}

// label returns a name without space around it; field is its input.
func label(text, field string, most int) (string, error) {
	text = strings.TrimSpace(text)
	path := []string{"input", field}
	switch {
	case text == "":
		return "", fault.User(fault.Required, path, "Give a name.")
	case len(text) > most:
		return "", fault.User(fault.Invalid, path, "The name is too long: at most %d bytes.", most)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return "", fault.User(fault.Invalid, path, "The name holds a character that cannot be printed.")
	}
	return text, nil
}

var slugForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)

// slug checks a studio's short name. Names that Barre's own addresses have, or
// that would pass for them, are taken.
func slug(text string) error {
	path := []string{"input", "slug"}
	if !slugForm.MatchString(text) || strings.HasPrefix(text, "xn--") {
		return fault.User(fault.Invalid, path, "Use 3 to 63 of a-z, 0-9 and -, with a letter or digit at both ends, such as north-star.")
	}
	if slices.Contains([]string{
		"account", "admin", "api", "app", "assets", "auth", "barre", "billing", "blog", "cdn", "dashboard", "demo", "dev", "docs",
		"graphql", "help", "login", "mail", "metrics", "playground", "root", "security", "static", "status", "support", "system", "www",
	}, text) {
		return slugTaken()
	}
	return nil
}

func slugTaken() error {
	return fault.User(fault.Taken, []string{"input", "slug"}, "Another studio has this short name. Choose another one.")
}

// inInput puts the path of a user error of another package below "input".
func inInput(err error) error {
	f := fault.From(err)
	if f == nil || !f.User {
		return err
	}
	moved := *f
	moved.Field = append([]string{"input"}, f.Field...)
	return &moved
}
