package webhook_test

import (
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/webhook"
)

// hostile are URLs that must be refused when an endpoint is registered, and
// again when something is sent to them.
func hostile() []string {
	return []string{
		// loopback and this host, in every spelling
		"http://127.0.0.1/", "http://127.0.0.1:8080/", "http://127.255.255.254/", "http://localhost/", "http://LOCALHOST./",
		"http://a.localhost/", "http://0.0.0.0/", "http://0/", "http://127.1/", "http://127.0.1/", "http://2130706433/",
		"http://0x7f000001/", "http://0x7f.0.0.1/", "http://017700000001/", "http://0177.0.0.1/", "http://127.0.0.1./",
		"http://[::1]/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
		"http://[::127.0.0.1]/", "http://①②⑦.0.0.1/",
		// private networks
		"http://10.0.0.1/", "http://10.255.255.255/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/",
		"http://[::ffff:10.0.0.1]/", "http://[fc00::1]/", "http://[fd12:3456::1]/", "http://100.64.0.1/", "http://100.100.100.200/",
		// metadata services
		"http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://metadata.google.internal/", "http://metadata/",
		"http://168.63.129.16/", "http://192.0.0.192/", "http://[::ffff:169.254.169.254]/", "http://2852039166/",
		// tunnels and translations
		"http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::a00:1]/", "http://[2002:7f00:1::]/", "http://[2002:a00:1::1]/",
		"http://[2001:0:53aa:64c:0:0:80ff:fffe]/",
		// reserved, multicast, broadcast, link-local, documentation
		"http://198.18.0.1/", "http://192.0.2.1/", "http://198.51.100.7/", "http://203.0.113.9/", "http://224.0.0.1/",
		"http://240.0.0.1/", "http://255.255.255.255/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[ff02::1]/",
		"http://[2001:db8::1]/", "http://[3fff::1]/", "http://192.88.99.1/",
		// schemes and shapes
		"file:///etc/passwd", "gopher://example.com/", "ftp://example.com/", "unix:///var/run/docker.sock", "javascript:alert(1)",
		"//example.com/", "example.com", "https:example.com", "https://", "https:///path", "",
		"https://user@example.com/", "https://user:pass@example.com/", "https://example.com@127.0.0.1/", "https://example.com#@127.0.0.1/",
		"https://example.com/#", "https://example.com\\@127.0.0.1/", "https://exa mple.com/", "https://example.com/\r\nHost: x",
		"https://example.com/\x00", "https://exämple.com/", "https://example.com/" + strings.Repeat("a", 2048),
		// ports
		"http://example.com:22/", "http://example.com:25/", "http://example.com:6379/", "http://example.com:5432/",
		"http://example.com:11211/", "http://example.com:0/", "http://example.com:65536/", "http://example.com:/", "http://example.com:-80/",
		// names that are no public host
		"http://redis/", "http://db.internal/", "http://printer.local/", "http://router.lan/", "http://1.0.0.127.in-addr.arpa/",
		"http://-a.example/", "http://a..example/", "http://.example.com/", "http://%31%32%37.0.0.1/", "http://a.0x7f/",
	}
}

func TestCheckURLRefuses(t *testing.T) {
	if n := len(hostile()); n < 40 {
		t.Fatalf("%d hostile URLs; want at least 40", n)
	}
	for _, raw := range hostile() {
		err := webhook.CheckURL(raw)
		f := fault.From(err)
		if f == nil || !f.User || f.Message == "" || len(f.Field) != 1 || f.Field[0] != "url" {
			t.Errorf("CheckURL(%.60q) = %v; want a user error of the field url", raw, err)
		}
	}
}

func TestCheckURLAccepts(t *testing.T) {
	for _, raw := range []string{
		"https://example.com/hooks", "https://example.com:443/", "http://example.com/", "https://example.com:8443/a?b=c",
		"https://hooks.studio-frontend.example.co.uk/x", "https://xn--exmple-cua.com/", "https://93.184.216.34/", "https://example.com./",
		"https://[2606:2800:220:1:248:1893:25c8:1946]/", "http://example.com:8080/", "https://Example.COM/", "https://[::ffff:93.184.216.34]/",
	} {
		if err := webhook.CheckURL(raw); err != nil {
			t.Errorf("CheckURL(%q) = %v", raw, err)
		}
	}
}

func TestAllowLoopback(t *testing.T) {
	s := webhook.NewSender(webhook.Config{AllowLoopback: true})
	for raw, ok := range map[string]bool{
		"http://127.0.0.1:8080/": true, "http://localhost:3000/": true, "http://[::1]:8080/": true,
		"http://10.0.0.1/": false, "http://169.254.169.254/": false, "http://127.0.0.1:22/": false, "http://[::ffff:10.0.0.1]/": false,
	} {
		if err := s.CheckURL(raw); (err == nil) != ok {
			t.Errorf("CheckURL(%q) = %v; want accepted: %v", raw, err, ok)
		}
	}
}
