package limit_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/barrehq/barre/internal/limit"
)

func TestDial(t *testing.T) {
	client, err := limit.Dial("rediss://user:pa%3Ass@redis.internal:6390/3?read_timeout=5s&max_retries=9")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	o := client.Options()
	got := fmt.Sprint(o.Addr, o.DB, o.Username, o.Password, o.DialTimeout, o.ReadTimeout, o.WriteTimeout,
		o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled, o.TLSConfig.ServerName, o.TLSConfig.InsecureSkipVerify)
	want := fmt.Sprint("redis.internal:6390", 3, "user", "pa:ss", 100*time.Millisecond, 50*time.Millisecond, 50*time.Millisecond,
		0, 1, true, "redis.internal", false) // 0: go-redis writes -1 as no retries
	if got != want {
		t.Errorf("options\n got %s\nwant %s", got, want)
	}
	for _, url := range []string{"", "http://:s3cret@h", "redis://:s3cret@h:port%zz"} {
		_, err := limit.Dial(url)
		if err == nil {
			t.Errorf("%q: accepted", url)
		} else if errors.Unwrap(err) != nil || len(err.Error()) > 120 {
			t.Errorf("%q: the error may hold the password: %v", url, err)
		}
	}
}

func TestDialOverTLSVerifies(t *testing.T) {
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	server := miniredis.NewMiniRedis()
	if err := server.StartTLS(&tls.Config{Certificates: web.TLS.Certificates}); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, trusted := range []bool{false, true} {
		client, err := limit.Dial("rediss://" + server.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		roots := x509.NewCertPool()
		if trusted {
			roots.AddCert(web.Certificate())
		}
		client.Options().TLSConfig.RootCAs = roots
		err = client.Ping(t.Context()).Err()
		if unknown := new(x509.UnknownAuthorityError); trusted != (err == nil) || !trusted && !errors.As(err, unknown) {
			t.Errorf("certificate trusted is %v: %v", trusted, err)
		}
	}
}

func TestDialUnverified(t *testing.T) {
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	server := miniredis.NewMiniRedis()
	if err := server.StartTLS(&tls.Config{Certificates: web.TLS.Certificates}); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, url := range []string{"rediss://" + server.Addr(), "redis://127.0.0.1:1"} {
		client, err := limit.DialUnverified(url)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if err := client.Ping(t.Context()).Err(); (err == nil) != strings.HasPrefix(url, "rediss:") {
			t.Errorf("%s: %v", url, err)
		}
	}
	if _, err := limit.DialUnverified("http://redis.internal"); err == nil {
		t.Error("an address of something else is taken")
	}
}
