package register

import (
	_ "embed"
	"net/http"

	"github.com/barrehq/barre/internal/page"
)

//go:embed page.html
var shape string

// Page serves the register for people to read. It is the same for everybody
// and says nobody's name but those of the sub-processors.
func Page(rows []*Row) (http.Handler, error) {
	p, err := page.New(shape)
	if err != nil {
		return nil, err
	}
	return p.Serve(func() any { return rows }), nil
}
