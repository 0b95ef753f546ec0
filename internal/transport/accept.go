package transport

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

const (
	mediaJSON    = "application/json"
	mediaGraphQL = "application/graphql-response+json"
	mediaStream  = "text/event-stream"
)

// preference is how much a client wants one media type, and whether it named
// the type itself rather than a wildcard.
type preference struct {
	quality float64
	named   bool
}

// wishes is an Accept header, read once per request; nil accepts everything.
type wishes []wish

type wish struct {
	kind    string
	quality float64
}

func wishesOf(header http.Header) wishes {
	ranges := strings.Join(header.Values("Accept"), ",")
	if strings.TrimSpace(ranges) == "" {
		return nil
	}
	list := wishes{}
	for r := range strings.SplitSeq(ranges, ",") {
		if kind, quality, ok := parseRange(r); ok {
			list = append(list, wish{kind, quality})
		}
	}
	return list
}

// preferenceFor weighs media; as HTTP says, the most precise range that
// matches decides.
func (list wishes) preferenceFor(media string) preference {
	if list == nil {
		return preference{quality: 1}
	}
	major, _, _ := strings.Cut(media, "/")
	found, precision := preference{}, 0
	for _, w := range list {
		if p := precisionOf(w.kind, media, major); p > precision {
			found, precision = preference{w.quality, p == 3}, p
		}
	}
	return found
}

// precisionOf is 3 for the type itself, 2 for its family, 1 for everything,
// 0 for another type.
func precisionOf(kind, media, major string) int {
	switch kind {
	case media:
		return 3
	case major + "/*":
		return 2
	case "*/*":
		return 1
	}
	return 0
}

func parseRange(text string) (kind string, quality float64, ok bool) {
	if !strings.Contains(text, ";") { // nearly every range; saves the parser's map
		return strings.ToLower(strings.TrimSpace(text)), 1, true
	}
	kind, params, err := mime.ParseMediaType(text)
	if err != nil {
		return "", 0, false
	}
	if c, set := params["charset"]; set && !strings.EqualFold(c, "utf-8") {
		return "", 0, false
	}
	q, set := params["q"]
	if !set {
		return kind, 1, true
	}
	quality, err = strconv.ParseFloat(q, 64)
	return kind, quality, err == nil && quality >= 0 && quality <= 1
}

// negotiate picks the media type of the answer, "" when the client accepts
// none of ours. application/json is the answer to no preference, for every
// client older than the specification; application/graphql-response+json wins
// when it is named and wanted no less.
func (list wishes) negotiate() string {
	modern, legacy := list.preferenceFor(mediaGraphQL), list.preferenceFor(mediaJSON)
	switch {
	case modern.quality == 0 && legacy.quality == 0:
		return ""
	case modern.quality > legacy.quality, modern.named && modern.quality == legacy.quality:
		return mediaGraphQL
	}
	return mediaJSON
}

// acceptsStream reports whether the client named text/event-stream itself; a
// wildcard is no wish for a stream.
func acceptsStream(header http.Header) bool {
	p := wishesOf(header).preferenceFor(mediaStream)
	return p.named && p.quality > 0
}

// prefersJSON reports whether JSON is wanted no less than a stream.
func (list wishes) prefersJSON() bool {
	stream := list.preferenceFor(mediaStream).quality
	return max(list.preferenceFor(mediaGraphQL).quality, list.preferenceFor(mediaJSON).quality) >= stream
}
