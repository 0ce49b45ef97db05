package spec

// Code names a kind of violation, e.g. "TM-BODY-REQUIRED". It is stable, and each has a page
// in mock/internal/explain. A constant is named like its code, so TM-BODY-REQUIRED is
// BodyRequired.
type Code string

// Credentials.
const (
	AuthConflict   Code = "TM-AUTH-CONFLICT"    // a second header names another user or token
	AuthEmail      Code = "TM-AUTH-EMAIL"       // the e-mail address does not belong to the token
	AuthEmailTwice Code = "TM-AUTH-EMAIL-TWICE" // the password is the e-mail address
	AuthForm       Code = "TM-AUTH-FORM"        // Authorization cannot be parsed
	AuthHeader     Code = "TM-AUTH-HEADER"      // the credentials come in X-Admin-Email and X-API-Token
	AuthMissing    Code = "TM-AUTH-MISSING"     // no credentials
	AuthRights     Code = "TM-AUTH-RIGHTS"      // the owner of the token is not staff
	AuthScheme     Code = "TM-AUTH-SCHEME"      // the scheme is not accepted
	AuthSwapped    Code = "TM-AUTH-SWAPPED"     // e-mail address and token are swapped
	AuthToken      Code = "TM-AUTH-TOKEN"       // unknown API token
)

// The body as a whole.
const (
	BodyCut           Code = "TM-BODY-CUT"             // the body ends early
	BodyDepth         Code = "TM-BODY-DEPTH"           // nested deeper than PHP reads
	BodyDuplicate     Code = "TM-BODY-DUPLICATE"       // a field or an item occurs twice
	BodyEmpty         Code = "TM-BODY-EMPTY"           // no body
	BodyFile          Code = "TM-BODY-FILE"            // a part is a file upload
	BodyJSON          Code = "TM-BODY-JSON"            // invalid JSON
	BodyMismatch      Code = "TM-BODY-MISMATCH"        // the body is not what Content-Type says
	BodyMultipart     Code = "TM-BODY-MULTIPART"       // invalid multipart
	BodyNotObject     Code = "TM-BODY-NOT-OBJECT"      // valid JSON, but not an object
	BodyTooLarge      Code = "TM-BODY-TOO-LARGE"       // larger than the server accepts
	BodyTooManyFields Code = "TM-BODY-TOO-MANY-FIELDS" // more fields than PHP reads
	BodyUnexpected    Code = "TM-BODY-UNEXPECTED"      // the operation has no body
	BodyUTF8          Code = "TM-BODY-UTF8"            // invalid UTF-8
)

// The fields of the body.
const (
	BodyAlias        Code = "TM-BODY-ALIAS"         // accepted under the name that old plugins send
	BodyEnum         Code = "TM-BODY-ENUM"          // not one of the known values
	BodyFormat       Code = "TM-BODY-FORMAT"        // the right type, the wrong format
	BodyIgnoredField Code = "TM-BODY-IGNORED-FIELD" // a known field without effect
	BodyInteger      Code = "TM-BODY-INTEGER"       // an integer as Laravel's rule would refuse it
	BodyLength       Code = "TM-BODY-LENGTH"        // too short or too long
	BodyNumber       Code = "TM-BODY-NUMBER"        // a number that PHP cannot hold
	BodyRange        Code = "TM-BODY-RANGE"         // a number that is too small or too large
	BodyRequired     Code = "TM-BODY-REQUIRED"      // a required field is missing
	BodySpelling     Code = "TM-BODY-SPELLING"      // a spelling that other servers may refuse
	BodyType         Code = "TM-BODY-TYPE"          // the wrong type
	BodyUnknownField Code = "TM-BODY-UNKNOWN-FIELD" // the operation has no such field
)

// What the data of the help desk decides.
const (
	DataCustomField Code = "TM-DATA-CUSTOM-FIELD" // not the custom fields of the department
	DataExtension   Code = "TM-DATA-EXTENSION"    // the extension is off
	DataRefused     Code = "TM-DATA-REFUSED"      // a valid value that the data does not allow
	DataTaken       Code = "TM-DATA-TAKEN"        // another user has this value
)

// Headers and cookies.
const (
	HeaderAccept      Code = "TM-HEADER-ACCEPT"       // Accept does not ask for JSON
	HeaderContentType Code = "TM-HEADER-CONTENT-TYPE" // missing, or a type without fields
	HeaderHost        Code = "TM-HEADER-HOST"         // not a name of this server
	HeaderMultipart   Code = "TM-HEADER-MULTIPART"    // multipart, which no known plugin sends
	HeaderParam       Code = "TM-HEADER-PARAM"        // a declared header or cookie is missing or wrong
	HeaderPrefer      Code = "TM-HEADER-PREFER"       // the fault in Prefer cannot be applied
	HeaderTwice       Code = "TM-HEADER-TWICE"        // a header occurs twice
)

// Bytes on a connection that are not a request, or that other servers refuse.
const (
	HTTPExpect     Code = "TM-HTTP-EXPECT"      // an expectation that the server cannot meet
	HTTPHeader     Code = "TM-HTTP-HEADER"      // a malformed line in the header
	HTTPHeaderSize Code = "TM-HTTP-HEADER-SIZE" // the header is too large
	HTTPHost       Code = "TM-HTTP-HOST"        // Host is missing, duplicate or malformed
	HTTPLength     Code = "TM-HTTP-LENGTH"      // the length of the body is unclear
	HTTPRequest    Code = "TM-HTTP-REQUEST"     // not an HTTP request
	HTTPTarget     Code = "TM-HTTP-TARGET"      // a malformed path or query
	HTTPTLS        Code = "TM-HTTP-TLS"         // TLS on a port for plain HTTP
	HTTPVersion    Code = "TM-HTTP-VERSION"     // not HTTP/1.1
)

// The operation, its path and its query.
const (
	Deprecated        Code = "TM-DEPRECATED"          // only the plugins of 2024 call this
	Method            Code = "TM-METHOD"              // the path has no such method
	PathDoubleSlash   Code = "TM-PATH-DOUBLE-SLASH"   // the path has a double slash
	PathParam         Code = "TM-PATH-PARAM"          // a wrong value in the path
	PathTrailingSlash Code = "TM-PATH-TRAILING-SLASH" // the path ends in a slash
	PathUnknown       Code = "TM-PATH-UNKNOWN"        // the contract has no such path
	QueryParam        Code = "TM-QUERY-PARAM"         // a declared parameter is missing or wrong
	QueryUnknown      Code = "TM-QUERY-UNKNOWN"       // the contract has no such parameter
)

// Worlds, and the limits of this server.
const (
	InFlight       Code = "TM-IN-FLIGHT"        // too many bytes in flight
	WorldCrossSite Code = "TM-WORLD-CROSS-SITE" // a web page may not create a world
	WorldFull      Code = "TM-WORLD-FULL"       // the world has no room left
	WorldLimit     Code = "TM-WORLD-LIMIT"      // too many worlds
	WorldName      Code = "TM-WORLD-NAME"       // not a valid name of a world
)
