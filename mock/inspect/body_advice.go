package inspect

import (
	"fmt"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file says what is wrong with a body as a whole, before anybody decodes it. Package laravel says
// what is wrong with its bytes.

// BodyCut returns the violation for a body that could not be read to its end.
func BodyCut() spec.Violation {
	return spec.Violation{
		Code: spec.BodyCut, Severity: spec.Error, In: spec.InBody,
		Message: "the body could not be read to its end", Fix: "let the client finish; check Content-Length or the chunked encoding",
	}
}

// BodyTooLarge returns the violation for a body of more than limit bytes. length is the announced
// one, or -1 if it is not known.
func BodyTooLarge(length, limit int64) spec.Violation {
	v := spec.Violation{
		Code: spec.BodyTooLarge, Severity: spec.Error, In: spec.InBody,
		Message:  "the body is too large",
		Expected: fmt.Sprintf("at most %d bytes", limit), Got: fmt.Sprintf("%d bytes", length),
		Fix: "send less; the server's --max-body raises the limit",
	}
	if length < 0 {
		v.Got = fmt.Sprintf("more than %d bytes", limit)
	}
	return v
}

// NoMemory returns the violation for a request that needs more memory than the requests in flight
// leave of the limit, in bytes.
func NoMemory(limit int64) spec.Violation {
	return spec.Violation{
		Code: spec.InFlight, Severity: spec.Error, In: spec.InBody,
		Message:  "the bodies and answers in flight have used up their memory",
		Expected: fmt.Sprintf("at most %d bytes in all", limit), Got: "more",
		Fix: "read answers to their end, send fewer or smaller requests at once, or raise --max-in-flight",
	}
}

// unexpectedBody returns the warning about a body of length bytes that the operation does not read.
// intended is the operation that it was most likely intended for, or nil.
func unexpectedBody(length int, intended *spec.Operation) spec.Violation {
	v := spec.Violation{
		Code: spec.BodyUnexpected, Severity: spec.Warning, In: spec.InBody,
		Message:  "the operation has no body, so this one is ignored",
		Expected: "no body", Got: fmt.Sprintf("%d bytes", length),
		Fix: "send the values in the path, «and leave CURLOPT_POSTFIELDS out|without a body»",
	}
	if intended != nil {
		v.Fix = didYouMean(intended)
	}
	return v
}
