package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
)

// What Reason answers: short, stable, and free of addresses.
const (
	ReasonAddress = "The address is not public."
	ReasonTimeout = "No complete answer in time."
	ReasonName    = "The host name could not be resolved."
	ReasonTLS     = "The TLS certificate or handshake was refused."
	ReasonConnect = "The connection was refused or broke off."
)

// Reason says why Send failed, in words that a studio may read.
func Reason(err error) string {
	var (
		network net.Error
		name    *net.DNSError
	)
	switch {
	case errors.Is(err, ErrAddress):
		return ReasonAddress
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return ReasonTimeout
	case errors.As(err, &name):
		return ReasonName
	case isTLS(err):
		return ReasonTLS
	}
	return ReasonConnect
}

func isTLS(err error) bool {
	var (
		verify *tls.CertificateVerificationError
		alert  tls.AlertError
		record tls.RecordHeaderError
		host   x509.HostnameError
	)
	return errors.As(err, &verify) || errors.As(err, &alert) || errors.As(err, &record) || errors.As(err, &host)
}
