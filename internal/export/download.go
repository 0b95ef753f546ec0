package export

import (
	"context"
	"mime"
	"net/http"
	"time"

	"github.com/barrehq/barre/ent"
	entexport "github.com/barrehq/barre/ent/export"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/typeid"
)

// downloadLimit bounds one request for a file; a Range resumes it.
const downloadLimit = 30 * time.Minute

// Download serves GET /exports/{id} to who may read the export: the file whole
// or, to a Range header, a part of it. All else answers like what never was.
func (d *Desk) Download(w http.ResponseWriter, r *http.Request) {
	prefix, id, err := typeid.Parse(r.PathValue("id"))
	if err != nil || prefix != "export" {
		http.NotFound(w, r)
		return
	}
	found, err := d.db.Client(r.Context()).Export.Get(r.Context(), id)
	if err != nil || found.Status != entexport.StatusREADY || !d.cfg.Now().Before(*found.ExpiresAt) {
		if err != nil && !ent.IsNotFound(err) {
			d.refused(r.Context(), err)
		}
		http.NotFound(w, r)
		return
	}
	file, err := d.files.Get(r.Context(), found.StorageKey)
	if err != nil {
		d.cfg.Logger.ErrorContext(r.Context(), "the file of an export is gone", "export", id, "error", err)
		http.NotFound(w, r)
		return
	}
	defer file.Close()
	_ = http.NewResponseController(w).SetWriteDeadline(d.cfg.Now().Add(downloadLimit))
	name := found.TypeID() + "." + extension(found)
	h := w.Header()
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Type", map[string]string{"jsonl": "application/jsonl", "zip": "application/zip"}[extension(found)])
	h.Set("ETag", `"`+found.Sha256+`"`)
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, name, *found.ReadyAt, file)
}

// refused keeps that somebody asked for an export who may read none.
func (d *Desk) refused(ctx context.Context, why error) {
	d.cfg.Logger.DebugContext(ctx, "an export was refused", "error", why)
	if code := fault.CodeOf(why); code == fault.Forbidden && d.cfg.Refused != nil {
		if err := d.cfg.Refused(ctx, "export.download", code); err != nil {
			d.cfg.Logger.ErrorContext(ctx, "a refusal could not be written down", "error", err)
		}
	}
}
