// Package page serves plain pages that people read: without script, the same
// for everybody, in one style.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"net/http"
	"strings"
)

//go:embed page.css
var style string

// Page is the shape of a page; data make it a text.
type Page struct {
	shape  *template.Template
	policy string
}

// New returns a page of an HTML template, in which {{.Style}} is the style and
// {{.Data}} what is shown.
func New(text string) (*Page, error) {
	shape, err := template.New("page").Parse(text)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(style))
	return &Page{shape, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"}, nil
}

// Write writes the page as it looks with data.
func (p *Page) Write(w io.Writer, data any) error {
	return p.shape.Execute(w, map[string]any{"Data": data, "Style": template.CSS(style)}) // #nosec G203 -- style is a constant of this program
}

// Serve answers with the page of what data returns at that time.
func (p *Page) Serve(data func() any) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var text bytes.Buffer
		if err := p.Write(&text, data()); err != nil {
			http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
			return
		}
		sum := sha256.Sum256(text.Bytes())
		tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:9]) + `"`
		w.Header().Set("Content-Security-Policy", p.policy)
		w.Header().Set("Cache-Control", "public, max-age=300")
		w.Header().Set("ETag", tag)
		if strings.Contains(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(text.Bytes())
	})
}
