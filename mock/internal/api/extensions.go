package api

import (
	"fmt"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// off is the setting of an extension that is not installed.
const off = "off"

// offWarning returns a warning about a field that belongs to an extension which is off. name is the
// extension's name, and effect says what happens to the field.
func offWarning(field, name, setting, effect string) spec.Violation {
	return spec.Violation{
		Code: spec.DataExtension, Severity: spec.Warning, In: spec.InBody, At: spec.Pointer(field),
		Message:  fmt.Sprintf("the extension %s is off, so %s", name, effect),
		Expected: "no such field while the extension is off", Got: spec.Quote(field),
		Fix: fmt.Sprintf("check the help desk's answers before offering the field; the setting %s turns the extension on", spec.Quote(setting)),
	}
}
