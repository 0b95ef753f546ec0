package main

import (
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// minRSA is the fewest bits of an RSA key that a certificate may have.
const minRSA = 2048

// certificateAge is how long a certificate is served before its file is looked
// at again, so that a renewed one needs no restart.
const certificateAge = time.Minute

// tlsConfig is how the public address is served where it has a certificate;
// nil where a proxy in front has it.
func (c *Config) tlsConfig() (*tls.Config, error) {
	if c.TLSCertificate == "" {
		return nil, nil
	}
	f := &certificateFile{certificate: c.TLSCertificate, key: c.TLSKey, now: time.Now}
	if _, err := f.get(nil); err != nil {
		return nil, fmt.Errorf("BARRE_TLS_CERTIFICATE: %w", err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: f.get}, nil
}

// certificateFile is a certificate with its key, as files that may be renewed.
type certificateFile struct {
	certificate, key string
	now              func() time.Time

	mu     sync.Mutex
	kept   *tls.Certificate
	looked time.Time
	stamp  time.Time // when the file that kept is of was written
}

// get returns the certificate. While a renewed file cannot be read, as when
// certificate and key do not fit yet, the one before goes on.
func (f *certificateFile) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if f.kept != nil && now.Sub(f.looked) < certificateAge {
		return f.kept, nil
	}
	f.looked = now
	info, err := os.Stat(f.certificate)
	if err == nil && (f.kept == nil || !info.ModTime().Equal(f.stamp)) {
		var read *tls.Certificate
		if read, err = readCertificate(f.certificate, f.key); err == nil {
			f.kept, f.stamp = read, info.ModTime()
		}
	}
	if f.kept != nil {
		return f.kept, nil
	}
	return nil, err
}

// readCertificate refuses a key that is too short to be believed.
func readCertificate(certificate, key string) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("the certificate and its key cannot be used: %w", err)
	}
	if public, ok := pair.Leaf.PublicKey.(*rsa.PublicKey); ok && public.N.BitLen() < minRSA {
		return nil, fmt.Errorf("an RSA key needs %d bits at least", minRSA)
	}
	return &pair, nil
}

// checkTLS refuses one half of what belongs together.
func (c *Config) checkTLS() error {
	switch {
	case c.TLSCertificate != "" && c.TLSKey == "":
		return errors.New("BARRE_TLS_CERTIFICATE: it goes together with BARRE_TLS_KEY: give both or neither")
	case c.TLSCertificate == "" && c.TLSKey != "":
		return errors.New("BARRE_TLS_KEY: it goes together with BARRE_TLS_CERTIFICATE: give both or neither")
	}
	return nil
}
