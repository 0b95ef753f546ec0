package main

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/barrehq/barre/internal/provider/fake"
)

// standIns are what the demo has in place of the world outside: the vendors,
// unless the environment leads to real ones, and a studio's own server.
type standIns struct {
	at       map[string]string // where each vendor is reached, by the provider's name
	fake     map[string]bool   // which of them are fakes
	tells    map[string]teller // those of the fakes that tell what happens there
	receiver *receiver
	servers  []*http.Server
}

// teller is a fake that sends messages, as its vendor would.
type teller interface {
	Listen(fake.Hook)
}

// startStandIns starts them on free loopback ports and tells c where they are.
// The receiver takes the address of an earlier start if it can.
func startStandIns(c *Config, earlier string) (s *standIns, err error) {
	s = &standIns{at: map[string]string{}, fake: map[string]bool{}, tells: map[string]teller{}, receiver: newReceiver(time.Now)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	for _, v := range vendors(c) {
		if err = s.vendor(c, v); err != nil {
			return s, err
		}
	}
	at, err := s.serve(s.receiver, hostOf(earlier))
	s.receiver.url = "http://" + at + "/"
	return s, err
}

// vendor starts a fake unless an address or a key of the real one is given.
func (s *standIns) vendor(c *Config, v vendor) error {
	name := v.provider.Name()
	if c.VendorURL[name] == "" && c.ownKey(name) == "" {
		handler := v.fake()
		at, err := s.serve(handler, "")
		if err != nil {
			return err
		}
		if t, can := handler.(teller); can {
			s.tells[name] = t
		}
		c.VendorURL[name], s.fake[name] = "http://"+at, true
	}
	s.at[name] = cmp.Or(c.VendorURL[name], v.address)
	return nil
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
