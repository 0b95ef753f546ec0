package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeCertificate makes a certificate of 127.0.0.1 in folder and returns the
// two files.
func writeCertificate(t *testing.T, folder, name string, key crypto.Signer) (certificate, private string) {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, private = filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key")
	for path, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, private: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, private
}

func ellipticKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestOnlyNewTLS shakes hands in every version with what serve serves.
func TestOnlyNewTLS(t *testing.T) {
	c := &Config{Address: "127.0.0.1:0", MetricsAddress: "127.0.0.1:0"}
	c.TLSCertificate, c.TLSKey = writeCertificate(t, t.TempDir(), "barre.example", ellipticKey(t))
	on, err := listen(c)
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	done := make(chan error, 1)
	go func() { done <- serveOn(server, on) }()
	t.Cleanup(func() {
		_ = server.Shutdown(context.Background())
		<-done
		on.metrics.Close()
	})
	for version, accepted := range map[uint16]bool{
		tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true,
	} {
		conn, err := tls.Dial("tcp", on.public.Addr().String(), &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version})
		if (err == nil) != accepted {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			conn.Close()
		}
	}
}

func TestCertificates(t *testing.T) {
	folder := t.TempDir()
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	c := &Config{}
	c.TLSCertificate, c.TLSKey = writeCertificate(t, folder, "short.example", short)
	if _, err := c.tlsConfig(); err == nil || !strings.Contains(err.Error(), "2048") {
		t.Errorf("a short key: %v", err)
	}
	c.TLSKey = filepath.Join(folder, "none")
	if _, err := c.tlsConfig(); err == nil || !strings.HasPrefix(err.Error(), "BARRE_TLS_CERTIFICATE: ") {
		t.Errorf("no key: %v", err)
	}
}

// A renewed certificate is served a minute later; a broken one is not.
func TestRenewedCertificate(t *testing.T) {
	folder, clock := t.TempDir(), time.Now()
	f := &certificateFile{now: func() time.Time { return clock }}
	f.certificate, f.key = writeCertificate(t, folder, "first.example", ellipticKey(t))
	serves := func(want string) {
		t.Helper()
		found, err := f.get(nil)
		if err != nil || found.Leaf.DNSNames[0] != want {
			t.Errorf("got %v, %v; want %s", found, err, want)
		}
	}
	written := func() {
		t.Helper()
		if err := os.Chtimes(f.certificate, clock, clock); err != nil {
			t.Fatal(err)
		}
	}
	serves("first.example")
	clock = clock.Add(certificateAge)
	writeCertificate(t, folder, "second.example", ellipticKey(t))
	written()
	serves("second.example")
	if err := os.WriteFile(f.key, []byte("half a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(certificateAge)
	written()
	serves("second.example")
}
