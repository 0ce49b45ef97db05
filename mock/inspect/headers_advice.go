package inspect

import (
	"fmt"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file says what is wrong with headers other than those with credentials.

// NotJSON returns the warning about a request that does not ask for JSON. accept are the values of
// its Accept header. page says what Laravel answers instead of JSON; "" if this answer does not
// depend on Accept. sent means that the client got that page.
func NotJSON(accept []string, page string, sent bool) spec.Violation {
	v := spec.Violation{
		Code: spec.HeaderAccept, Severity: spec.Warning, In: spec.InHeader, At: "Accept",
		Message:  "the request does not ask for JSON: this answer does not depend on it, but Laravel answers other errors with redirects and HTML pages; reported once per world",
		Expected: "application/json as the first entry", Got: "no Accept header",
		Fix: "add «'Accept: application/json' to the array for CURLOPT_HTTPHEADER|the header Accept: application/json»",
	}
	switch {
	case page != "" && sent:
		v.Message = "the request does not ask for JSON, so the answer is " + page
	case page != "":
		v.Message = "the request does not ask for JSON: Laravel would answer with " + page + "; --accept strict does the same"
	}
	if accept != nil {
		v.Got = spec.Quote(strings.Join(accept, ", "))
	}
	return v
}

// UnknownHost returns the violation for a Host header that may be a web page's name for this
// machine.
func UnknownHost(host string) spec.Violation {
	return spec.Violation{
		Code: spec.HeaderHost, Severity: spec.Error, In: spec.InHeader, At: "Host",
		Message:  "the mock does not know this host name",
		Expected: "localhost, an IP address, or a name that the mock was started with", Got: spec.Quote(host),
		Fix: "start the mock with --host-name and this name, or with --any-host; or use the address that it printed",
	}
}

// UnknownFault returns the warning about a Prefer header that asks for a fault that cannot be applied.
// why says why it cannot.
func UnknownFault(prefer []string, why error) spec.Violation {
	return spec.Violation{
		Code: spec.HeaderPrefer, Severity: spec.Warning, In: spec.InHeader, At: "Prefer",
		Message:  "the fault cannot be applied: " + why.Error(),
		Expected: "code=400 to 599, a fault or a delay", Got: spec.Quote(strings.Join(prefer, ", ")),
		Fix: "run ticaga-mock faults to list the faults",
	}
}

// duplicateHeader returns the warning about a header that was sent more than once. The values of
// Authorization are secrets.
func duplicateHeader(name string, values []string) spec.Violation {
	v := spec.Violation{
		Code: spec.HeaderTwice, Severity: spec.Warning, In: spec.InHeader, At: name,
		Message:  "duplicate header; the mock uses the first one, another server may use the last",
		Expected: "the header once", Got: fmt.Sprintf("%d headers", len(values)),
		Fix: "send it once: remove the duplicate from the headers«, or the curl option that sets it too, such as CURLOPT_USERPWD»",
	}
	if name == "Content-Type" {
		v.Got += ", " + spec.Quote(strings.Join(values, ", "))
		v.Fix = "send it once: remove the duplicate from the headers"
	}
	return v
}
