package webhook

import (
	"errors"
	"net/netip"
)

// ErrAddress is returned when a name leads to an address that no webhook may
// reach. It does not say which address, because a studio may read it.
var ErrAddress = errors.New("webhook: the address is not public")

// refusedV4 is what the IANA special-purpose registry calls not globally
// reachable, with multicast, the reserved block and the addresses at which
// clouds serve machine credentials outside of those blocks.
func refusedV4() []netip.Prefix {
	return prefixes(
		"0.0.0.0/8",        // this network
		"10.0.0.0/8",       // private
		"100.64.0.0/10",    // carrier-grade NAT; 100.100.100.200 is Alibaba's metadata
		"127.0.0.0/8",      // loopback
		"168.63.129.16/32", // Azure's machine service
		"169.254.0.0/16",   // link-local; 169.254.169.254 is most clouds' metadata
		"172.16.0.0/12",    // private
		"192.0.0.0/24",     // protocol assignments; 192.0.0.192 is Oracle's metadata
		"192.0.2.0/24",     // documentation
		"192.88.99.0/24",   // 6to4 relays
		"192.168.0.0/16",   // private
		"198.18.0.0/15",    // benchmarks
		"198.51.100.0/24",  // documentation
		"203.0.113.0/24",   // documentation
		"224.0.0.0/4",      // multicast
		"240.0.0.0/4",      // reserved, and broadcast
	)
}

// refusedV6 is what lies inside the global unicast block 2000::/3 and yet is
// no public host. Everything outside of that block is refused anyway:
// loopback, unique local (fd00:ec2::254 is Amazon's metadata), link-local,
// multicast, NAT64 (64:ff9b::/96) and the IPv4-compatible forms.
func refusedV6() []netip.Prefix {
	return prefixes(
		"2001::/23",     // protocol assignments, with Teredo, which embeds an IPv4 address
		"2001:db8::/32", // documentation
		"2002::/16",     // 6to4, which embeds an IPv4 address
		"3fff::/20",     // documentation
	)
}

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// policy decides which addresses and ports may be dialed.
type policy struct {
	v4, v6        []netip.Prefix
	global        netip.Prefix
	allowLoopback bool
}

func newPolicy(allowLoopback bool) *policy {
	return &policy{
		v4:            refusedV4(),
		v6:            refusedV6(),
		global:        netip.MustParsePrefix("2000::/3"),
		allowLoopback: allowLoopback,
	}
}

// address returns ErrAddress unless addr is a public host. IPv4 inside IPv6
// (::ffff:127.0.0.1) is judged as the IPv4 address that it reaches.
func (p *policy) address(addr netip.Addr) error {
	addr = addr.Unmap()
	if p.allowLoopback && addr.IsLoopback() {
		return nil
	}
	if !addr.IsValid() || addr.Zone() != "" {
		return ErrAddress
	}
	refused := p.v4
	if addr.Is6() {
		if refused = p.v6; !p.global.Contains(addr) {
			return ErrAddress
		}
	}
	for _, prefix := range refused {
		if prefix.Contains(addr) {
			return ErrAddress
		}
	}
	return nil
}

// allowedPort accepts 443, 80 and what an unprivileged web server listens on,
// without the ports of well-known services that speak something else: a
// request line can be a command to them.
func allowedPort(port int) bool {
	if port == 443 || port == 80 {
		return true
	}
	if port < 1024 || port > 65535 {
		return false
	}
	switch port {
	case 1433, 1521, 3306, 5432, 6432, 26257, 27017, // databases
		6379, 6380, 11211, 26379, // caches
		2375, 2376, 2379, 2380, 6443, 8500, 10250, // control planes
		2049, 3389, 5900, 5985, 5986, // files and desktops
		1719, 1720, 1723, 3659, 4045, 4190, 5060, 5061, 6000, 6566,
		6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, // what the Fetch standard blocks
		4222, 5672, 9092, 9200, 9300: // queues and search
		return false
	}
	return true
}
