// Package sortie guards ways out: what the server calls because somebody named an
// address must not be the network that it stands in.
package sortie

import (
	"errors"
	"net/netip"
	"syscall"
)

// ErrInside refuses an address of an inside network.
var ErrInside = errors.New("an address of an inside network")

// inside lists the networks that an address of an organisme must not reach, beside
// those that netip knows by name: what answers there trusts its neighbours.
var inside = func() (list []netip.Prefix) {
	for _, network := range []string{
		"0.0.0.0/8",       // this network
		"100.64.0.0/10",   // carriers
		"192.0.0.0/24",    // protocol assignments
		"192.0.2.0/24",    // documentation
		"192.88.99.0/24",  // 6to4 relays
		"198.18.0.0/15",   // benchmarks
		"198.51.100.0/24", // documentation
		"203.0.113.0/24",  // documentation
		"240.0.0.0/4",     // reserved, broadcast
		"::/96",           // IPv4 in IPv6, the old form
		"64:ff9b::/96",    // IPv4 behind NAT64
		"64:ff9b:1::/48",
		"100::/64",      // discard
		"2001::/23",     // protocol assignments, Teredo
		"2001:db8::/32", // documentation
		"2002::/16",     // 6to4
		"3fff::/20",     // documentation
		"fec0::/10",     // site-local
	} {
		list = append(list, netip.MustParsePrefix(network))
	}
	return list
}()

// Public reports whether an address is one of the public internet.
func Public(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	if !address.IsGlobalUnicast() || address.IsPrivate() {
		return false // loopback, link-local, multicast, unspecified, private
	}
	for _, network := range inside {
		if network.Contains(address) {
			return false
		}
	}
	return true
}

// OnlyPublic, the Control of a net.Dialer, refuses a connection to an inside address. It is asked once the name
// is resolved, so that no name can lead elsewhere between the check and the call.
func OnlyPublic(_, address string, _ syscall.RawConn) error {
	parsed, err := netip.ParseAddrPort(address)
	if err != nil || !Public(parsed.Addr()) {
		return ErrInside
	}
	return nil
}
