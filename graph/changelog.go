package graph

import (
	_ "embed"
	"strings"

	"github.com/barrehq/barre/graph/model"
)

//go:embed CHANGELOG.md
var changelog string

// changes reads the changelog: an item of a list is a change, under the
// headings of its version and its kind.
func changes(text string) (list []*model.APIChange) {
	var version, kind string
	var last *model.APIChange
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "## "):
			version, last = strings.Trim(line[3:], "[] "), nil
		case strings.HasPrefix(line, "### "):
			kind, last = line[4:], nil
		case strings.HasPrefix(line, "- ") && version != "":
			last = &model.APIChange{Version: version, Kind: kind, Text: line[2:]}
			list = append(list, last)
		case strings.HasPrefix(line, "  ") && last != nil:
			last.Text += " " + strings.TrimSpace(line)
		default:
			last = nil
		}
	}
	return list
}
