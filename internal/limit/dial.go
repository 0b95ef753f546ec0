package limit

import (
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Dial returns a client for redisURL (redis:// or, with TLS, rediss://) that
// gives up at once: with the client's own defaults a Redis that accepts and
// never answers holds a request for five seconds. It connects on first use, so
// that the API starts without Redis too. The error never repeats the URL, which
// may hold a password. The caller closes the client.
func Dial(redisURL string) (*redis.Client, error) {
	opt, err := options(redisURL)
	if err != nil {
		return nil, err
	}
	return redis.NewClient(opt), nil
}

// DialUnverified is Dial for a Redis whose certificate nobody can vouch for,
// such as one that a platform has signed itself: the connection is encrypted,
// and whoever is in the middle of it can read and change counters. Nothing but
// counters is kept in Redis.
func DialUnverified(redisURL string) (*redis.Client, error) {
	opt, err := options(redisURL)
	if err != nil {
		return nil, err
	}
	if opt.TLSConfig != nil {
		opt.TLSConfig.InsecureSkipVerify = true
	}
	return redis.NewClient(opt), nil
}

func options(redisURL string) (*redis.Options, error) {
	opt, err := redis.ParseURL(redisURL)
	if err != nil {
		return nil, errors.New("limit: malformed Redis URL: want redis://[user:password@]host:port[/db] or rediss://…")
	}
	opt.DialTimeout = 100 * time.Millisecond
	opt.ReadTimeout = 50 * time.Millisecond
	opt.WriteTimeout = 50 * time.Millisecond
	opt.PoolTimeout = 50 * time.Millisecond
	opt.MaxRetries = -1
	opt.DialerRetries = 1
	opt.ContextTimeoutEnabled = true
	opt.DisableIdentity = true
	opt.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return opt, nil
}
