package main

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/secret"
)

// Where the vendors really are, for the notes.
const (
	realStripe     = "https://api.stripe.com"
	realCustomerIO = "https://track.customer.io"
)

// standIns are what the demo has in place of the world outside: the vendors,
// unless the environment leads to real ones, and a studio's own server.
type standIns struct {
	stripe, customerIO         string // where each is reached
	stripeFake, customerIOFake bool
	receiver                   *receiver
	servers                    []*http.Server
}

// startStandIns starts them on free loopback ports and tells c where they are.
// The receiver takes the address of an earlier start if it can.
func startStandIns(c *Config, earlier string) (s *standIns, err error) {
	s = &standIns{receiver: newReceiver(time.Now)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err = s.vendor(&c.StripeURL, c.StripeKey, func() http.Handler { s.stripeFake = true; return fake.NewStripe(fake.StripeConfig{}) }); err != nil {
		return s, err
	}
	if err = s.vendor(&c.CustomerIOURL, c.CustomerIOKey, func() http.Handler {
		s.customerIOFake = true
		return fake.NewCustomerIO(fake.CustomerIOConfig{})
	}); err != nil {
		return s, err
	}
	s.stripe, s.customerIO = cmp.Or(c.StripeURL, realStripe), cmp.Or(c.CustomerIOURL, realCustomerIO)
	at, err := s.serve(s.receiver, hostOf(earlier))
	s.receiver.url = "http://" + at + "/"
	return s, err
}

// vendor starts a fake unless an address or a key of the real one is given.
func (s *standIns) vendor(url *string, key secret.String, build func() http.Handler) error {
	if *url != "" || key != "" {
		return nil
	}
	at, err := s.serve(build(), "")
	*url = "http://" + at
	return err
}

// serve serves handler on the wanted address, or on any free port.
func (s *standIns) serve(handler http.Handler, wanted string) (string, error) {
	l, err := net.Listen("tcp", cmp.Or(wanted, "127.0.0.1:0"))
	if err != nil && wanted != "" {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, MaxHeaderBytes: 16 << 10}
	s.servers = append(s.servers, server)
	go server.Serve(l) // ends with close
	return l.Addr().String(), nil
}

func (s *standIns) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var errs []error
	for _, server := range s.servers {
		if server.Shutdown(ctx) != nil {
			errs = append(errs, server.Close())
		}
	}
	return errors.Join(errs...)
}
