package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func text(t *testing.T, path ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func isVariable(name string) bool {
	return slices.ContainsFunc(variables, func(v variable) bool { return v.name == name })
}

func isCommand(name string) bool {
	return slices.ContainsFunc(commands(), func(c command) bool { return c.name == name })
}

// What a platform is told to run is something that the program knows.
func TestProcfile(t *testing.T) {
	want := map[string]string{"release": "migrate", "web": "serve", "worker": "worker"}
	for line := range strings.Lines(text(t, "..", "Procfile")) {
		kind, words, _ := strings.Cut(strings.TrimSpace(line), ": ")
		parts := strings.Fields(words)
		for len(parts) > 0 && strings.Contains(parts[0], "=") {
			if name, _, _ := strings.Cut(parts[0], "="); !isVariable(name) {
				t.Errorf("%s: there is no variable %s", kind, name)
			}
			parts = parts[1:]
		}
		// Heroku names a program after its folder.
		if len(parts) != 2 || parts[0] != "bin/server" || parts[1] != want[kind] || !isCommand(parts[1]) {
			t.Errorf("%s runs %q; want bin/server %s", kind, parts, want[kind])
		}
		delete(want, kind)
	}
	if len(want) > 0 {
		t.Errorf("nobody runs %v", want)
	}
	if !strings.Contains(text(t, "..", "go.mod"), "\n// +heroku install ./server\n") {
		t.Error("go.mod does not tell Heroku what to build")
	}
}

// A deployment that sets what app.json says is one that starts.
func TestAppJSON(t *testing.T) {
	var app struct {
		Addons    []string
		Formation map[string]any
		Env       map[string]struct {
			Description, Value, Generator string
			Required                      bool
		}
	}
	if err := json.Unmarshal([]byte(text(t, "..", "app.json")), &app); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"DATABASE_URL": "postgres://barre_app:a@db.example/barre"} // the addon's
	for name, value := range app.Env {
		switch {
		case !isVariable(name):
			t.Errorf("there is no variable %s", name)
		case value.Description == "":
			t.Errorf("%s has no description", name)
		}
		env[name] = value.Value
		if name == "BARRE_STORAGE_URL" {
			env[name] = "s3://studio-files?region=us-east-1"
			continue
		}
		if strings.HasSuffix(name, "DATABASE_URL") {
			env[name] = "postgres://barre_other:a@db.example/barre"
		} else if value.Generator == "secret" || value.Required {
			env[name] = "0123456789abcdef0123456789abcdef"
		}
	}
	if _, err := reading(env); err != nil {
		t.Errorf("a server with what app.json sets: %v", err)
	}
	if len(app.Addons) != 2 || len(app.Formation) != 2 {
		t.Errorf("addons %v, formation %v", app.Addons, app.Formation)
	}
}

// The containers get variables and commands that exist, and the roles of the README.
func TestContainers(t *testing.T) {
	compose, image := text(t, "container", "compose.yaml"), text(t, "container", "Dockerfile")
	names := regexp.MustCompile(`\b(?:BARRE_[A-Z_]+|(?:[A-Z]+_)?DATABASE_URL|REDIS_URL)\b`)
	found := names.FindAllString(compose+image, -1)
	for _, name := range found {
		if !isVariable(name) {
			t.Errorf("there is no variable %s", name)
		}
	}
	run := regexp.MustCompile(`(?:command: |CMD )\["([a-z]+)"\]`).FindAllStringSubmatch(compose+image, -1)
	for _, command := range run {
		if !isCommand(command[1]) {
			t.Errorf("there is no command %s", command[1])
		}
	}
	if len(found) < 8 || len(run) != 4 {
		t.Errorf("found %v and %v; nothing was proved", found, run)
	}
	roles := text(t, "container", "roles.sql")
	_, sql, _ := strings.Cut(text(t, "..", "README.md"), "```sql\n")
	sql, _, _ = strings.Cut(sql, "```")
	password := regexp.MustCompile(`PASSWORD '[^']*'`)
	if want := password.ReplaceAllString(sql, ""); !strings.HasSuffix(password.ReplaceAllString(roles, ""), want) || want == "" {
		t.Errorf("roles.sql is not what the README says:\n%s", roles)
	}
}
