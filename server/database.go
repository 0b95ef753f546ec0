package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/barrehq/barre/internal/cluster"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
)

// stopPatience bounds the stop of the private Postgres.
const stopPatience = 10 * time.Second

// databaseName is the database in the private Postgres.
const databaseName = "barre"

// withDatabase runs do with a database: the configured one, or a private one
// in the data folder that runs as long as do does.
func withDatabase(ctx context.Context, c *Config, do func() error) error {
	if c.DatabaseURL != "" {
		return do()
	}
	stop, err := startPrivate(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(do(), stop())
}

// startPrivate starts Postgres in the data folder, makes it ready and tells c
// how to reach it.
func startPrivate(ctx context.Context, c *Config) (stop func() error, err error) {
	server, err := cluster.Start(ctx, cluster.Config{Dir: filepath.Join(c.DataDir, "postgres"), Archive: c.Backups, Logger: newLog(c.logTo(), c.LogLevel)})
	if err != nil {
		return nil, err
	}
	stop = func() error {
		limit, cancel := context.WithTimeout(context.Background(), stopPatience)
		defer cancel()
		return server.Close(limit)
	}
	if err := prepare(ctx, c, server); err != nil {
		return nil, errors.Join(err, stop())
	}
	return stop, nil
}

// prepare makes roles, database and tables where they are missing.
func prepare(ctx context.Context, c *Config, server *cluster.Cluster) error {
	key, err := sealed.LoadKey(filepath.Join(c.DataDir, "keys", "database"), 32)
	if err != nil {
		return fmt.Errorf("the password of the private database: %w", err)
	}
	password := hex.EncodeToString(key)
	at := func(role string) secret.String { return secret.String(server.URL(databaseName, role, password)) }
	c.DatabaseURL, c.SystemURL, c.OwnerURL = at(store.AppRole), at(store.SystemRole), at(store.OwnerRole)
	if c.Backups {
		c.BackupURL, c.logFolder = secret.String(server.URL(databaseName, "", "")), server.Log()
	}
	if _, err := store.Pending(ctx, c.OwnerURL.Reveal()); err != nil { // the owner cannot enter yet
		if err := store.Provision(ctx, server.URL("postgres", "", ""), databaseName, secret.String(password)); err != nil {
			return err
		}
	}
	if _, err := store.Migrate(ctx, c.OwnerURL.Reveal()); err != nil {
		return err
	}
	return job.Migrate(ctx, c.OwnerURL.Reveal())
}
