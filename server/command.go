package main

import (
	"context"
	"errors"
	goflag "flag" // flag is a kind of variable in config.go
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/store"
)

// call is how a command was called.
type call struct {
	env  func(string) (string, bool)
	out  io.Writer
	args []string // after the command's name
}

// config reads the environment of a command that serves.
func (c call) config() (*Config, error) {
	conf, err := readConfig(c.env)
	if err != nil {
		return nil, misuse{err}
	}
	return conf, nil
}

type command struct {
	name, about string
	do          func(context.Context, call) error
	takes       bool // arguments
}

func commands() []command {
	return []command{
		{"serve", "answer requests, and deliver events unless BARRE_WORKER=false", runServe, false},
		{"worker", "deliver events only", runWorker, false},
		{"demo", "start everything on this machine with two demo studios", runDemo, false},
		{"migrate", "bring the database of OWNER_DATABASE_URL up to date", runMigrate, false},
		{"listen", "post a studio's events to a port of this machine: --forward-to http://127.0.0.1:3000 [--types a,b]", runListen, true},
		{"feed", "new-epoch: after a restore, tell tools that follow a feed to begin with a full copy", runFeed, true},
		{"backup", "take a backup now: [--schedule] each day until stopped, [--list], [--fetch NAME] to standard output, [--remove NAME] once its lock is over", runBackup, true},
		{"restore", "bring a private database back, or with --tenant one studio: [--backup NAME] [--to 2026-11-22T09:30:00Z] [--tenant SLUG] [--into FOLDER]", runRestore, true},
		{"drill", "bring the newest backup back beside the database, compare both, and say what was lost and how long it took", runDrill, false},
		{"archive-wal", "copy a segment of the write-ahead log into the backups: archive_command = 'barre archive-wal %p'", runArchive, true},
		{"export", "write an archive of everything that one studio owns: --tenant SLUG --out FILE", runExport, true},
		{"import", "make the studio of an archive, which must not be here or be empty: --from FILE", runImport, true},
		{"staff", "accounts of the operator's staff: add EMAIL NAME, or revoke EMAIL", runStaff, true},
		{"audit", "verify FILE [--key KEY]: prove an exported audit log offline; key: print the key that signs", runAudit, true},
		{"breach", "open, list, assess, notify or close a breach: who is concerned, and telling them", runBreach, true},
		{"announce", "tell studios what is new: --slug NAME --title TEXT [--body TEXT] [--link URL] [--studio SLUG]", runAnnounce, true},
		{"feature", "list what is in beta, or let a studio in: list | grant STUDIO FEATURE | withdraw STUDIO FEATURE", runFeature, true},
		{"register-app", "register a third party's app that studios can install: --name … --publisher … --privacy … --redirect … --scopes …", runRegister, true},
		{"doctor", "check a deployment and say in words what is wrong", runDoctor, false},
		{"wrap", "print BARRE_SEALING_KEYS, or a new keyset, wrapped by the key of BARRE_KEY_URL", runWrap, false},
		{"config", "print every variable of the environment as a table", runConfig, false},
		{"version", "print the version, or with --sbom what the program is made of, as CycloneDX", runVersion, true},
		{"help", "print this", runHelp, false},
	}
}

// runServe answers requests until ctx ends.
func runServe(ctx context.Context, c call) error {
	conf, err := c.config()
	if err != nil {
		return err
	}
	return withDatabase(ctx, conf, func() error {
		app, err := newApp(ctx, conf, nil)
		if err != nil {
			return err
		}
		on, err := listen(conf)
		if err != nil {
			return errors.Join(misuse{err}, app.Close())
		}
		for _, remark := range conf.remarks() {
			app.Log.Warn(remark)
		}
		app.Log.Info("serving", "address", on.public.Addr().String(), "metrics", on.metrics.Addr().String())
		return errors.Join(serve(ctx, app, on), app.Close())
	})
}

// runWorker delivers events until ctx ends, and answers nothing but metrics,
// /healthz and /readyz.
func runWorker(ctx context.Context, c call) error {
	conf, err := c.config()
	if err != nil {
		return err
	}
	conf.WorkerInServer, conf.Playground = true, false
	return withDatabase(ctx, conf, func() error {
		app, err := newApp(ctx, conf, nil)
		if err != nil {
			return err
		}
		app.Handler, app.prober = app.secure(app.health()), nil
		on, err := listen(conf)
		if err != nil {
			return errors.Join(misuse{err}, app.Close())
		}
		app.Log.Info("working", "health", on.public.Addr().String(), "metrics", on.metrics.Addr().String())
		return errors.Join(serve(ctx, app, on), app.Close())
	})
}

// runMigrate needs the owner's address alone, so that no server has to know it.
func runMigrate(ctx context.Context, c call) error {
	conf, err := parseConfig(c.env)
	if err == nil && conf.OwnerURL == "" {
		err = errors.New("OWNER_DATABASE_URL: it must be set to migrate; only the role barre_owner may change tables")
	}
	if err != nil {
		return misuse{err}
	}
	applied, err := store.Migrate(ctx, conf.OwnerURL.Reveal())
	if err != nil {
		return err
	}
	if err := job.Migrate(ctx, conf.OwnerURL.Reveal()); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "The database is up to date; %d migrations were applied.\n", applied)
	return nil
}

// runConfig prints the table that the README shows.
func runConfig(_ context.Context, c call) error {
	_, err := io.WriteString(c.out, configTable())
	return err
}

// configTable is the whole configuration as a Markdown table.
func configTable() string {
	var b strings.Builder
	b.WriteString("| Variable | Default | Meaning |\n|---|---|---|\n")
	for _, v := range variables {
		standard := ""
		if v.standard != "" {
			standard = "`" + v.standard + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.name, standard, v.about)
	}
	return b.String()
}

func runVersion(_ context.Context, c call) error {
	var bill bool
	if err := c.flags("version", func(f *goflag.FlagSet) { f.BoolVar(&bill, "sbom", false, "") }); err != nil {
		return err
	}
	if !bill {
		_, err := fmt.Fprintln(c.out, version())
		return err
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("version: the program was built without modules, so that nobody knows what it is made of")
	}
	return cdx.NewBOMEncoder(c.out, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(sbom(info), cdx.SpecVersion1_6)
}

// version is what the Go toolchain stamped into the binary.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "barre, built without version"
	}
	text, revision := "barre "+info.Main.Version, ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && !strings.Contains(text, s.Value[:min(12, len(s.Value))]) {
			revision = " (" + s.Value + ")"
		}
	}
	return text + revision + ", " + info.GoVersion
}

func runHelp(_ context.Context, c call) error {
	fmt.Fprint(c.out, "Barre is a headless platform for studios: one GraphQL endpoint over Postgres.\n\nUsage: barre COMMAND\n\n")
	table := tabwriter.NewWriter(c.out, 0, 0, 3, ' ', 0)
	for _, cmd := range commands() {
		fmt.Fprintf(table, "  %s\t%s\n", cmd.name, cmd.about)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprint(c.out, "\nEverything is set by the environment. Ctrl-C stops gracefully, a second one at once.\n")
	return err
}
