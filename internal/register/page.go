package register

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
)

//go:embed page.html
var page string

//go:embed page.css
var style string

// Page serves the register for people to read. It is the same for everybody,
// says nobody's name but those of the sub-processors, and runs no script.
func Page(rows []*Row) (http.Handler, error) {
	shaped, err := template.New("page").Parse(page)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := shaped.Execute(&text, map[string]any{"Rows": rows, "Style": template.CSS(style)}); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(style))
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
	etag := sha256.Sum256(text.Bytes())
	tag := `"` + base64.RawURLEncoding.EncodeToString(etag[:9]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "public, max-age=300")
		w.Header().Set("ETag", tag)
		if strings.Contains(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(text.Bytes())
	}), nil
}
