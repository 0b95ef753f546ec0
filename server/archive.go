package main

import (
	"context"
	"errors"
	goflag "flag" // flag is a kind of variable in config.go
	"fmt"
	"os"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/internal/export"
	"github.com/barrehq/barre/internal/viewer"
)

// runExport writes the archive of one studio to a file.
func runExport(ctx context.Context, c call) error {
	var tenant, out string
	err := c.flags("export", func(f *goflag.FlagSet) {
		f.StringVar(&tenant, "tenant", "", "")
		f.StringVar(&out, "out", "", "")
	})
	if err == nil && (tenant == "" || out == "") {
		err = misuse{errors.New("export: name the studio with --tenant and the file with --out")}
	}
	if err != nil {
		return err
	}
	return c.withApp(ctx, func(app *App) error {
		id, err := app.tenant(ctx, tenant)
		if err != nil {
			return err
		}
		file, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		m, err := app.exports.WriteStudio(viewer.ForTenant(ctx, id, "export an archive"), file)
		if err = errors.Join(err, file.Close()); err != nil {
			return errors.Join(err, os.Remove(out))
		}
		fmt.Fprintf(c.out, "%s: %d files in %s, as of %s\n", m.Slug, len(m.Files), out, m.At.Format("2006-01-02T15:04:05Z"))
		return nil
	})
}

// runImport makes the studio of an archive.
func runImport(ctx context.Context, c call) error {
	var from string
	err := c.flags("import", func(f *goflag.FlagSet) { f.StringVar(&from, "from", "", "") })
	if err == nil && from == "" {
		err = misuse{errors.New("import: name the archive with --from")}
	}
	if err != nil {
		return err
	}
	file, err := os.Open(from)
	if err != nil {
		return misuse{err}
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return c.withApp(ctx, func(app *App) error {
		done, err := export.Import(ctx, app.Store, app.Config.Environment, file, info.Size())
		if err == nil {
			fmt.Fprintf(c.out, "%s: %d records were imported.\n", done.Slug, done.Rows)
		}
		return err
	})
}

// withApp runs do with the whole program, which serves nothing meanwhile.
func (c call) withApp(ctx context.Context, do func(*App) error) error {
	conf, err := c.config()
	if err != nil {
		return err
	}
	conf.WorkerInServer, conf.Playground = false, false
	return withDatabase(ctx, conf, func() error {
		app, err := newApp(ctx, conf, nil)
		if err != nil {
			return err
		}
		return errors.Join(do(app), app.Close())
	})
}

// tenant finds a studio by its short name.
func (a *App) tenant(ctx context.Context, slug string) (id uuid.UUID, err error) {
	conn, err := pgx.Connect(ctx, a.Config.SystemURL.Reveal())
	if err != nil {
		return id, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = conn.QueryRow(ctx, `SELECT id FROM tenants WHERE slug = $1`, slug).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("there is no studio %q", slug)
	}
	return id, err
}
