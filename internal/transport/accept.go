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

// preferenceFor weighs media against the Accept header; as HTTP says, the most
// precise range that matches decides, and no header accepts everything.
func preferenceFor(header http.Header, media string) preference {
	ranges := strings.Join(header.Values("Accept"), ",")
	if strings.TrimSpace(ranges) == "" {
		return preference{quality: 1}
	}
	major, _, _ := strings.Cut(media, "/")
	found, precision := preference{}, 0
	for r := range strings.SplitSeq(ranges, ",") {
		kind, quality, ok := parseRange(r)
		if !ok {
			continue
		}
		if p := precisionOf(kind, media, major); p > precision {
			found, precision = preference{quality, p == 3}, p
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
func negotiate(header http.Header) string {
	modern, legacy := preferenceFor(header, mediaGraphQL), preferenceFor(header, mediaJSON)
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
	p := preferenceFor(header, mediaStream)
	return p.named && p.quality > 0
}
