// Package examples holds the operations that the playground offers, the README
// quotes and a test runs.
//
// Variables stand in a file of the same name that ends in .json. Ids differ
// from studio to studio, so a value may say where it is found: "{{ query }}"
// stands for the first value that the query answers, asked by the same caller.
package examples

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
)

// Files are the operations, a folder for each subject.
//
//go:embed */*.graphql */*.json
var Files embed.FS

// Ask answers a query with its data.
type Ask func(query string) (data []byte, err error)

// Fill returns variables with the values that their queries find. A query that
// finds nothing is an error.
func Fill(variables []byte, ask Ask) ([]byte, error) {
	if !bytes.Contains(variables, []byte(`"{{`)) {
		return variables, nil
	}
	var filled bytes.Buffer
	for rest := variables; ; {
		before, from, found := bytes.Cut(rest, []byte(`"{{`))
		filled.Write(before)
		if !found {
			return filled.Bytes(), nil
		}
		query, after, closed := bytes.Cut(from, []byte(`}}"`))
		if !closed {
			return nil, fmt.Errorf("examples: a query is not closed in %s", variables)
		}
		value, err := find(query, ask)
		if err != nil {
			return nil, err
		}
		filled.Write(value)
		rest = after
	}
}

// find asks a query, which stands in JSON, for its first value.
func find(quoted []byte, ask Ask) ([]byte, error) {
	var query string
	if err := json.Unmarshal([]byte(`"`+string(quoted)+`"`), &query); err != nil {
		return nil, fmt.Errorf("examples: %q: %w", quoted, err)
	}
	data, err := ask("{" + query + "}")
	if err != nil {
		return nil, fmt.Errorf("examples: %s: %w", query, err)
	}
	value := first(data)
	if value == nil {
		return nil, fmt.Errorf("examples: %s: nothing was found", strings.TrimSpace(query))
	}
	return value, nil
}

// first goes down to the only value of an answer, through the first item of
// each list; nil where there is none.
func first(data []byte) []byte {
	var object map[string]json.RawMessage
	var list []json.RawMessage
	switch {
	case json.Unmarshal(data, &object) == nil && len(object) == 1:
		for _, value := range object {
			return first(value)
		}
	case json.Unmarshal(data, &list) == nil && len(list) > 0:
		return first(list[0])
	case object != nil || list != nil || string(data) == "null":
		return nil
	}
	return data
}
