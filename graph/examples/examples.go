// Package examples holds the operations that the playground offers, the README
// quotes and a test runs.
package examples

import "embed"

// Files are the operations, a folder for each subject.
//
//go:embed */*.graphql
var Files embed.FS
