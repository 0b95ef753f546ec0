package transport

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxNesting = 100 // objects and lists within one another
	maxDigits  = 64  // bytes of one number: more than any scalar can hold
)

// parseObject reads one JSON object more strictly than encoding/json: a key
// may stand once in an object, nothing may follow, text is UTF-8 without NUL
// or lone surrogates, nesting and digits are bounded. Numbers stay as written
// (json.Number).
func parseObject(text []byte) (map[string]any, refusal) {
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	switch {
	case len(trimmed) > 0 && trimmed[0] == '[':
		return nil, refuseBatch
	case len(trimmed) == 0 || trimmed[0] != '{':
		return nil, refuseJSON
	case !utf8.Valid(text) || !soundEscapes(text):
		return nil, refuseText
	case !json.Valid(text):
		return nil, refuseJSON
	}
	p := parser{json.NewDecoder(bytes.NewReader(text)), 0}
	p.UseNumber()
	v, why := p.value()
	object, _ := v.(map[string]any)
	return object, why
}

// parser walks text that json.Valid has passed.
type parser struct {
	*json.Decoder
	depth int
}

func (p *parser) value() (any, refusal) {
	token, err := p.Token()
	if err != nil {
		return nil, refuseJSON
	}
	switch t := token.(type) {
	case json.Delim:
		return p.nested(t)
	case json.Number:
		if len(t) > maxDigits {
			return nil, refuseNumber
		}
	}
	return token, accepted
}

func (p *parser) nested(open json.Delim) (v any, why refusal) {
	if p.depth++; p.depth > maxNesting {
		return nil, refuseDepth
	}
	defer func() { p.depth-- }()
	if open == '{' {
		v, why = p.object()
	} else {
		v, why = p.list()
	}
	if why != accepted {
		return nil, why
	}
	if _, err := p.Token(); err != nil { // the closing bracket
		return nil, refuseJSON
	}
	return v, accepted
}

func (p *parser) object() (any, refusal) {
	object := map[string]any{}
	for p.More() {
		token, err := p.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return nil, refuseJSON
		}
		if _, twice := object[key]; twice {
			return nil, refuseDuplicate
		}
		v, why := p.value()
		if why != accepted {
			return nil, why
		}
		object[key] = v
	}
	return object, accepted
}

func (p *parser) list() (any, refusal) {
	list := []any{}
	for p.More() {
		v, why := p.value()
		if why != accepted {
			return nil, why
		}
		list = append(list, v)
	}
	return list, accepted
}

// soundEscapes reports whether no \u escape of text stands for NUL or for half
// a surrogate pair, both of which encoding/json would let pass or replace.
func soundEscapes(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 {
			return true
		}
		text = text[i:]
		if len(text) < 2 || text[1] != 'u' {
			text = text[min(2, len(text)):]
			continue
		}
		r := escaped(text)
		text = text[min(6, len(text)):]
		switch {
		case r == 0:
			return false
		case utf16.IsSurrogate(r):
			if utf16.DecodeRune(r, escaped(text)) == utf8.RuneError {
				return false
			}
			text = text[6:]
		}
	}
}

// escaped returns the code unit of the \uXXXX at the start of text, or -1.
func escaped(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 32)
	if err != nil {
		return -1
	}
	return rune(n)
}

// soundText reports whether text that came without JSON is as sound as
// parseObject demands.
func soundText(text string) bool {
	return utf8.ValidString(text) && !strings.Contains(text, "\x00")
}
