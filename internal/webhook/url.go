package webhook

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/barrehq/barre/internal/fault"
)

const maxURLBytes = 2048

// CheckURL tells whoever registers an endpoint what is wrong with its URL. It
// looks at the text alone and asks no name server; where the name leads is
// decided at every dial, because it may lead elsewhere tomorrow.
func CheckURL(raw string) error { return newPolicy(false).url(raw) }

func (p *policy) url(raw string) error {
	if raw == "" {
		return urlFault(fault.Required, "A webhook needs a URL.")
	}
	if len(raw) > maxURLBytes {
		return urlFault(fault.Invalid, "The URL is longer than 2,048 characters.")
	}
	if strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }) {
		return urlFault(fault.Invalid, "The URL holds a space, a control character, a backslash or a letter outside of ASCII; write an international host in its xn-- form.")
	}
	if strings.Contains(raw, "#") {
		return urlFault(fault.Invalid, "The URL must not hold a fragment (#…); it would never be sent.")
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Opaque != "" {
		return urlFault(fault.Invalid, "The URL is not an absolute web address such as https://example.com/hooks.")
	}
	return p.parsed(u)
}

func (p *policy) parsed(u *url.URL) error {
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return urlFault(fault.Invalid, "The URL must begin with https:// or http://.")
	case u.User != nil:
		return urlFault(fault.Invalid, "The URL must not hold a user name or password; verify the signature instead.")
	}
	if !allowedPort(portOf(u)) {
		return urlFault(fault.Invalid, "The port must be 443, 80 or at least 1024, and not that of a database or another service that is no web server.")
	}
	return p.host(u.Hostname())
}

func (p *policy) host(host string) error {
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if addr, err := netip.ParseAddr(name); err == nil {
		if p.address(addr) != nil {
			return urlFault(fault.Invalid, "The URL must lead to a public host, not to a private, local or reserved address.")
		}
		return nil
	}
	if p.allowLoopback && name == "localhost" {
		return nil
	}
	if !publicName(name) {
		return urlFault(fault.Invalid, "The URL must name a public host such as hooks.example.com.")
	}
	return nil
}

// publicName refuses what no public name server answers for, and every
// spelling of an address (2130706433, 0x7f.1, 017700000001) that some
// resolvers understand.
func publicName(name string) bool {
	labels := strings.Split(name, ".")
	if len(name) > 253 || len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if !validLabel(label) {
			return false
		}
	}
	last := labels[len(labels)-1]
	switch last {
	case "localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "onion", "test", "invalid", "arpa":
		return false
	}
	return !startsWithDigit(last)
}

func validLabel(label string) bool {
	if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for i := range len(label) {
		c := label[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// No top-level domain begins with a digit, and every numeric spelling of an
// address ends in a part that does.
func startsWithDigit(label string) bool { return label[0] >= '0' && label[0] <= '9' }

func portOf(u *url.URL) int {
	if u.Port() == "" {
		if strings.HasSuffix(u.Host, ":") {
			return 0
		}
		if u.Scheme == "https" {
			return 443
		}
		return 80
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return 0
	}
	return port
}

// dialed judges the resolved address of one connection attempt.
func (p *policy) dialed(hostPort string) error {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return ErrAddress
	}
	addr, err := netip.ParseAddr(host)
	number, atoi := strconv.Atoi(port)
	if err != nil || atoi != nil || !allowedPort(number) {
		return ErrAddress
	}
	return p.address(addr)
}

func urlFault(code fault.Code, message string) error {
	return fault.User(code, []string{"url"}, "%s", message)
}
