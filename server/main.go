// Command barre is the whole product: the server, its worker, and the commands
// that set a deployment up and look after it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once. What comes within a second of
	// the first is the same one: make and timeout pass on what their whole
	// group got.
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, stop) })
	err := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "barre:", err)
	}
	os.Exit(exitCode(err))
}

// misuse is an error of whoever started the program: the command line or the
// environment is wrong.
type misuse struct{ error }

// exitCode is 0 when all went well, 2 for a misuse and 1 for anything else.
func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.As(err, &misuse{}):
		return 2
	default:
		return 1
	}
}

// run carries out one command. It ends gracefully when ctx does.
func run(ctx context.Context, args []string, env func(string) (string, bool), out io.Writer) error {
	name, rest := "help", []string(nil)
	if len(args) > 0 {
		name, rest = args[0], args[1:]
	}
	for _, c := range commands() {
		if c.name == name || "--"+c.name == name {
			if len(rest) > 0 && !c.takes {
				return misuse{fmt.Errorf("%s takes no arguments; everything is set by the environment, see barre config", name)}
			}
			return c.do(ctx, call{env, out, rest})
		}
	}
	return misuse{fmt.Errorf("there is no command %q; barre help lists them", name)}
}
