// Package secret holds values that must never be printed.
package secret

import "log/slog"

const hidden = "[hidden]"

// String is text that no formatter, logger or encoder reveals. Reveal is the
// only way to the value, so that its uses can be found.
type String string

// Reveal returns the value itself.
func (s String) Reveal() string { return string(s) }

func (s String) String() string               { return hidden }
func (s String) GoString() string             { return hidden }
func (s String) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (s String) MarshalText() ([]byte, error) { return []byte(hidden), nil }
