package playground

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// secured puts the security headers on every answer, refusals included.
func secured(cfg Config, next http.Handler) http.Handler {
	remote := origins(cfg.Endpoint, cfg.Subscriptions, cfg.Schema)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy(r.Host, remote))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

func readOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD are understood here", http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// policy lets the page run its own script and speak to its own host and the
// configured endpoints, nothing else. Inline styles are CodeMirror's.
func policy(host string, remote []string) string {
	connect := append([]string{"'self'"}, sockets(host)...)
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self' 'unsafe-inline'",
		"connect-src " + strings.Join(append(connect, remote...), " "),
		"font-src 'self' data:",
		"img-src 'self' data:",
		"worker-src 'self' blob:",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

// plainHost keeps what a caller wrote into Host from writing the policy.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?$`)

// sockets names this host's sockets, which not every browser takes 'self' to
// include. A bare "ws:" would allow every host there is.
func sockets(host string) []string {
	if !plainHost.MatchString(host) {
		return nil
	}
	return []string{"ws://" + host, "wss://" + host}
}

// origins answers the origins of the addresses that are not on this host. The
// page itself turns http into ws for subscriptions, so both are named.
func origins(addresses ...string) []string {
	var found []string
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			continue
		}
		scheme := u.Scheme
		found = append(found, scheme+"://"+u.Host)
		if rest, ok := strings.CutPrefix(scheme, "http"); ok {
			found = append(found, "ws"+rest+"://"+u.Host)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
