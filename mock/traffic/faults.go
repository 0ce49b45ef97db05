package traffic

// FaultRule makes the answers to some requests fail. It needs a Status, a Fault or a delay. A delay can
// be combined with either of them.
type FaultRule struct {
	Operation   string  `json:"operation,omitempty"`    // short for a Match with this operation
	Match       *Match  `json:"match,omitempty"`        // which requests; nil for all
	Status      int     `json:"status,omitempty"`       // answer with this error, 400 to 599
	Fault       string  `json:"fault,omitempty"`        // or with one of the faults that "ticaga-mock faults" lists, such as "reset"
	DelayMS     int64   `json:"delay_ms,omitempty"`     // before the answer, in milliseconds, at most a minute
	DelayMaxMS  int64   `json:"delay_max_ms,omitempty"` // makes it a random delay between the two
	Probability float64 `json:"probability,omitempty"`  // that a matching request fails: above 0, at most 1; 0 means 1
	Times       int     `json:"times,omitempty"`        // how often; 0 for always
	Hits        int     `json:"hits"`                   // how often so far; reported only, ignored in a rule that is set
}

// Faults is everything that makes requests to a world fail.
type Faults struct {
	Rules    []FaultRule `json:"rules"` // in the order in which they are tried
	Reserved []Reserved  `json:"reserved"`
	Prefer   string      `json:"prefer"` // how to use the Prefer header; for people
}

// Reserved is data that asks for a fault in every scenario, when it is sent as a whole value.
type Reserved struct {
	ID    int64  `json:"id"`    // as the ID of a customer, a ticket or a department
	Email string `json:"email"` // as an e-mail address, including the administrator's in a plugin's settings
	Slug  string `json:"slug"`  // as a slug, an API token, or any other string
	Does  string `json:"does"`  // what happens; for people
}
