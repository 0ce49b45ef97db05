package laravel

import (
	"fmt"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file says what is wrong with a form, also in multipart.

// aboutField returns an error about the field at path, for the caller to complete. The message is a
// format with %s for the name of the field as it was sent.
func aboutField(code spec.Code, path []string, name, format string) spec.Violation {
	return spec.Violation{
		Code: code, Severity: spec.Error, In: spec.InBody, At: spec.Pointer(path...),
		Message: strings.Replace(format, "%s", spec.QuoteName(name), 1),
	}
}

// duplicateField returns the violation for a field that was sent twice. It is an error, because one of
// the two would be lost.
func duplicateField(path []string, name string) spec.Violation {
	v := aboutField(spec.BodyDuplicate, path, name, "duplicate field %s; PHP keeps the last")
	v.Expected, v.Got, v.Rule = "every field once", "the field again", "distinct"
	v.Fix = "send the field once; to send an array, end its name in []"
	return v
}

// fieldNotUTF8 returns the violation for a field whose name or value is not UTF-8.
func fieldNotUTF8(path []string, name string) spec.Violation {
	v := aboutField(spec.BodyUTF8, path, name, "the field %s is not UTF-8")
	v.Expected, v.Got, v.Rule = "UTF-8", "bytes that are not UTF-8", "string"
	v.Fix = "convert it before encoding«: iconv('Windows-1252', 'UTF-8', $text)|; it is most likely Windows-1252»"
	return v
}

// fieldTooDeep returns the violation for a field whose name has more pairs of brackets than the limit.
func fieldTooDeep(path []string, name string, limit int) spec.Violation {
	v := aboutField(spec.BodyDepth, path, name, "the field %s is nested too deeply; PHP drops it")
	v.Expected, v.Fix = fmt.Sprintf("at most %d pairs of brackets", limit), "send the fields without nesting"
	return v
}

// fileField returns the warning about a part of a multipart body that is a file.
func fileField(path []string, name string) spec.Violation {
	v := aboutField(spec.BodyFile, path, name, "%s is a file, which is not a field")
	v.Severity, v.Expected, v.Got = spec.Warning, "fields without a file name", "a file"
	v.Fix = "send it as a string«: in PHP, in place of the CURLFile»"
	return v
}

// oddMultipart is a warning: PHP reads the fields, so the request works, but no published client
// sends them this way, and nested fields do not arrive.
var oddMultipart = spec.Violation{
	Code:     spec.HeaderMultipart,
	Severity: spec.Warning,
	In:       spec.InHeader,
	At:       "Content-Type",
	Message:  "the body is multipart«, which curl sends for an array in CURLOPT_POSTFIELDS; a nested array arrives as the string \"Array\"|: PHP reads it, but no published client sends it»",
	Expected: asJSON.mediaType + " or " + asForm.mediaType,
	Got:      asMultipart.mediaType,
	Fix:      asForm.encode + ", or «with json_encode($fields) and|as JSON with» Content-Type: application/json",
}

// noBoundary returns the violation for a multipart Content-Type without a boundary.
func noBoundary(contentType string) spec.Violation {
	return spec.Violation{
		Code:     spec.BodyMultipart,
		Severity: spec.Error,
		In:       spec.InHeader,
		At:       "Content-Type",
		Message:  "the Content-Type has no boundary",
		Expected: "multipart/form-data; boundary=...",
		Got:      spec.Quote(contentType),
		Fix:      asMultipart.header,
	}
}

// brokenPart returns the violation for the part with this number, from 1, that cannot be read.
func brokenPart(n int) spec.Violation {
	return spec.Violation{
		Code:     spec.BodyMultipart,
		Severity: spec.Error,
		In:       spec.InBody,
		Message:  fmt.Sprintf("part %d of the body cannot be read: its header is malformed, or it is not between the boundaries that the Content-Type names", n),
		Expected: `parts that begin with Content-Disposition: form-data; name="...", and a last boundary that ends in --`,
		Fix:      "send the whole body; let «curl make it and its Content-Type from an array|the HTTP client write it and its Content-Type»",
	}
}
