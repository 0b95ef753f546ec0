package provider

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/url"
	"regexp"
	"strings"
)

// leaf is one value on its way out, with the path that a Field declares.
type leaf struct{ path, value string }

// flatten lists every value of a body. A body of a type that it does not know
// is an error: what cannot be read cannot be judged.
func flatten(contentType string, body []byte) ([]leaf, error) {
	if len(body) == 0 {
		return nil, nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, errors.New("unreadable content type")
	}
	switch media {
	case "application/json":
		return flattenJSON(body)
	case "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, errors.New("unreadable form")
		}
		return flattenForm(values), nil
	}
	return nil, errors.New("undeclared content type")
}

// flattenForm reads names in brackets as paths: address[line1] is
// address.line1, and items[0][price] is items[].price.
func flattenForm(values url.Values) []leaf {
	var leaves []leaf
	for name, list := range values {
		for _, value := range list {
			leaves = append(leaves, leaf{formPath(name), value})
		}
	}
	return leaves
}

func formPath(name string) string {
	var path strings.Builder
	for i, part := range strings.Split(name, "[") {
		if part = strings.TrimSuffix(part, "]"); i == 0 {
			path.WriteString(plain(part))
		} else if strings.Trim(part, "0123456789") == "" {
			path.WriteString("[]")
		} else {
			path.WriteString("." + plain(part))
		}
	}
	return path.String()
}

// plain keeps a name that holds a separator from passing for a path.
func plain(name string) string {
	return strings.NewReplacer(".", "\\.", "[", "\\[").Replace(name)
}

// flattenJSON walks the tokens rather than a decoded value, so that a name
// that appears twice is seen twice. An empty object or list is a leaf as well.
func flattenJSON(body []byte) ([]leaf, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	w := walker{decoder: decoder}
	if err := w.value("", 0); err != nil {
		return nil, errors.New("unreadable JSON")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("unreadable JSON")
	}
	return w.leaves, nil
}

type walker struct {
	decoder *json.Decoder
	leaves  []leaf
}

const maxDepth = 16

func (w *walker) value(path string, depth int) error {
	token, err := w.decoder.Token()
	if err != nil || depth > maxDepth {
		return errors.Join(err, errors.New("too deep or malformed"))
	}
	delim, ok := token.(json.Delim)
	if !ok {
		text, _ := json.Marshal(token)
		w.leaves = append(w.leaves, leaf{path, string(text)})
		return nil
	}
	if !w.decoder.More() {
		w.leaves = append(w.leaves, leaf{path: path})
	}
	for w.decoder.More() {
		inner := path + "[]"
		if delim == '{' {
			name, err := w.decoder.Token()
			if err != nil {
				return err
			}
			inner = strings.TrimPrefix(path+"."+plain(name.(string)), ".")
		}
		if err := w.value(inner, depth+1); err != nil {
			return err
		}
	}
	_, err = w.decoder.Token()
	return err
}

// cardNumber finds what is written like the number of a payment card: 13 to 19
// digits in a row, or in the groups that are printed on one. Dates and
// telephone numbers beside each other are not.
var cardNumber = regexp.MustCompile(`\b(?:[2-6]\d{12,18}|[2-6]\d{3}(?:[ -]\d{4}){3}|3\d{3}[ -]\d{6}[ -]\d{5})\b`)

func holdsCardNumber(value string) bool {
	for _, match := range cardNumber.FindAllString(value, -1) {
		if luhn(match) {
			return true
		}
	}
	return false
}

// luhn is the check digit of ISO/IEC 7812-1.
func luhn(text string) bool {
	sum, double := 0, false
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] < '0' || text[i] > '9' {
			continue
		}
		digit := int(text[i] - '0')
		if double {
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum, double = sum+digit, !double
	}
	return sum%10 == 0
}
