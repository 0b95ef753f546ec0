package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"

	"github.com/barrehq/barre/internal/promise"
)

// trustCenter knows what was proven of this release and what is stated.
func (a *App) trustCenter() (*promise.Center, error) {
	center, err := promise.NewCenter(promise.Config{
		Proofs:     cmp.Or(a.Config.Proofs, filepath.Join(a.Config.DataDir, "proofs.json")),
		Statements: a.Config.Statements, Revision: revision(), Logger: a.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("BARRE_PROOFS or BARRE_STATEMENTS: %w", err)
	}
	return center, nil
}

// revision is that of the source that the program was built of; empty if that
// had changes that were in no revision, or nothing says so.
func revision() string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return ""
	}
	found := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			found = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			return ""
		}
	}
	return found
}

// ask asks the server what anybody may, by all the steps that a request takes.
func (a *App) ask(ctx context.Context) error {
	if _, err := askOnce(ctx, a.Handler, "", "{ __typename }"); err != nil {
		return fmt.Errorf("the server does not answer a question: %w", err)
	}
	return a.Store.Ping(ctx)
}
