package export

import (
	"archive/zip"
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"

	"github.com/barrehq/barre/ent"
	entexport "github.com/barrehq/barre/ent/export"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/encode"
)

// form is how a file is written.
type form interface {
	begin(*catalog.Entity) error
	record(ent.Row) error
	close() error
}

func newForm(format entexport.Format, to io.Writer) form {
	if format == entexport.FormatCSV {
		return &table{archive: zip.NewWriter(to)}
	}
	return &lines{to: bufio.NewWriterSize(to, 64<<10)}
}

func extension(e *ent.Export) string {
	if e.Format == entexport.FormatCSV || e.Kind != entexport.KindRECORDS {
		return "zip"
	}
	return "jsonl"
}

// lines is one record a line, in the form of the feed's changes.
type lines struct {
	to     *bufio.Writer
	entity *catalog.Entity
	line   []byte
}

func (l *lines) begin(entity *catalog.Entity) error { l.entity = entity; return nil }

func (l *lines) record(row ent.Row) error {
	version, _ := row.Column(rule.VersionColumn).(int)
	l.line = append(l.line[:0], `{"entityType":`...)
	l.line = encode.String(l.line, l.entity.Name)
	l.line = append(l.line, `,"entityId":`...)
	l.line = encode.String(l.line, row.TypeID())
	l.line = append(l.line, `,"entityVersion":`...)
	l.line = strconv.AppendInt(l.line, int64(version), 10)
	l.line = append(l.line, `,"data":`...)
	l.line = encode.Record(l.line, l.entity, row, false)
	l.line = append(l.line, '}', '\n')
	_, err := l.to.Write(l.line)
	return err
}

func (l *lines) close() error { return l.to.Flush() }

// table is an archive with one file for each type.
type table struct {
	archive *zip.Writer
	entity  *catalog.Entity
	rows    *csv.Writer
}

func (t *table) begin(entity *catalog.Entity) error {
	if err := t.flush(); err != nil {
		return err
	}
	file, err := t.archive.Create(entity.Name + ".csv")
	if err != nil {
		return err
	}
	t.entity, t.rows = entity, csv.NewWriter(file)
	var names []string
	for _, f := range shown(entity) {
		names = append(names, f.Name)
	}
	return t.rows.Write(names)
}

func (t *table) record(row ent.Row) error {
	var cells []string
	for _, f := range shown(t.entity) {
		cells = append(cells, cell(encode.Value(nil, f, row.Column(f.Column))))
	}
	return t.rows.Write(cells)
}

func (t *table) flush() error {
	if t.rows == nil {
		return nil
	}
	t.rows.Flush()
	return t.rows.Error()
}

func (t *table) close() error {
	if err := t.flush(); err != nil {
		return err
	}
	return t.archive.Close()
}

// shown are the fields that a record has in the feed.
func shown(entity *catalog.Entity) []*catalog.Field {
	var fields []*catalog.Field
	for i := range entity.Fields {
		if f := &entity.Fields[i]; encode.Told(f, false) {
			fields = append(fields, f)
		}
	}
	return fields
}

// cell is a value without the quotes of JSON; null is empty.
func cell(value []byte) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}
